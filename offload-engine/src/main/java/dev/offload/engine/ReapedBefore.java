package dev.offload.engine;

import dev.offload.api.sandbox.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Remember in the output folder which sandboxes of a run were closed after it, so that nobody is
/// told of the same one twice. The journal of the run itself stays as the run left it.
///
/// The file holds the name of the run, then a sandbox in each line.
final class ReapedBefore {
  private static final String NAME = ".offload-reaped";

  private final Path file;
  private final String runId;
  private final Set<String> lines;

  private ReapedBefore(Path file, String runId, Collection<String> lines) {
    this.file = file;
    this.runId = runId;
    this.lines = new TreeSet<>(lines);
  }

  /// Read what is known of a run; what is there of another counts for nothing.
  static ReapedBefore read(Path output, String runId) throws IOException {
    Path file = output.resolve(NAME);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    boolean known = !lines.isEmpty() && lines.getFirst().equals(runId);
    return new ReapedBefore(file, runId, known ? lines.subList(1, lines.size()) : List.of());
  }

  /// Return whether a sandbox was closed before.
  boolean has(SandboxId sandbox) {
    return lines.contains(sandbox.toString());
  }

  /// Add sandboxes.
  void add(Collection<SandboxId> sandboxes) throws IOException {
    if (!sandboxes.isEmpty()) {
      sandboxes.forEach(sandbox -> lines.add(sandbox.toString()));
      List<String> all = new ArrayList<>(List.of(runId));
      all.addAll(lines);
      Files.write(file, all);
    }
  }
}
