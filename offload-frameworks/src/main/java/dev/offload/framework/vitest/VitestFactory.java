package dev.offload.framework.vitest;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.util.List;

/// Make the vitest adapter out of `[framework] type = "vitest"`.
public final class VitestFactory implements FrameworkFactory {
  /// Make the factory; for `ServiceLoader`.
  public VitestFactory() {}

  @Override
  public String type() {
    return "vitest";
  }

  @Override
  public TestFramework create(Settings settings) {
    List<String> command = settings.words("command");
    if (settings.has("command") && settings.string("command", "").isBlank()) {
      settings.problem("command", "must not be empty; leave it out for `npx vitest`");
    }
    // Accepted for the configurations that exist: ids are the file and the names, whatever it says.
    settings.string("test_id_format", "{classname} > {name}");
    return new VitestFramework(
        new VitestOptions(
            command.isEmpty() ? VitestOptions.DEFAULT_COMMAND : command,
            settings.words("run_args")));
  }
}
