package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.ConfigOverrides;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestCatalog;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `offload collect`: list the tests.
@Command(
    name = "collect",
    description = {
      "Lists the tests that a run would run, without running them.",
      "The list goes to standard output, everything else to standard error."
    },
    footer = {
      "  offload collect                         the tests, group by group",
      "  offload collect -k parser               only those with 'parser' in their id",
      "  offload collect -f json >tests.json     for programs"
    })
final class CollectCommand implements Callable<Integer> {
  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ListingFormat format = ListingFormat.TEXT;

  @Mixin private final SelectionOptions selection = new SelectionOptions();
  @Mixin private final StrictOption strict = new StrictOption();
  private final GlobalOptions options;
  private final Console console;

  CollectCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    OffloadConfig config =
        Configuration.load(options, ConfigOverrides.NONE, strict.isSet(), console);
    TestCatalog catalog =
        Collection.collect(config, selection.selection(config), RunId.next(), console);
    switch (format) {
      case TEXT -> {
        console.out().println("Discovered " + CatalogText.count(catalog) + ":");
        CatalogText.groups(catalog, console.out());
      }
      case JSON -> CatalogText.json(catalog, console.out());
    }
    return exitCode(catalog, console);
  }

  /// Show what could not be collected and return the exit code of a listing.
  static int exitCode(TestCatalog catalog, Console console) {
    if (CatalogText.showErrors(catalog, console)) {
      return ExitCodes.FAILED;
    }
    if (catalog.size() == 0) {
      console.say("No test was found; look at `paths` and `filters` in the configuration.");
      return ExitCodes.NO_TESTS;
    }
    return CommandLine.ExitCode.OK;
  }
}
