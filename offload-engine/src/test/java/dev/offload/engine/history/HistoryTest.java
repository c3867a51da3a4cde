package dev.offload.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  private static final String LINE =
      "{\"k\":[\"offload.toml\",\"a::b\"],\"v\":{\"n\":3,\"f\":1,\"last_run\":\"aB3x\","
          + "\"ok\":[[\"aB3x\",1700000000000,0.25],[\"aB3x\",1700000000000,1e-5]],"
          + "\"fail\":[[\"Zz09\",1600000000000,2]]}}";
  private static final HistoryKey KEY = new HistoryKey("offload.toml", "a::b");

  @TempDir private Path folder;

  private HistoryFile file() {
    return new HistoryFile(folder.resolve("sub/history.jsonl"), folder.resolve("locks"));
  }

  private HistoryFile file(String... lines) throws IOException {
    HistoryFile file = file();
    Files.createDirectories(file.path().getParent());
    Files.write(file.path(), List.of(lines));
    return file;
  }

  private static Sample sample(long at, double seconds) {
    return new Sample("r" + at, at, seconds);
  }

  private static History with(String id, Sample... passes) {
    History history = new History();
    for (Sample sample : passes) {
      history.add(new HistoryKey("offload.toml", id), sample, true, 20);
    }
    return history;
  }

  @Test
  void readsWhatTheEarlierOffloadWrote() throws IOException {
    TestRecord record = file(LINE).read().history().find(KEY).orElseThrow();

    assertThat(record.attempts()).isEqualTo(3);
    assertThat(record.failures()).isEqualTo(1);
    assertThat(record.lastRun()).isEqualTo("aB3x");
    assertThat(record.passes()).hasSize(2);
    assertThat(record.usual()).contains(0.25);
    assertThat(record.fails()).containsExactly(new Sample("Zz09", 1_600_000_000_000L, 2));
  }

  @Test
  void leavesTheLinesOfOtherTestsAsTheyAre() throws Exception {
    HistoryFile file = file(LINE);

    file.update(
        Set.of(new HistoryKey("offload.toml", "a::a")),
        history -> history.add(new HistoryKey("offload.toml", "a::a"), sample(5, 0.5), true, 20));

    assertThat(Files.readAllLines(file.path()))
        .containsExactly(
            "{\"k\":[\"offload.toml\",\"a::a\"],\"v\":{\"n\":1,\"f\":0,\"last_run\":\"r5\","
                + "\"ok\":[[\"r5\",5,0.5]],\"fail\":[]}}",
            LINE);
  }

  @Test
  void roundsTimesToMicroseconds() throws Exception {
    HistoryFile file = file();
    List<Double> seconds = List.of(0.0, 2.0, 0.25, 1e-5, 0.1234567, 0.9999999, 1234.5, 4e-7);

    file.update(
        Set.of(),
        history -> {
          for (int at = 0; at < seconds.size(); at++) {
            history.add(KEY, sample(at, seconds.get(at)), true, 20);
          }
        });

    assertThat(Files.readString(file.path()))
        .contains(
            "0,0.0]",
            "1,2.0]",
            "2,0.25]",
            "3,0.00001]",
            "4,0.123457]",
            "5,1.0]",
            "6,1234.5]",
            "7,0.0]");
  }

  @Test
  void keepsATestWhoseNameHoldsHalfASurrogatePair() throws Exception {
    HistoryFile file = file(LINE);
    HistoryKey key = new HistoryKey("offload.toml", "\ud83d \"half\" \ud83c\udf89");

    file.update(Set.of(), history -> history.add(key, sample(5, 0.5), true, 20));

    assertThat(file.read().history().find(key)).isPresent();
    assertThat(file.read().history().find(KEY)).isPresent();
  }

  @Test
  void sortsByTheBytesOfTheKeys() {
    List<String> ids = List.of("\uFFFDz", "\uD83D\uDE00", "a", "B", "aa");
    History history = new History();
    ids.forEach(id -> history.add(new HistoryKey("c", id), sample(1, 1), true, 20));

    assertThat(history.sorted().keySet().stream().map(HistoryKey::id))
        .containsExactly("B", "a", "aa", "\uFFFDz", "\uD83D\uDE00");
  }

  @Test
  void skipsDamagedLinesAndSaysWhichTheyAre() throws IOException {
    HistoryFile.Loaded loaded =
        file("<<<<<<< ours", "", LINE, "{\"k\":[\"c\",\"x\"]}", "{\"k\":3}").read();

    assertThat(loaded.history().size()).isEqualTo(1);
    assertThat(loaded.problems()).hasSize(3);
    assertThat(loaded.problems().getFirst()).contains("history.jsonl:1: ");
    assertThat(loaded.problems().getLast()).contains("history.jsonl:5: ");
  }

  @Test
  void takesBothLinesThatAConflictLeavesOfOneTest() throws IOException {
    String other = LINE.replace("1700000000000,0.25", "1800000000000,0.75");

    TestRecord record = file(LINE, other).read().history().find(KEY).orElseThrow();

    assertThat(record.passes()).hasSize(3);
    assertThat(record.attempts()).isEqualTo(4);
  }

  @Test
  void findsATestUnderTheIdThatTheEarlierOffloadGaveIt() {
    History history = with(" > file.ts > adds", sample(1, 3));
    HistoryKey now = new HistoryKey("offload.toml", "file.ts > adds");

    assertThat(history.lookUp(now).flatMap(TestRecord::usual)).contains(3.0);

    history.add(now, sample(2, 1), true, 20);
    assertThat(history.sorted().keySet()).containsExactly(now);
    assertThat(history.find(now).orElseThrow().passes()).hasSize(2);
  }

  @Test
  void isNothingWhenThereIsNoFile() throws IOException {
    assertThat(file().read().history().size()).isZero();
  }

  @Test
  void losesNothingWhenRunsEndTogether() throws Exception {
    List<Thread> runs = new ArrayList<>();
    for (int run = 0; run < 16; run++) {
      int number = run;
      runs.add(
          Thread.ofPlatform()
              .start(() -> {
                HistoryKey key = new HistoryKey("c", "t" + number % 4);
                try {
                  // Each with its own, as two processes have.
                  file()
                      .update(
                          Set.of(key), history -> history.add(key, sample(number, 1), true, 20));
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (Thread run : runs) {
      run.join();
    }

    History history = file().read().history();
    assertThat(history.size()).isEqualTo(4);
    assertThat(history.sorted().values()).allMatch(record -> record.passes().size() == 4);
    try (var left = Files.list(folder.resolve("sub"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void mergesWhatTwoBranchesRecorded() {
    History base = with("t", sample(1, 1));
    History ours = with("t", sample(1, 1), sample(2, 2));
    History theirs = with("t", sample(1, 1), sample(3, 3), sample(4, 4));
    theirs.add(new HistoryKey("offload.toml", "new"), sample(4, 4), true, 20);

    History merged = History.merge(base, ours, theirs);

    TestRecord record = merged.find(new HistoryKey("offload.toml", "t")).orElseThrow();
    assertThat(record.attempts()).isEqualTo(4);
    assertThat(record.passes()).extracting(Sample::at).containsExactly(1L, 2L, 3L, 4L);
    assertThat(record.lastRun()).isEqualTo("r4");
    assertThat(merged.size()).isEqualTo(2);
    assertThat(History.merge(base, theirs, ours).lines()).containsExactlyElementsOf(merged.lines());
    assertThat(History.merge(new History(), ours, theirs).lines())
        .containsExactlyElementsOf(merged.lines());
  }

  @Test
  void keepsTheNewestSampleAndTheSameOnesInWhateverOrder() {
    List<Sample> samples = new ArrayList<>();
    for (int at = 0; at < 100; at++) {
      samples.add(sample(at, at));
    }

    List<Sample> kept = Reservoir.choose(samples, 10);

    assertThat(kept).hasSize(10).contains(samples.getLast()).isSortedAccordingTo(Sample.ORDER);
    assertThat(Reservoir.choose(samples.reversed(), 10)).isEqualTo(kept);
    double mean = kept.stream().mapToDouble(Sample::seconds).average().orElse(0);
    assertThat(mean).as("newer ones are likelier").isGreaterThan(60);
  }

  @Test
  void countsFailuresApart() {
    History history = new History();
    for (int at = 0; at < 50; at++) {
      history.add(KEY, sample(at, 1), at % 10 != 0, 5);
    }

    TestRecord record = history.find(KEY).orElseThrow();

    assertThat(record.attempts()).isEqualTo(50);
    assertThat(record.failures()).isEqualTo(5);
    assertThat(record.passes()).hasSize(5);
    assertThat(record.fails()).hasSize(5);
    assertThat(record.merged(TestRecord.NONE, Optional.empty(), 5)).isEqualTo(record);
  }
}
