package dev.offload.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  private final History history = new History();

  private void passed(String id, double... seconds) {
    for (double each : seconds) {
      history.add(new HistoryKey("c", id), new Sample("r", history.size(), each), true, 20);
    }
  }

  private static TestCase test(String file, String id) {
    return new TestCase(new TestId(id), "g", file, 0, "");
  }

  private Optional<Double> usual(TestCase test, TestCase... others) {
    List<TestCase> all = List.of(others);
    KnownDurations known = new KnownDurations("c");
    history.sorted().forEach(known::add);
    return new Expectations(known, Map.of("told", Duration.ofSeconds(7)), all)
        .of(test)
        .map(expected -> expected.usual().toMillis() / 1000.0);
  }

  @Test
  void oneSampleIsEnough() {
    passed("t", 3);

    assertThat(usual(test("f", "t"))).contains(3.0);
  }

  @Test
  void threeOfFourPassesKeepToIt() {
    passed("t", 4, 1, 3, 2, 100);

    assertThat(usual(test("f", "t"))).contains(4.0);
  }

  @Test
  void anotherConfigurationSaysNothing() {
    history.add(new HistoryKey("d", "t"), new Sample("r", 1, 3), true, 20);

    assertThat(usual(test("f", "t"))).isEmpty();
  }

  @Test
  void theNameThatAnEarlierOffloadGaveATestIsKnown() {
    passed(" > f > t", 3);

    assertThat(usual(test("f", "f > t"))).contains(3.0);
  }

  @Test
  void aNewParameterIsLikeTheOthers() {
    passed("t[a]", 5);
    passed("u", 1);

    assertThat(usual(test("f", "t[new]"), test("f", "t[a]"), test("f", "u"))).contains(5.0);
  }

  @Test
  void aNewTestIsLikeTheOthersOfItsFile() {
    passed("t", 5);

    assertThat(usual(test("f", "new"), test("f", "t"), test("g", "u"))).contains(5.0);
    assertThat(usual(test("g", "new"), test("f", "t"))).isEmpty();
  }

  @Test
  void whatTheReportsOfAnEarlierRunToldStandsIn() {
    assertThat(usual(test("f", "told"))).contains(7.0);
  }
}
