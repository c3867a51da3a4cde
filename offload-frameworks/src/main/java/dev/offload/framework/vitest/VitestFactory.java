package dev.offload.framework.vitest;

import dev.offload.api.command.ShellWords;
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
    List<String> command = words(settings, "command");
    if (settings.has("command") && settings.string("command", "").isBlank()) {
      settings.problem("command", "must not be empty; leave it out for `npx vitest`");
    }
    // Accepted for the configurations that exist: ids are the file and the names, whatever it says.
    settings.string("test_id_format", "{classname} > {name}");
    return new VitestFramework(
        new VitestOptions(
            command.isEmpty() ? VitestOptions.DEFAULT_COMMAND : command,
            words(settings, "run_args")));
  }

  private static List<String> words(Settings settings, String key) {
    try {
      return ShellWords.split(settings.string(key, ""));
    } catch (IllegalArgumentException e) {
      settings.problem(key, "the quoting is wrong: " + e.getMessage());
      return List.of();
    }
  }
}
