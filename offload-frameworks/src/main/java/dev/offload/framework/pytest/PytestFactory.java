package dev.offload.framework.pytest;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.util.List;

/// Make the pytest adapter out of `[framework] type = "pytest"`.
public final class PytestFactory implements FrameworkFactory {
  private static final List<String> DEFAULT_COMMAND = List.of("python", "-m", "pytest");

  /// Make the factory; for `ServiceLoader`.
  public PytestFactory() {}

  @Override
  public String type() {
    return "pytest";
  }

  @Override
  public TestFramework create(Settings settings) {
    List<String> command = settings.words("command");
    if (settings.has("command") && settings.string("command", "").isBlank()) {
      settings.problem("command", "The command is empty; leave it out for `python -m pytest`.");
    }
    // Accepted for the configurations that exist: ids are pytest's node ids, whatever it says.
    settings.string("test_id_format", "{name}");
    boolean chosen = !command.isEmpty();
    return new PytestFramework(
        new PytestOptions(
            chosen ? command : DEFAULT_COMMAND,
            chosen,
            settings.strings("paths"),
            settings.words("discovery_args"),
            settings.words("run_args")));
  }
}
