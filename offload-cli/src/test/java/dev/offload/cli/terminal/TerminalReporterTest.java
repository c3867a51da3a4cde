package dev.offload.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TerminalReporterTest {
  @TempDir Path folder;

  private Script plain() {
    return new Script(false, false, true, 100, folder);
  }

  private Script live(int width) {
    return new Script(true, false, true, width, folder);
  }

  /// Compare with the file beside this test; `-Doffload.golden=write` writes it anew.
  private void golden(String name, String actual) throws IOException {
    String text = actual.replace(folder.toString(), "FOLDER");
    if ("write".equals(System.getProperty("offload.golden"))) {
      Path file = Path.of("src/test/resources/dev/offload/cli/terminal", name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, text);
      return;
    }
    try (InputStream expected = TerminalReporterTest.class.getResourceAsStream(name)) {
      assertThat(expected).as("the golden file " + name).isNotNull();
      assertThat(text)
          .isEqualTo(
              new String(Objects.requireNonNull(expected).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aPlainLogTellsTheRunAsItHappensAndSumsItUp() throws IOException {
    makeTheFiles(folder);
    golden("plain.txt", plain().toTheEnd().close());
  }

  @Test
  void whoAsksLearnsWhatRunsWhere() throws IOException {
    Script script = plain().toTheMiddle();
    int before = script.written().length();
    script.reporter().tellWhatRuns();

    golden("running-now.txt", script.written().substring(before));
  }

  @Test
  void aTestThatRunsMuchLongerThanExpectedIsNamedMoreAndMoreRarely() {
    TestId quick = new TestId("quick");
    Script script =
        plain()
            .begin()
            .group("unit", 0, "quick")
            .add(new RunEvent.DurationsExpected(Map.of(quick, Duration.ofSeconds(1))))
            .ready(1)
            .batch(1, 1, "quick")
            .starts("quick", 1, 1);
    for (int second = 0; second < 65; second++) {
      script.after(1000);
    }

    assertThat(script.written().lines().filter(line -> line.startsWith("slow ")))
        .containsExactly(
            "slow quick: runs for 10 s in sb-1, expected about 1.0 s",
            "slow quick: runs for 20 s in sb-1, expected about 1.0 s",
            "slow quick: runs for 40 s in sb-1, expected about 1.0 s");
  }

  @Test
  void theRemainingTimeFollowsThePlanAndNotTheCount() {
    Map<TestId, Duration> expected = new LinkedHashMap<>();
    String[] ids = new String[10];
    for (int i = 0; i < 10; i++) {
      ids[i] = "t" + i;
      expected.put(new TestId(ids[i]), Duration.ofSeconds(i == 9 ? 100 : 1));
    }
    Script script =
        live(100)
            .begin()
            .group("unit", 0, ids)
            .add(new RunEvent.DurationsExpected(expected))
            .ready(1)
            .ready(2)
            .batch(1, 1, ids)
            .after(1000);
    assertThat(script.written()).contains("about 1m 40s left");
    for (int i = 0; i < 9; i++) {
      script.starts(ids[i], 1, 1).after(1000).passes(ids[i], 1, 1000);
    }
    script.starts("t9", 1, 1).after(30_000);
    assertThat(script.written()).contains("about 1m 10s left");
  }

  @Test
  void aPlainLogInColourMarksWhatMatters() throws IOException {
    Script script = new Script(false, true, true, 100, folder);
    golden("plain-colour.txt", String.join("\n", Script.visible(script.toTheEnd().close())) + "\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 100, 200})
  void theLiveAreaFitsTheWidth(int width) throws IOException {
    String written = live(width).toTheMiddle().written();
    VirtualScreen screen = new VirtualScreen(width).feed(written);
    assertThat(screen.isCursorHidden()).isTrue();
    golden("live-" + width + ".txt", screen.text());
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 100, 200})
  void theLiveAreaInColourFitsTheWidth(int width) throws IOException {
    Script script = new Script(true, true, true, width, folder);
    String written = script.toTheMiddle().written();
    int frame = written.lastIndexOf("\u001b[?7l");
    golden(
        "live-colour-" + width + ".txt",
        String.join("\n", Script.visible(written.substring(frame))) + "\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 100, 200})
  void whatIsSaidAtTheEndFitsTheWidth(int width) throws IOException {
    // The name of a temporary folder is not always of the same length.
    Path files = Path.of("target/final-part").toAbsolutePath();
    makeTheFiles(files);
    String plain = endOf(new Script(true, false, true, width, files));
    golden("final-" + width + ".txt", new VirtualScreen(width).feed(plain).text());
    String colour = endOf(new Script(true, true, true, width, files));
    golden("final-colour-" + width + ".txt", String.join("\n", Script.visible(colour)) + "\n");
  }

  private static String endOf(Script script) {
    int before = script.toAHardEnd().written().length();
    return script.close().substring(before).replaceFirst("\r\u001b\\[J\u001b\\[\\?25h", "");
  }

  private static void makeTheFiles(Path folder) throws IOException {
    for (String file :
        List.of(
            "junit.xml",
            "summary.json",
            "events.jsonl",
            "logs/batch-1.stdout.success",
            "artifacts/sb-1/batch-1/shot.png")) {
      Path path = folder.resolve(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.write(path, new byte[0]);
    }
  }

  @Test
  void atTheEndTheLiveAreaIsGoneAndTheCursorIsBack() {
    VirtualScreen live = new VirtualScreen(100).feed(live(100).toTheEnd().close());
    assertThat(live.isCursorHidden()).isFalse();
    String text = live.text();
    assertThat(text).doesNotContain("sandboxes: ", "━", "─");
    assertThat(text.lines().filter(line -> line.startsWith("FAILED tests/"))).hasSize(5);
    assertThat(text.strip())
        .endsWith(
            "Offload: 8 tests: 2 passed, 3 failed, 1 flaky, 1 skipped, 1 not run in 40.3 s (exit"
                + " 1)");
  }

  @Test
  void afterRestoringTheLiveAreaIsGoneAndTheCursorIsBack() {
    Script script = live(100).toTheMiddle();
    script.reporter().restore();
    VirtualScreen screen = new VirtualScreen(100).feed(script.written());
    assertThat(screen.isCursorHidden()).isFalse();
    assertThat(screen.text()).doesNotContain("sandboxes: ", "━", "─");
  }

  @Test
  void linesOfOthersGoAboveTheLiveArea() {
    Script script = live(100).toTheMiddle();
    script.reporter().say("stopping: \u001b[2Jonce more to stop at once");
    String text = new VirtualScreen(100).feed(script.written()).text();
    assertThat(text.indexOf("stopping: \\x1b[2Jonce more"))
        .isPositive()
        .isLessThan(text.indexOf("sandboxes: "));
  }

  @Test
  void aNarrowerWindowCutsTheAreaOffAndLeavesNoRestOfIt() {
    Script script = live(100).toTheMiddle();
    String before = script.written();
    script.resize(60).after(1000);
    // What was drawn for 100 columns when the window had 60 already.
    VirtualScreen screen = new VirtualScreen(60).feed(before);
    assertThat(screen.text()).contains("%)  0.6 te\n1 passed");
    screen.feed(script.written().substring(before.length()));
    assertThat(screen.text().split("sandboxes: ")).hasSize(2);
  }

  @Test
  void withoutUnicodeEverythingIsAscii() {
    for (boolean live : new boolean[] {true, false}) {
      String text = new Script(live, true, false, 80, folder).toTheEnd().close();
      assertThat(text.chars()).allMatch(c -> c < 0x80);
      assertThat(text).contains("[???-parameter-1]");
    }
  }

  @Test
  void nothingFromATestIsExecutedByTheTerminal() {
    Random random = new Random(11);
    for (boolean live : new boolean[] {true, false}) {
      Script script = new Script(live, false, true, 70, folder).begin();
      String[] ids = new String[60];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = i + noise(random);
      }
      script.group(noise(random), 1, ids).ready(1).batch(1, 1, ids);
      for (String id : ids) {
        script.starts(id, 1, 1).after(150);
        String text = noise(random);
        script.ends(
            id, 1, 1, new AttemptReport(Outcome.FAILED, Duration.ZERO, text, text, text, text));
        script.decided(id, Verdict.FAILED, noise(random));
      }
      script.lost(1, ids).finish(1, noise(random), Duration.ofSeconds(1));
      new VirtualScreen(70).feed(script.close());
    }
  }

  private static String noise(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(300); i >= 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(32));
        case 1 -> text.append((char) random.nextInt(65536));
        case 2 -> text.append("\u001b[2J\u009b31m\u202e");
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  @Test
  void progressLinesAreFewAndTheLastOneIsFull() {
    Script script = plain().begin();
    String[] ids = new String[1000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "t" + i;
    }
    script.group("unit", 0, ids).ready(1).batch(1, 1, ids);
    for (String id : ids) {
      script.passes(id, 1, 10).after(100);
    }
    String text = script.finish(0, "", Duration.ofSeconds(100)).close();
    assertThat(text.lines().filter(line -> line.startsWith("[ci]")))
        .hasSizeBetween(15, 25)
        .last()
        .isEqualTo("[ci] 100% | passed: 1000, failed: 0, flaky: 0, awaiting: 0");
  }

  @Test
  void aSilentRunGivesASignOfLifeThatNamesTheLongestTests() {
    Script script =
        plain()
            .begin()
            .group("unit", 0, "quick", "slow")
            .ready(1)
            .batch(1, 1, "slow", "quick")
            .starts("slow", 1, 1);
    for (int i = 0; i < 650; i++) {
      script.after(100);
    }
    assertThat(script.written().lines().filter(line -> line.startsWith("[ci]")))
        .containsExactly(
            "[ci] 0% | passed: 0, failed: 0, flaky: 0, awaiting: 2 | longest running: slow (30 s in"
                + " sb-1)",
            "[ci] 0% | passed: 0, failed: 0, flaky: 0, awaiting: 2 | longest running: slow (1m 00s"
                + " in sb-1)");
  }

  @Test
  void manyFailuresAreCountedAndTheFirstTwentyShown() {
    Script script = plain().begin();
    String[] ids = new String[300];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "t" + i;
    }
    script.group("unit", 0, ids);
    for (String id : ids) {
      script.ends(
          id, 1, 1, AttemptReport.of(Outcome.FAILED, Duration.ZERO, "boom", "text of " + id));
      script.decided(id, Verdict.FAILED, "");
    }
    String text = script.finish(1, "", Duration.ofSeconds(1)).close();
    assertThat(text).contains("Failures (300)", "text of t19", "  and 260 more");
    assertThat(text).doesNotContain("text of t20");
  }

  @Test
  void whatWasFoundOutWithoutASandboxNamesNone() {
    String text =
        plain()
            .begin()
            .group("unit", 2, "tests/test_a.py")
            .ends(
                "tests/test_a.py",
                1,
                0,
                AttemptReport.of(Outcome.ERRORED, Duration.ZERO, "SyntaxError: no", "trace"))
            .close();
    assertThat(text).contains("ERROR tests/test_a.py: SyntaxError: no\n").doesNotContain("sb-0");
  }

  @Test
  void aReasonOfSeveralLinesIsShownWholeAtTheEnd() {
    String text =
        plain()
            .begin()
            .finish(
                78, "`setup_command` failed (exit code 127)\nsh: 1: uv: not found\n", Duration.ZERO)
            .close();
    assertThat(text)
        .contains("the run ended early: `setup_command` failed (exit code 127)\n")
        .contains("Ended early: `setup_command` failed (exit code 127)\n  sh: 1: uv: not found\n");
  }

  @Test
  void ofALongReasonWhyASandboxDidNotStartTheEndsAreShown() {
    String build = String.join("\n", Collections.nCopies(28, "line"));
    String text =
        plain()
            .begin()
            .add(
                new RunEvent.SandboxStartFailed(
                    new SandboxId(2), "the image cannot be built\n" + build + "\nno space left"))
            .close();
    assertThat(text)
        .contains("sandbox sb-2 did not start: the image cannot be built / … / no space left\n");
  }

  @Test
  void anAttemptThatTheRetriesDoNotAllowForHasNoLimit() {
    AttemptReport crash = AttemptReport.of(Outcome.CRASHED, Duration.ZERO, "exit code 3", "");
    String text = plain().begin().group("unit", 0, "t").ends("t", 2, 1, crash).close();
    assertThat(text).contains("CRASHED t (attempt 2, sb-1): exit code 3\n");
  }

  @Test
  void aRunThatWasCutOffSaysSo() {
    String text = plain().toTheMiddle().close();
    assertThat(text)
        .contains("  3 tests: the run was cut off\n")
        .endsWith(
            "Offload: 8 tests: 1 passed, 2 failed, 1 flaky, 1 skipped, 3 not run in 6.3 s (the run"
                + " was cut off)\n");
  }

  @Test
  void theThreadOfTheLiveViewWritesWithoutFurtherEvents() throws InterruptedException {
    Script script = plain();
    script.reporter().start();
    script.begin();
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!script.written().contains("Offload 0.1")) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
    script.close();
  }
}
