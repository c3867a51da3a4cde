package dev.offload.cli.terminal;

import dev.offload.api.test.Verdict;
import dev.offload.cli.terminal.Palette.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Render the area at the bottom of a terminal that shows how the run stands.
final class StatusArea {
  private static final int MAX_RUNNING = 6;
  private static final int MAX_BAR = 40;

  private final RunView view;
  private final Palette palette;

  StatusArea(RunView view, Palette palette) {
    this.view = view;
    this.palette = palette;
  }

  /// Return the lines of the area, each narrower than `width`.
  List<StyledLine> render(Instant now, int width) {
    List<StyledLine> lines = new ArrayList<>();
    String phase = view.phase();
    if (!phase.isEmpty()) {
      lines.add(
          new StyledLine(palette)
              .add(Tone.STRONG, SafeText.line(phase))
              .add(Tone.FAINT, "  " + Words.rough(view.elapsed(now))));
    }
    if (view.total() > 0) {
      lines.add(bar(now, width));
      lines.add(counts());
      lines.add(sandboxes());
      addRunning(lines, now, width);
    }
    return lines;
  }

  private StyledLine bar(Instant now, int width) {
    int total = view.total();
    int decided = view.decided();
    String figures =
        "  " + Words.number(decided) + "/" + Words.number(total) + " (" + percent() + " %)";
    double speed = view.throughput(now);
    String time =
        (speed >= 0.1 && width >= 80 ? "  " + Words.speed(speed) : "")
            + "  "
            + Words.rough(view.elapsed(now));
    Duration rest = view.rest(now);
    if (rest.toSeconds() >= 1 && decided < total) {
      time += ", about " + Words.rough(rest) + " left";
    }
    int room = Math.min(MAX_BAR, width - 1 - figures.length() - time.length());
    int full = room <= 0 ? 0 : (int) ((long) room * decided / total);
    return new StyledLine(palette)
        .add(view.count(Verdict.FAILED) > 0 ? Tone.BAD : Tone.GOOD, palette.done().repeat(full))
        .add(Tone.FAINT, palette.open().repeat(Math.max(0, room - full)))
        .add(Tone.STRONG, room <= 0 ? figures.strip() : figures)
        .add(Tone.FAINT, time);
  }

  private long percent() {
    return 100L * view.decided() / view.total();
  }

  private StyledLine counts() {
    return new StyledLine(palette)
        .add(tone(Verdict.PASSED, Tone.GOOD), count(Verdict.PASSED, "passed"))
        .add(Tone.PLAIN, ", ")
        .add(tone(Verdict.FAILED, Tone.BAD), count(Verdict.FAILED, "failed"))
        .add(Tone.PLAIN, ", ")
        .add(tone(Verdict.FLAKY, Tone.ODD), count(Verdict.FLAKY, "flaky"))
        .add(Tone.PLAIN, ", ")
        .add(Tone.PLAIN, count(Verdict.SKIPPED, "skipped"))
        .add(Tone.PLAIN, ", ")
        .add(tone(Verdict.NOT_RUN, Tone.ODD), count(Verdict.NOT_RUN, "not run"))
        .add(
            Tone.ODD,
            view.excused() > 0 ? ", " + Words.number(view.excused()) + " quarantined" : "");
  }

  private Tone tone(Verdict verdict, Tone when) {
    return view.count(verdict) > 0 ? when : Tone.PLAIN;
  }

  private String count(Verdict verdict, String word) {
    return Words.number(view.count(verdict)) + " " + word;
  }

  private StyledLine sandboxes() {
    int lost = view.results().sandboxesLost();
    return new StyledLine(palette)
        .add(
            Tone.PLAIN,
            "sandboxes: " + view.readySandboxes() + " ready, " + view.busySandboxes() + " busy, ")
        .add(
            Tone.PLAIN,
            view.startingSandboxes() > 0 ? view.startingSandboxes() + " starting, " : "")
        .add(lost > 0 ? Tone.ODD : Tone.PLAIN, lost + " lost");
  }

  private void addRunning(List<StyledLine> lines, Instant now, int width) {
    for (RunView.Running running : view.longestRunning(MAX_RUNNING)) {
      Duration age =
          now.isBefore(running.since()) ? Duration.ZERO : Duration.between(running.since(), now);
      Duration expected = view.expected(running.attempt().test());
      boolean late = !expected.isZero() && age.compareTo(expected.multipliedBy(2)) > 0;
      String of = expected.isZero() ? "" : " of " + Words.exact(expected);
      String front = String.format("%8s%-10s  %-5s  ", Words.exact(age), of, running.sandbox());
      String name = SafeText.line(running.attempt().test().value());
      lines.add(
          new StyledLine(palette)
              .add(late && age.toSeconds() >= 5 ? Tone.ODD : Tone.FAINT, front)
              .add(
                  Tone.PLAIN,
                  SafeText.clipStart(name, width - 1 - front.length(), palette.ellipsis())));
    }
    int more = view.runningCount() - MAX_RUNNING;
    if (more > 0) {
      lines.add(
          new StyledLine(palette).add(Tone.FAINT, "          and " + Words.number(more) + " more"));
    }
  }
}
