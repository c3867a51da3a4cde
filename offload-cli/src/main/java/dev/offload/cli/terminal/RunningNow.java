package dev.offload.cli.terminal;

import dev.offload.api.sandbox.SandboxId;
import dev.offload.cli.terminal.Palette.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Say what runs where: for a person who asks, with a key or a signal, what a run is waiting for.
final class RunningNow {
  private final RunView view;
  private final Palette palette;

  RunningNow(RunView view, Palette palette) {
    this.view = view;
    this.palette = palette;
  }

  /// Return one line for each sandbox and each test that runs.
  List<String> lines(Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        palette.paint(
            Tone.STRONG,
            "Running now, after "
                + Words.rough(view.elapsed(now))
                + ": "
                + Words.count(view.runningCount(), "test")
                + " in "
                + Words.count(view.readySandboxes(), "sandbox")
                + "; "
                + Words.number(view.total() - view.decided())
                + " of "
                + Words.number(view.total())
                + " tests have no verdict yet"));
    if (!view.phase().isEmpty()) {
      lines.add("  busy with " + SafeText.line(view.phase()));
    }
    Map<Integer, List<RunView.Running>> bySandbox = new TreeMap<>();
    for (RunView.Running running : view.running()) {
      bySandbox.computeIfAbsent(running.sandbox().number(), _ -> new ArrayList<>()).add(running);
    }
    for (SandboxId sandbox : view.sandboxes()) {
      List<RunView.Running> tests = bySandbox.getOrDefault(sandbox.number(), List.of());
      for (RunView.Running running : tests) {
        lines.add("  " + inWords(running, now));
      }
      if (tests.isEmpty()) {
        lines.add("  " + sandbox + "  " + view.state(sandbox, now));
      }
    }
    return lines;
  }

  private String inWords(RunView.Running running, Instant now) {
    Duration expected = view.expected(running.attempt().test());
    return running.sandbox()
        + "  "
        + SafeText.line(running.attempt().test().value())
        + " (for "
        + Words.exact(Duration.between(running.since(), now))
        + (expected.isZero() ? "" : ", expected about " + Words.exact(expected))
        + (running.attempt().number() > 1 ? ", attempt " + running.attempt().number() : "")
        + view.batchInWords(running.sandbox())
        + ")";
  }
}
