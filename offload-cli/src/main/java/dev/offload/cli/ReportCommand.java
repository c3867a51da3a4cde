package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.ReporterFactory;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.EventReplay;
import dev.offload.engine.event.EventReplay.Replayed;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload report`: make reports again.
@Command(
    name = "report",
    description = {
      "Makes the reports of a run again from its journal (events.jsonl), also of a run that was"
          + " cut off.",
      "They are written beside the journal."
    },
    footer = {
      "  offload report                              all usual reports of the last run",
      "  offload report --format junit               only the JUnit report",
      "  offload report --from saved/events.jsonl    of another run; needs no configuration"
    })
final class ReportCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "PATH",
      description = "A journal, or the folder it is in; default: the configured output folder.")
  private @Nullable Path from;

  @Option(
      names = "--format",
      paramLabel = "TYPE",
      description = "The report to make; may be repeated; default: those that a run writes.")
  private List<String> formats = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final GlobalOptions options;
  private final Console console;

  ReportCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    Path journal = journal();
    ReportContext context =
        from == null
            ? Reports.context(Configuration.load(options, console), console)
            : Reports.context(journal.toAbsolutePath().resolveSibling(""), console);
    if (from == null) {
      journal = context.outputDirectory().resolve(EventJournal.FILE_NAME);
    }
    List<ReporterFactory> wanted = wanted(context);
    if (!Files.isRegularFile(journal)) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "offload: there is no journal " + journal + "; `offload run` writes it");
    }
    EventFanOut reports = new EventFanOut();
    wanted.forEach(factory -> reports.add(factory.type(), factory.create(context)));
    return show(replay(journal, reports), journal, wanted);
  }

  private Path journal() {
    Path path = from == null ? Path.of(EventJournal.FILE_NAME) : from;
    return Files.isDirectory(path) ? path.resolve(EventJournal.FILE_NAME) : path;
  }

  private List<ReporterFactory> wanted(ReportContext context) {
    List<ReporterFactory> all = PlugIns.reports();
    List<String> types = all.stream().map(ReporterFactory::type).sorted().toList();
    for (String format : formats) {
      if (!types.contains(format)) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no report '" + format + "'; there are " + String.join(", ", types));
      }
    }
    return all.stream()
        .filter(factory ->
            formats.isEmpty() ? factory.onByDefault(context) : formats.contains(factory.type()))
        .toList();
  }

  private static Replayed replay(Path journal, EventFanOut reports) throws CommandFailure {
    try {
      return EventReplay.replay(journal, reports);
    } catch (JournalException e) {
      throw new CommandFailure(ExitCodes.FAILED, "offload: " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: " + journal + " cannot be read: " + ReadFailure.inWords(e));
    }
  }

  private int show(Replayed replayed, Path journal, List<ReporterFactory> made) {
    replayed.problems().stream()
        .limit(5)
        .forEach(problem -> console.say("warning: " + journal + ": " + problem));
    if (replayed.problemCount() > 5) {
      console.say("warning: " + (replayed.problemCount() - 5) + " more like these");
    }
    if (!replayed.complete()) {
      console.say("warning: the journal ends before its run did; the reports show what is known");
    }
    replayed.failures().forEach(failure -> console.say("error: " + failure));
    if (!replayed.failures().isEmpty()) {
      return ExitCodes.CANNOT_WRITE;
    }
    console.say(
        made.stream().map(ReporterFactory::type).collect(Collectors.joining(", "))
            + " made again from "
            + journal
            + " ("
            + replayed.events()
            + " events)");
    return CommandLine.ExitCode.OK;
  }
}
