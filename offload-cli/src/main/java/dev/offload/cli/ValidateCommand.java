package dev.offload.cli;

import dev.offload.engine.config.ConfigOverrides;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `offload validate`: check the configuration file.
@Command(
    name = "validate",
    description = {
      "Checks the configuration file and shows what it says.",
      "Nothing is started. All mistakes are shown at once, with their line."
    },
    footer = {
      "  offload validate                  check offload.toml",
      "  offload validate -c ci.toml       check another file",
      "  offload validate --strict         let an unknown key fail"
    })
final class ValidateCommand implements Callable<Integer> {
  @Mixin private final StrictOption strict = new StrictOption();
  private final GlobalOptions options;
  private final Console console;

  ValidateCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    OffloadConfig config =
        Configuration.load(options, ConfigOverrides.NONE, strict.isSet(), console);
    Configuration.refuseExpired(config);
    PrintWriter out = console.out();
    out.println("Configuration is valid: " + config.file());
    out.println("  max parallel: " + config.run().maxParallel());
    out.println("  test timeout: " + config.run().testTimeout().toSeconds() + " s");
    out.println("  provider: " + config.provider().type());
    Map<String, FrameworkChoice> frameworks = new TreeMap<>(config.frameworks());
    frameworks.forEach((name, choice) ->
        out.println(
            "  framework"
                + (name.equals(OffloadConfig.DEFAULT_FRAMEWORK) ? "" : " " + name)
                + ": "
                + choice.type()));
    line(out, "setup command", config.run().setupCommand());
    line(out, "init cmd", config.run().sandboxInitCommand());
    out.println("  groups:");
    for (GroupSettings group : config.groups()) {
      out.println("    " + group.name() + ": retry_count = " + group.retryCount());
    }
    int quarantined = config.quarantine().rules().size();
    if (quarantined > 0) {
      out.println("  quarantine: " + quarantined + (quarantined == 1 ? " entry" : " entries"));
    }
    return CommandLine.ExitCode.OK;
  }

  private static void line(PrintWriter out, String label, String value) {
    if (!value.isEmpty()) {
      out.println("  " + label + ": " + value);
    }
  }
}
