package dev.offload.testkit;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;

/// Make up the events of a run of any size, for trying and measuring what is made from events: some
/// tests fail, flake, are skipped, hang; some sandboxes die or cannot be started; late tests get a
/// second copy. The same sizes always give the same events.
public final class SyntheticRun {
  private static final Instant BEGIN = Instant.parse("2026-11-01T10:00:00Z");
  private static final int BATCH = 12;

  /// Take the events, in their order.
  public interface Sink {
    /// Take the next event.
    void accept(EventRecord event) throws Exception;
  }

  private final int sandboxes;
  private final Sink sink;
  private final Random random = new Random(42);
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::at).thenComparingLong(Step::order));
  private final List<TestCase> tests = new ArrayList<>();
  private final Deque<Integer> queue = new ArrayDeque<>();
  private final Map<Integer, Integer> attempts = new HashMap<>();
  private int lastBatch;
  private int lastSandbox;
  private long now;
  private long order;
  private long sequence;

  private interface Act {
    void run() throws Exception;
  }

  private record Step(long at, long order, Act act) {}

  private SyntheticRun(int tests, int sandboxes, Sink sink) {
    this.sandboxes = sandboxes;
    this.sink = sink;
    for (int i = 0; i < tests; i++) {
      String file =
          "tests/"
              + List.of("api", "billing", "search", "web").get(i / 500 % 4)
              + "/test_"
              + i / 25
              + ".py";
      String id = file + "::TestSomething::test_behaves[case-" + i % 25 + "]";
      this.tests.add(
          new TestCase(new TestId(id), i % 10 < 7 ? "unit" : "slow", file, 10 + i % 25, id));
      queue.add(i);
    }
  }

  /// Make the events of a run.
  ///
  /// @param tests how many tests it has
  /// @param sandboxes how many sandboxes it has at one time
  public static void play(int tests, int sandboxes, Sink sink) throws Exception {
    new SyntheticRun(tests, sandboxes, sink).play();
  }

  private void play() throws Exception {
    emit(new RunEvent.RunStarted("run-42", "0.1", "offload.toml", "docker", "pytest", sandboxes));
    phase("discovery", 1_400);
    for (String group : List.of("unit", "slow")) {
      List<TestCase> members = tests.stream().filter(test -> test.group().equals(group)).toList();
      emit(new RunEvent.TestsDiscovered(group, 2, members));
    }
    phase("image", 2_600);
    emit(new RunEvent.Warning("the group 'nightly' matches no test"));
    for (int i = 0; i < sandboxes; i++) {
      startSandbox();
    }
    while (!steps.isEmpty()) {
      Step step = steps.remove();
      now = Math.max(now, step.at());
      step.act().run();
    }
    emit(new RunEvent.Degraded("sandbox sb-1 could not be closed: the provider does not answer"));
    emit(new RunEvent.RunFinished(1, "", Duration.ofNanos(now * 1000)));
  }

  private void phase(String name, long millis) throws Exception {
    emit(new RunEvent.PhaseStarted(name));
    now += millis * 1000;
    emit(new RunEvent.PhaseFinished(name, Duration.ofMillis(millis)));
  }

  private void emit(RunEvent event) throws Exception {
    sequence++;
    sink.accept(new EventRecord(sequence, BEGIN.plusNanos(now * 1000), event));
  }

  private void in(long micros, Act act) {
    steps.add(new Step(now + micros, order++, act));
  }

  private void startSandbox() throws Exception {
    SandboxId sandbox = new SandboxId(++lastSandbox);
    emit(new RunEvent.SandboxStarting(sandbox));
    in(
        400_000 + random.nextInt(1_800_000),
        () -> {
          if (sandbox.number() % 37 == 0) {
            emit(new RunEvent.SandboxStartFailed(sandbox, "the quota of this project is used up"));
            startSandbox();
          } else {
            emit(new RunEvent.SandboxReady(sandbox, "offload-run-42-" + sandbox.number()));
            next(sandbox);
          }
        });
  }

  private void next(SandboxId sandbox) throws Exception {
    if (queue.isEmpty()) {
      emit(new RunEvent.SandboxClosed(sandbox));
      return;
    }
    List<Integer> batch = new ArrayList<>();
    int size = Math.clamp(queue.size() / (2L * sandboxes), 1, BATCH);
    while (batch.size() < size && !queue.isEmpty()) {
      batch.add(queue.remove());
    }
    BatchId id = new BatchId(++lastBatch);
    boolean hedge = queue.isEmpty() && id.number() % 3 == 0;
    List<TestId> names = batch.stream().map(place -> tests.get(place).id()).toList();
    emit(new RunEvent.BatchStarted(id, sandbox, names, hedge));
    in(180_000 + random.nextInt(120_000), () -> step(sandbox, id, new ArrayDeque<>(batch)));
  }

  private void step(SandboxId sandbox, BatchId batch, Deque<Integer> rest) throws Exception {
    if (rest.isEmpty()) {
      emit(new RunEvent.BatchEnded(batch, sandbox, "exit code 0", true, false));
      in(5_000, () -> next(sandbox));
      return;
    }
    int place = rest.remove();
    TestId test = tests.get(place).id();
    int attempt = attempts.merge(place, 1, Integer::sum);
    long started = now;
    emit(new RunEvent.AttemptStarted(test, attempt, batch, sandbox));
    long micros = (long) (Math.exp(random.nextGaussian() * 1.1) * 60_000) + 300;
    boolean dies = attempt == 1 && place % 701 == 350;
    in(
        micros,
        () -> {
          if (dies) {
            die(sandbox, batch, place, attempt, started, rest);
          } else {
            AttemptReport report = report(place, attempt, Duration.ofNanos(micros * 1000));
            finish(place, attempt, batch, sandbox, started, report);
            in(1_500, () -> step(sandbox, batch, rest));
          }
        });
  }

  private void die(
      SandboxId sandbox, BatchId batch, int place, int attempt, long started, Deque<Integer> rest)
      throws Exception {
    TestId test = tests.get(place).id();
    Death death = new Death(Death.Cause.OUT_OF_MEMORY, OptionalInt.of(137), "");
    emit(new RunEvent.SandboxLost(sandbox, death, List.of(test)));
    AttemptReport lost =
        AttemptReport.of(
            Outcome.LOST, Duration.ofNanos((now - started) * 1000), "out of memory", "");
    emit(
        new RunEvent.AttemptFinished(
            test, attempt, batch, sandbox, Duration.ofNanos(started * 1000), lost));
    emit(new RunEvent.BatchEnded(batch, sandbox, "its sandbox died", false, false));
    rest.descendingIterator().forEachRemaining(queue::addFirst);
    queue.addFirst(place);
    startSandbox();
  }

  private void finish(
      int place, int attempt, BatchId batch, SandboxId sandbox, long started, AttemptReport report)
      throws Exception {
    TestId test = tests.get(place).id();
    emit(
        new RunEvent.AttemptFinished(
            test, attempt, batch, sandbox, Duration.ofNanos(started * 1000), report));
    if (report.outcome() == Outcome.SKIPPED) {
      decide(test, Verdict.SKIPPED, "");
    } else if (report.outcome() == Outcome.PASSED) {
      boolean flaky = attempt > 1 && place % 90 == 0;
      decide(
          test,
          flaky ? Verdict.FLAKY : Verdict.PASSED,
          flaky ? "passed at attempt " + attempt : "");
    } else if (attempt == 3) {
      decide(test, Verdict.FAILED, "failed 3 times");
    } else {
      queue.addFirst(place);
    }
  }

  private void decide(TestId test, Verdict verdict, String reason) throws Exception {
    emit(new RunEvent.TestDecided(test, verdict, reason));
  }

  private static AttemptReport report(int place, int attempt, Duration time) {
    if (place % 250 == 17) {
      return AttemptReport.of(Outcome.SKIPPED, Duration.ZERO, "needs a GPU", "");
    }
    if (place % 400 == 33) {
      return AttemptReport.of(
          Outcome.TIMED_OUT, time, "ran longer than 30 s", "Thread 0x1 (most recent call first):");
    }
    if (place % 160 == 5 || (place % 90 == 0 && attempt == 1)) {
      String message = "AssertionError: expected " + place % 7 + ", got \"<b>x</b>\"";
      return new AttemptReport(
          Outcome.FAILED,
          time,
          message,
          "    def test_behaves(case):\n        total = price(case)\n>       assert total == %d\n"
                  .formatted(place % 7)
              + "E       "
              + message
              + "\n\ntests/test_shop.py:"
              + (20 + place % 50)
              + ": AssertionError\n",
          "loading the fixture\n\u001b[32mready\u001b[0m after " + attempt + " s\n",
          "DeprecationWarning: price() is old\n".repeat(place % 5));
    }
    return place % 50 == 3
        ? new AttemptReport(Outcome.PASSED, time, "", "", "a passing test said this\n", "")
        : AttemptReport.of(Outcome.PASSED, time);
  }
}
