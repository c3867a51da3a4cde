package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.SuitePlan;
import dev.offload.engine.config.ConfigOverrides;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestCatalog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload plan`: say how long a run will take.
@Command(
    name = "plan",
    description = {
      "Says how long a run will take, what it cannot be shorter than, and how many sandboxes are"
          + " worth having.",
      "Discovers the tests and plays the run with what is remembered of them; runs none."
    },
    footer = {
      "  offload plan                   with `max_parallel` sandboxes",
      "  offload plan --sandboxes 40    with 40",
      "  offload plan --within 3m       how many it takes to be done in three minutes",
      "  offload plan -k parser         only the tests with 'parser' in their id",
      "  offload plan --format json     one object, for programs"
    })
final class PlanCommand implements Callable<Integer> {
  private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)?");

  @Option(
      names = "--sandboxes",
      paramLabel = "N",
      description = "The largest number of sandboxes at one time, instead of `max_parallel`.")
  private @Nullable Integer sandboxes;

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description = {
        "Answer with the number of sandboxes with which the run takes at most so long: 90s, 3m,"
            + " 1.5h.",
        "Exit code 1 when no number is enough."
      })
  private @Nullable String within;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ListingFormat format = ListingFormat.TEXT;

  @Mixin private final SelectionOptions selection = new SelectionOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final GlobalOptions options;
  private final Console console;

  PlanCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    if (sandboxes != null && sandboxes < 1) {
      throw new ParameterException(spec.commandLine(), "--sandboxes must be at least 1");
    }
    if (sandboxes != null && within != null) {
      throw new ParameterException(
          spec.commandLine(), "give --sandboxes or --within: one is the answer to the other");
    }
    Duration limit = within == null ? Duration.ZERO : time(within);
    OffloadConfig config = Configuration.load(options, ConfigOverrides.NONE, false, console);
    TestCatalog catalog =
        Collection.collect(config, selection.selection(config), RunId.next(), console);
    int exit = CollectCommand.exitCode(catalog, console);
    if (exit != CommandLine.ExitCode.OK) {
      return exit;
    }
    SuitePlan plan = SuitePlan.of(config, catalog);
    return within == null
        ? show(plan, sandboxes == null ? config.run().maxParallel() : sandboxes)
        : answer(plan, limit);
  }

  private Duration time(String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--within must be a time such as 90s, 3m or 1.5h, but is '" + text + "'");
    }
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    double factor =
        switch (unit) {
          case "ms" -> 0.001;
          case "m" -> 60;
          case "h" -> 3600;
          default -> 1;
        };
    return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * factor * 1e9));
  }

  private int show(SuitePlan plan, int count) {
    switch (format) {
      case TEXT -> PlanText.text(plan, count, console.out());
      case JSON -> PlanText.json(plan, count, console.out());
    }
    return CommandLine.ExitCode.OK;
  }

  private int answer(SuitePlan plan, Duration limit) {
    Optional<Integer> count = plan.within(limit);
    if (format == ListingFormat.JSON) {
      PlanText.json(plan, limit, count, console.out());
    } else {
      count.ifPresent(console.out()::println);
    }
    if (count.isEmpty()) {
      console.say(
          "no number of sandboxes is enough: the run takes "
              + PlanText.seconds(plan.wall(plan.enough()))
              + " at least");
      plan.longest()
          .ifPresent(longest -> console.say("its longest test takes " + PlanText.inWords(longest)));
      return ExitCodes.FAILED;
    }
    console.say(
        "%s: %s%s"
            .formatted(
                count.get() == 1 ? "1 sandbox" : count.get() + " sandboxes",
                PlanText.seconds(plan.wall(count.get())),
                PlanText.known(plan)));
    return CommandLine.ExitCode.OK;
  }
}
