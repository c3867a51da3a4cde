package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.OffloadRun;
import dev.offload.engine.OutputFolder;
import dev.offload.engine.RunOptions;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.config.ConfigOverrides;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.event.EventStream;
import dev.offload.engine.event.WriteFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload run`: run the tests.
@Command(
    name = "run",
    description = {
      "Runs the tests and ends with one verdict for each.",
      "Exit code: 0 all passed, 1 some failed, 2 some passed only on retry, 3 some could not be"
          + " run, 4 no test found; docs/reference/exit-codes.md has them all."
    },
    footer = {
      "  offload run                                    all tests",
      "  offload run -p 8 --fail-fast                   8 sandboxes; stop at the first failure",
      "  offload run -k parser -k lexer                 tests with either text in their id",
      "  offload run --failed                           what failed or was not run last time",
      "  offload run --shard 2/5                        the second of five parts",
      "  offload run 'tests/test_a.py::test_b[x y]'     this test",
      "  offload run --agent                            what programs and language models need",
      "  offload run --env TOKEN=abc --ci               a variable for tests; plain output"
    })
final class RunCommand implements Callable<Integer> {
  /// The report that speaks to GitHub Actions.

  @Option(
      names = {"-p", "--parallel"},
      paramLabel = "N",
      description = "The largest number of sandboxes at one time, instead of `max_parallel`.")
  private @Nullable Integer parallel;

  @Option(names = "--collect-only", description = "Discover the tests and list them; run none.")
  private boolean collectOnly;

  @Option(
      names = "--copy-dir",
      paramLabel = "LOCAL:REMOTE",
      description = "A folder to put into the image; may be repeated.")
  private List<String> copyDirectories = List.of();

  @Option(
      names = "--env",
      paramLabel = "KEY=VALUE",
      description = "A variable for the tests, over those of the file; may be repeated.")
  private List<String> env = List.of();

  @Option(names = "--no-cache", description = "Use no image that was made earlier.")
  private boolean noCache;

  @Option(
      names = "--override-image-id",
      paramLabel = "ID",
      description = "Start sandboxes from this image (Modal only).")
  private @Nullable String imageId;

  @Option(
      names = "--github",
      paramLabel = "auto|on|off",
      description =
          "Annotations, grouped logs and a summary for GitHub Actions; `auto`: when GITHUB_ACTIONS"
              + " is `true`.")
  private ForGithub github = ForGithub.auto;

  /// When to speak to GitHub Actions; written as users write it.
  enum ForGithub {
    auto,
    on,
    off
  }

  @Option(names = "--trace", description = "Also write trace.json.")
  private boolean trace;

  @Option(names = "--show-estimated-cost", description = "Say what the run cost, about.")
  private boolean showEstimatedCost;

  @Option(
      names = "--fail-fast",
      description = "Hand out no more tests once a test has finally failed.")
  private boolean failFast;

  @Option(
      names = "--ci",
      description = "Show progress as plain lines; the default when the variable CI is `true`.")
  private boolean ci;

  @Option(
      names = "--events",
      paramLabel = "-|FILE",
      description = "Write every event there while it happens, as lines of JSON.")
  private @Nullable String events;

  @Option(
      names = "--agent",
      description =
          "Say nothing but, at the end and on standard output, what a program or a language model"
              + " needs to know.")
  private boolean agent;

  @Option(
      names = "--record-history",
      description = "Add this run to the history, which needs a [history] table.")
  private boolean recordHistory;

  @Option(
      names = "--resume",
      description = "Go on with the interrupted run whose journal is in the output folder.")
  private boolean resume;

  @Mixin private final SelectionOptions selection = new SelectionOptions();
  @Mixin private final StrictOption strict = new StrictOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final GlobalOptions options;
  private final Console console;

  RunCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    ConfigOverrides overrides = overrides();
    long began = System.nanoTime();
    OffloadConfig config = Configuration.load(options, overrides, strict.isSet(), console);
    Duration configuring = Duration.ofNanos(System.nanoTime() - began);
    checkAgainst(config);
    Configuration.refuseExpired(config);
    Selection selected = selection.selection(config);
    if (collectOnly) {
      return collect(config, selected);
    }
    if (selected.unsettled() != null && selected.unsettled().isEmpty()) {
      console.say(
          "Nothing to do: the last run ("
              + selected.unsettled().runId()
              + ") left no failed test, and none that was not run.");
      return ExitCodes.PASSED;
    }
    RunOptions run =
        new RunOptions(
            Version.number(),
            RunId.next(),
            selected,
            failFast,
            !noCache,
            resume,
            recordHistory,
            Optional.ofNullable(imageId));
    Optional<Reporter> stream = events == null ? Optional.empty() : Optional.of(stream(events));
    CostMeter cost = new CostMeter();
    int exitCode;
    try (RunScreen screen = screen(config)) {
      EventFanOut reporters = reporters(config, screen.reporter());
      stream.ifPresent(reporter -> reporters.add("the stream of events", reporter));
      reporters.add("the cost", cost);
      exitCode = run(new OffloadRun(config, run, reporters, configuring), screen);
    }
    if (showEstimatedCost) {
      console.say(cost.inWords(config.provider().provider().price(), config.provider().type()));
    }
    return exitCode;
  }

  private RunScreen screen(OffloadConfig config) {
    return agent
        ? RunScreen.forAgents(console)
        : RunScreen.forPeople(config, options.verbose(), ci, console);
  }

  private Reporter stream(String target) throws CommandFailure {
    try {
      return new EventStream(
          target.equals("-") ? console.stdout() : Files.newOutputStream(Path.of(target)));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE,
          "offload: --events " + target + " cannot be written: " + WriteFailure.inWords(e));
    }
  }

  private static int run(OffloadRun run, RunScreen screen) throws CommandFailure {
    Signals.Listener listener =
        new Signals.Listener() {
          @Override
          public void caught(Signals.Ending ending) {
            run.cancel(ending.reason(), ending.exitCode());
          }

          @Override
          public void ending() {
            screen.restore();
          }
        };
    try (Signals _ = Signals.listening(listener)) {
      return run.execute().exitCode();
    } catch (OutputFolder.InUse e) {
      screen.close();
      throw new CommandFailure(ExitCodes.CONFIGURATION, "offload: " + e.getMessage());
    }
  }

  private int collect(OffloadConfig config, Selection selected)
      throws CommandFailure, InterruptedException {
    TestCatalog catalog = Collection.collect(config, selected, RunId.next(), console);
    console.say("found " + CatalogText.count(catalog));
    CatalogText.groups(catalog, console.out());
    return CollectCommand.exitCode(catalog, console);
  }

  private ConfigOverrides overrides() {
    if (parallel != null && parallel < 1) {
      throw new ParameterException(spec.commandLine(), "--parallel must be at least 1");
    }
    for (String pair : copyDirectories) {
      if (pair.indexOf(':') <= 0 || pair.endsWith(":")) {
        throw new ParameterException(
            spec.commandLine(), "--copy-dir must be LOCAL:REMOTE, but is '" + pair + "'");
      }
    }
    OptionalInt sandboxes = parallel == null ? OptionalInt.empty() : OptionalInt.of(parallel);
    return new ConfigOverrides(sandboxes, variables(), copyDirectories);
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    for (String pair : env) {
      int split = pair.indexOf('=');
      if (split <= 0) {
        console.say("warning: --env must be KEY=VALUE; one without is ignored");
      } else {
        variables.put(pair.substring(0, split), pair.substring(split + 1));
      }
    }
    return variables;
  }

  private void checkAgainst(OffloadConfig config) {
    if ("-".equals(events) && (agent || collectOnly)) {
      throw new ParameterException(
          spec.commandLine(),
          "--events - takes standard output for itself: leave out "
              + (agent ? "--agent" : "--collect-only"));
    }
    if (resume && selection.onlyUnsettled()) {
      throw new ParameterException(
          spec.commandLine(),
          "--resume goes on with a run, and --failed begins one: give one of them");
    }
    if (recordHistory && config.history().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--record-history needs a [history] table in " + config.file());
    }
    if (imageId != null && !config.provider().type().equals("modal")) {
      throw new ParameterException(
          spec.commandLine(),
          "--override-image-id is for the provider 'modal', and "
              + config.file()
              + " has '"
              + config.provider().type()
              + "'");
    }
  }

  private EventFanOut reporters(OffloadConfig config, Reporter screen) {
    ReportContext context = Reports.context(config, console);
    List<ReporterFactory> wanted =
        PlugIns.reports().stream().filter(factory -> isWanted(factory, context)).toList();
    return Reports.with(wanted, context, "the screen", screen);
  }

  private boolean isWanted(ReporterFactory factory, ReportContext context) {
    return switch (factory.type()) {
      case "trace" -> trace;
      case Reports.GITHUB ->
          switch (github) {
            case auto -> factory.onByDefault(context);
            case on -> true;
            case off -> false;
          };
      default -> factory.onByDefault(context);
    };
  }
}
