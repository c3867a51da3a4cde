package dev.offload.framework.nextest;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/// Make the nextest adapter out of `[framework] type = "nextest"`.
public final class NextestFactory implements FrameworkFactory {
  /// Make the factory; for `ServiceLoader`.
  public NextestFactory() {}

  @Override
  public String type() {
    return "nextest";
  }

  @Override
  public TestFramework create(Settings settings) {
    List<String> cargo = new ArrayList<>();
    settings.string("package").ifPresent(name -> cargo.addAll(List.of("--package", name)));
    List<String> features = settings.strings("features");
    if (!features.isEmpty()) {
      cargo.addAll(List.of("--features", String.join(",", features)));
    }
    settings.string("bin").ifPresent(name -> cargo.addAll(List.of("--bin", name)));
    List<String> command = settings.words("command");
    if (settings.has("command") && settings.string("command", "").isBlank()) {
      settings.problem("command", "must not be empty; leave it out for `cargo nextest`");
    }
    // Accepted for the configurations that exist: ids are the binary and the test, whatever it
    // says.
    settings.string("test_id_format", "{classname} {name}");
    return new NextestFramework(
        new NextestOptions(
            command.isEmpty() ? NextestOptions.DEFAULT_COMMAND : command,
            cargo,
            settings.bool("include_ignored", false),
            settings.words("run_args")));
  }
}
