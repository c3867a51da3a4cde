package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.resume.EarlierRun;
import dev.offload.engine.resume.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Close the sandboxes that the last run left, without running anything.
public final class LeftSandboxes {
  private LeftSandboxes() {}

  /// What became of them.
  ///
  /// @param runId the run they are of; empty when there is no journal
  /// @param closed the provider's names for those that are gone now
  /// @param problems why others may still live, one line each
  public record Reaped(String runId, List<String> closed, List<String> problems) {
    /// Copy.
    public Reaped {
      closed = List.copyOf(closed);
      problems = List.copyOf(problems);
    }
  }

  /// Read the journal of the configured output folder and close what was not closed.
  ///
  /// @throws OutputFolder.InUse when the run is still under way
  public static Reaped reap(OffloadConfig config)
      throws IOException, JournalException, OutputFolder.InUse, InterruptedException {
    Path output = config.report().outputDirectory();
    RunJournal journal = new RunJournal(output);
    if (!Files.isDirectory(output)) {
      return new Reaped("", List.of(), List.of());
    }
    try (OutputFolder _ = OutputFolder.claim(output, true)) {
      Optional<EarlierRun> last = journal.last();
      if (last.isEmpty()) {
        return new Reaped("", List.of(), List.of());
      }
      EarlierRun run = last.get();
      Map<SandboxId, String> open = run.openSandboxes();
      if (!open.isEmpty() && !run.provider().equals(config.provider().type())) {
        String problem =
            "the run used the provider '%s', and the configuration has '%s'"
                .formatted(run.provider(), config.provider().type());
        return new Reaped(run.runId(), List.of(), List.of(problem));
      }
      return close(run, config.provider().provider(), config.local());
    }
  }

  private static Reaped close(EarlierRun run, SandboxProvider provider, SandboxProvider here)
      throws InterruptedException {
    List<String> closed = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<SandboxId, String> open = run.openSandboxes();
    try {
      int _ =
          Reaper.reap(
              run,
              provider,
              here,
              event -> {
                if (event instanceof RunEvent.SandboxClosed(SandboxId sandbox)) {
                  closed.add(sandbox + " (" + open.get(sandbox) + ")");
                } else if (event instanceof RunEvent.Degraded(String message)) {
                  problems.add(message);
                }
              });
      provider.close();
    } catch (SandboxException e) {
      problems.add(e.getMessage());
    }
    return new Reaped(run.runId(), closed, problems);
  }
}
