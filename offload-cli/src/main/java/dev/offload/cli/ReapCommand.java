package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.LeftSandboxes;
import dev.offload.engine.LeftSandboxes.Reaped;
import dev.offload.engine.OutputFolder;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `offload reap`: close what a killed run left.
@Command(
    name = "reap",
    description = {
      "Closes the sandboxes that a killed run left, by its journal (events.jsonl).",
      "Nothing is run. `offload run` and `offload run --resume` do the same before they begin.",
      "Exit code: 0 nothing is left, 3 some sandboxes may still live."
    },
    footer = {
      "  offload reap                of the run whose journal is in the output folder",
      "  offload reap -c ci.toml     of the run of another configuration"
    })
final class ReapCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Console console;

  ReapCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    OffloadConfig config = Configuration.load(options, console);
    Reaped reaped = reap(config);
    reaped.closed().forEach(sandbox -> console.say("closed " + sandbox));
    if (reaped.found() > 0) {
      String more = reaped.closed().isEmpty() ? "" : " more";
      String what = reaped.found() == 1 ? " sandbox" : " sandboxes";
      console.say("closed " + reaped.found() + more + what + " of run " + reaped.runId());
    }
    reaped.problems().forEach(problem -> console.say("error: " + problem));
    if (!reaped.problems().isEmpty()) {
      return ExitCodes.NOT_RUN;
    }
    if (reaped.runId().isEmpty()) {
      console.say("no run has written to " + config.report().outputDirectory() + ": nothing to do");
    } else if (reaped.closed().isEmpty() && reaped.found() == 0) {
      console.say("nothing is left of run " + reaped.runId());
    }
    return CommandLine.ExitCode.OK;
  }

  private static Reaped reap(OffloadConfig config) throws CommandFailure, InterruptedException {
    try (Signals _ = Signals.interrupting(Thread.currentThread())) {
      return LeftSandboxes.reap(config);
    } catch (OutputFolder.InUse e) {
      throw new CommandFailure(ExitCodes.CONFIGURATION, "offload: " + e.getMessage());
    } catch (JournalException | IOException e) {
      throw new CommandFailure(
          ExitCodes.NOT_RUN, "offload: the journal cannot be read: " + ReadFailure.inWords(e));
    }
  }
}
