package dev.offload.cli.terminal;

import dev.offload.api.report.Efficiency;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.Verdict;
import dev.offload.cli.terminal.Palette.Tone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Render what there is to say of a finished run as a whole: its sandboxes, its time, what could
/// not be done, where its files are, and how to repeat what did not pass.
///
/// Its sentences are broken between words, so that a narrow terminal does not break them within.
final class RunFacts {
  private static final Duration WORTH_NAMING = Duration.ofMillis(100);

  private final RunView view;
  private final RunResults results;
  private final Palette palette;
  private final ReportContext context;
  private final int columns;
  private final List<String> out = new ArrayList<>();

  RunFacts(RunView view, Palette palette, ReportContext context, int columns) {
    this.view = view;
    this.results = view.results();
    this.palette = palette;
    this.context = context;
    this.columns = columns;
  }

  List<String> render() {
    out.add("");
    addSandboxes();
    for (String degraded : results.degraded()) {
      add(Tone.ODD, "Degraded", ": " + String.join(" / ", SafeText.lines(degraded)));
    }
    if (!results.warnings().isEmpty()) {
      add(Words.count(results.warnings().size(), "warning") + ", shown above");
    }
    if (!results.endReason().isEmpty()) {
      List<String> reason = SafeText.lines(results.endReason());
      add(Tone.ODD, "Ended early", ": " + reason.getFirst());
      reason.stream().skip(1).forEach(line -> out.add("  " + line));
    }
    addFiles();
    addRepeat();
    return out;
  }

  private void add(String sentence) {
    add(Tone.PLAIN, "", sentence);
  }

  private void add(Tone tone, String head, String rest) {
    List<String> lines = SafeText.broken(head + rest, columns);
    String first = lines.removeFirst();
    out.add(
        first.startsWith(head)
            ? palette.paint(tone, head) + first.substring(head.length())
            : first);
    out.addAll(lines);
  }

  private void addSandboxes() {
    int lost = results.sandboxesLost();
    if (results.sandboxesStarted() > 0 || lost > 0) {
      String line = "Sandboxes: " + results.sandboxesStarted() + " started, " + lost + " lost";
      add(lost > 0 ? Tone.ODD : Tone.PLAIN, line, "");
      addEfficiency();
    }
  }

  private void addEfficiency() {
    Efficiency efficiency = results.efficiency();
    if (efficiency.bound().compareTo(WORTH_NAMING) < 0) {
      return;
    }
    add(
        "Time: "
            + Words.exact(view.duration())
            + "; with "
            + Words.count(efficiency.sandboxes(), "sandbox")
            + " these tests cannot take less than "
            + Words.exact(efficiency.bound())
            + (efficiency.isLongestTheWall() ? ", the time of the longest test" : ""));
    List<String> parts = new ArrayList<>();
    part(parts, efficiency.discovery(), "until the tests were known");
    part(parts, efficiency.startUp(), "starting sandboxes");
    // What all sandboxes spent, as a part of the wall time.
    int sandboxes = efficiency.sandboxes();
    part(parts, efficiency.retries().dividedBy(sandboxes), "retries");
    part(parts, efficiency.losses().dividedBy(sandboxes), "losses");
    part(parts, efficiency.overhead().dividedBy(sandboxes), "batches beside their tests");
    part(parts, efficiency.idle().dividedBy(sandboxes), "sandboxes without work");
    if (!parts.isEmpty()) {
      add("  the rest: " + String.join(", ", parts));
    }
    if (efficiency.copies().compareTo(WORTH_NAMING) >= 0) {
      add(
          "  second copies, of late tests or to try a doubted sandbox: "
              + Words.exact(efficiency.copies())
              + " of sandbox time");
    }
  }

  private static void part(List<String> parts, Duration time, String what) {
    if (time.compareTo(WORTH_NAMING) >= 0) {
      parts.add(Words.exact(time) + " " + what);
    }
  }

  private void addFiles() {
    Path folder = context.outputDirectory();
    List<String> found = new ArrayList<>();
    for (String name :
        List.of("report.html", context.junitFile(), "summary.json", "events.jsonl")) {
      if (Files.exists(folder.resolve(name))) {
        found.add(SafeText.line(name));
      }
    }
    for (String name : List.of("logs", "artifacts")) {
      if (holdsFiles(folder.resolve(name))) {
        found.add(name + "/");
      }
    }
    if (!found.isEmpty()) {
      add("Files in " + SafeText.line(shown(folder)) + ": " + String.join(", ", found));
    }
  }

  private static boolean holdsFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> inside = Files.walk(folder)) {
      return inside.anyMatch(Files::isRegularFile);
    } catch (IOException | UncheckedIOException _) {
      // There is something, which cannot be looked at.
      return true;
    }
  }

  private static String shown(Path folder) {
    Path here = Path.of("").toAbsolutePath();
    return folder.startsWith(here) && !folder.equals(here)
        ? here.relativize(folder).toString()
        : folder.toString();
  }

  private void addRepeat() {
    if (!results.isFinished() || results.tests().stream().noneMatch(RunFacts::isToRepeat)) {
      return;
    }
    String text = "Run again what did not pass:";
    String command = new RepeatCommand(view.configFile()).failed();
    String painted = palette.paint(Tone.STRONG, command);
    if (text.length() + 1 + SafeText.width(command) <= columns) {
      out.add(text + " " + painted);
    } else {
      out.add(text);
      out.add("  " + painted);
    }
  }

  private static boolean isToRepeat(TestResult test) {
    return !test.isExcused()
        && (test.verdict() == Verdict.FAILED || test.verdict() == Verdict.NOT_RUN);
  }
}
