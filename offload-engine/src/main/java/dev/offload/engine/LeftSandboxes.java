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
import java.util.TreeMap;

/// Close the sandboxes that the last run left, without running anything.
public final class LeftSandboxes {
  private static final Reaped NOTHING = new Reaped("", List.of(), 0, List.of());

  private LeftSandboxes() {}

  /// What became of them.
  ///
  /// @param runId the run they are of; empty when there is no journal
  /// @param closed those that are gone now, with the provider's names for them
  /// @param found how many more were found by the name of the run, and are gone now
  /// @param problems why others may still live, one line each
  public record Reaped(String runId, List<String> closed, int found, List<String> problems) {
    /// Copy.
    public Reaped {
      closed = List.copyOf(closed);
      problems = List.copyOf(problems);
    }
  }

  /// Read the journal of the configured output folder and close what was not closed, by the run or
  /// by an earlier call.
  ///
  /// @throws OutputFolder.InUse when the run is still under way
  public static Reaped reap(OffloadConfig config)
      throws IOException, JournalException, OutputFolder.InUse, InterruptedException {
    Path output = config.report().outputDirectory();
    RunJournal journal = new RunJournal(output);
    if (!Files.isDirectory(output)) {
      return NOTHING;
    }
    try (OutputFolder _ = OutputFolder.claim(output, true)) {
      Optional<EarlierRun> last = journal.last();
      if (last.isEmpty()) {
        return NOTHING;
      }
      EarlierRun run = last.get();
      ReapedBefore before = ReapedBefore.read(output, run.runId());
      Map<SandboxId, String> open = new TreeMap<>(run.openSandboxes());
      open.keySet().removeIf(before::has);
      if (!open.isEmpty() && !run.provider().equals(config.provider().type())) {
        String problem =
            "the run used the provider '%s', and the configuration has '%s'"
                .formatted(run.provider(), config.provider().type());
        return new Reaped(run.runId(), List.of(), 0, List.of(problem));
      }
      return close(run.runId(), open, before, config);
    }
  }

  private static Reaped close(
      String runId, Map<SandboxId, String> open, ReapedBefore before, OffloadConfig config)
      throws IOException, InterruptedException {
    SandboxProvider provider = config.provider().provider();
    Map<SandboxId, String> closed = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    int found = 0;
    try {
      found =
          Reaper.reap(
                  runId,
                  open,
                  provider,
                  config.local(),
                  event -> {
                    if (event instanceof RunEvent.SandboxClosed(SandboxId sandbox)) {
                      closed.put(sandbox, sandbox + " (" + open.get(sandbox) + ")");
                    } else if (event instanceof RunEvent.Degraded(String message)) {
                      problems.add(message);
                    }
                  })
              .found();
      provider.close();
    } catch (SandboxException e) {
      problems.add(e.getMessage());
    }
    before.add(closed.keySet());
    return new Reaped(runId, List.copyOf(closed.values()), found, problems);
  }
}
