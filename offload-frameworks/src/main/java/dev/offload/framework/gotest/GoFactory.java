package dev.offload.framework.gotest;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/// Make the adapter for Go's tests out of `[framework] type = "go"`.
public final class GoFactory implements FrameworkFactory {
  /// Make the factory; for `ServiceLoader`.
  public GoFactory() {}

  @Override
  public String type() {
    return "go";
  }

  @Override
  public TestFramework create(Settings settings) {
    List<String> command = settings.words("command", "go");
    if (command.isEmpty()) {
      settings.problem("command", "must not be empty; leave it out for `go`");
      command = List.of("go");
    }
    List<String> build = new ArrayList<>();
    if (settings.bool("race", false)) {
      build.add("-race");
    }
    build.addAll(settings.words("build_args"));
    List<String> packages = settings.strings("packages");
    return new GoFramework(
        new GoOptions(
            command,
            packages.isEmpty() ? List.of("./...") : packages,
            build,
            settings.words("run_args")));
  }
}
