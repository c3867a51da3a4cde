package dev.offload.framework.command;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;

/// Make the adapter for any command out of `[framework] type = "default"`.
public final class CommandFactory implements FrameworkFactory {
  /// Make the factory; for `ServiceLoader`.
  public CommandFactory() {}

  @Override
  public String type() {
    return "default";
  }

  @Override
  public TestFramework create(Settings settings) {
    String discover = settings.requiredString("discover_command");
    if (!discover.isEmpty() && !discover.contains(CommandOptions.FILTERS)) {
      settings.problem(
          "discover_command",
          "must contain {filters}, which stands for the `filters` of a group; where there is nothing"
              + " to choose from, put it into a comment: `list-tests # {filters}`");
    }
    String run = settings.requiredString("run_command");
    if (!run.isEmpty() && !run.contains(CommandOptions.TESTS)) {
      settings.warning(
          "run_command", "does not contain {tests}, so it cannot know which tests it is asked for");
    }
    String format = settings.requiredString("test_id_format");
    if (!format.isEmpty() && !format.contains("{name}")) {
      settings.problem("test_id_format", "must contain {name}");
    }
    String stdout = settings.string("stdout_format", "");
    if (!stdout.isEmpty() && !stdout.equals("tap")) {
      settings.problem("stdout_format", "must be \"tap\" or left out");
    }
    return new CommandFramework(
        new CommandOptions(
            discover,
            run,
            format.isEmpty() ? "{name}" : format,
            settings.string("result_file", ""),
            settings.string("working_dir", ""),
            stdout.equals("tap")));
  }
}
