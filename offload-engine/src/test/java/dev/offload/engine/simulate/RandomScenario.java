package dev.offload.engine.simulate;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Continuation;
import dev.offload.engine.dispatch.DispatchPlan.Foreseen;
import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.simulate.VirtualTest.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Make a small suite, sandboxes and faults out of a seed.
final class RandomScenario {
  private static final double EARLY = 0.3;
  private static final int SALT = 43;

  private final SplittableRandom random;
  private final long seed;

  private RandomScenario(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
  }

  static Scenario of(long seed) {
    return new RandomScenario(seed).make();
  }

  private boolean sometimes(double likelihood) {
    return random.nextDouble() < likelihood;
  }

  /// From numbers of their own, so that a seed means the same scenario as before there were pauses.
  private double pauses() {
    SplittableRandom others = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 2);
    return others.nextDouble() < 0.25 ? others.nextDouble() : 0;
  }

  /// A likelihood that is mostly 0, so that each run has a few faults and not all of them.
  private double fault(double likelihood) {
    return sometimes(0.25) ? random.nextDouble() * likelihood : 0;
  }

  private Scenario make() {
    int count = sometimes(0.1) ? random.nextInt(1, 4) : random.nextInt(1, 40);
    int sandboxes = random.nextInt(1, 9);
    int retries = random.nextInt(0, 3);
    double odd = sometimes(0.5) ? 0 : sometimes(0.1) ? 1 : random.nextDouble() * 0.3;
    List<VirtualTest> truths = new ArrayList<>();
    List<PlannedTest> planned = new ArrayList<>();
    int known = random.nextInt(3);
    double instant = sometimes(0.2) ? random.nextDouble() : 0;
    for (int test = 0; test < count; test++) {
      double seconds = sometimes(instant) ? 0 : Math.exp(random.nextGaussian()) * 0.2;
      VirtualTest truth = test(seconds, odd);
      truths.add(truth);
      boolean isKnown = known == 2 || (known == 1 && sometimes(0.5));
      Duration expected = isKnown ? Duration.ofNanos((long) (seconds * 1e9)) : Duration.ofNanos(-1);
      planned.add(
          new PlannedTest(
              new TestId("t" + test),
              "g" + test % 2,
              "f" + test / 5,
              retries,
              Duration.ofSeconds(100),
              expected,
              sometimes(0.03),
              10));
    }
    boolean failFast = sometimes(0.1);
    Rules rules =
        new Rules(
            sandboxes,
            failFast,
            sometimes(0.7),
            sometimes(0.2) ? 35 : 1_000_000,
            DispatchPlan.Costs.ofBatch(Duration.ofMillis(random.nextInt(1, 500))),
            random.nextInt(3, 30),
            Duration.ofSeconds(60),
            2,
            3,
            Duration.ofSeconds(10));
    Map<String, GroupRules> groups = groups();
    double cancelAt = sometimes(0.05) ? random.nextDouble() * 5 : -1;
    return new Scenario(
        new DispatchPlan(planned, rules, groups, Continuation.NONE, foreseen()),
        truths,
        faults(sandboxes, groups.containsKey("g1")),
        arrivals(truths),
        cancelAt,
        seed);
  }

  /// From numbers of their own too, among which the runs that broke a promise once get nothing new.
  private SplittableRandom early() {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + SALT);
  }

  /// In some runs it is believed before that there will be so many tests, rightly or not.
  private Foreseen foreseen() {
    SplittableRandom early = early();
    return early.nextDouble() < EARLY
        ? new Foreseen(
            early.nextInt(0, 60),
            Duration.ofMillis(early.nextInt(30_000)),
            Duration.ofMillis(early.nextInt(3_000)))
        : Foreseen.NOTHING;
  }

  /// In some of them there is nothing to start sandboxes from for a while.
  private double image() {
    SplittableRandom early = early();
    return early.nextDouble() < EARLY && early.nextBoolean() ? early.nextDouble() * 6 : 0;
  }

  /// In some runs the tests come in portions, of which some are remembered and not all there.
  private Arrivals arrivals(List<VirtualTest> truths) {
    SplittableRandom own = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 2);
    if (own.nextDouble() < 0.6) {
      return new Arrivals(image(), List.of(), 0, Set.of());
    }
    List<Arrivals.Portion> portions = new ArrayList<>();
    Set<Integer> gone = new HashSet<>();
    double at = 0;
    double vanish = own.nextDouble() < 0.5 ? own.nextDouble() : 0;
    int test = own.nextInt(truths.size() + 1);
    while (test < truths.size()) {
      at += own.nextDouble() < 0.3 ? 0 : own.nextDouble() * 4;
      int count = own.nextInt(1, truths.size() - test + 1);
      boolean certain = own.nextDouble() < 0.5;
      portions.add(new Arrivals.Portion(at, count, certain));
      for (int end = test + count; test < end; test++) {
        if (!certain && own.nextDouble() < vanish) {
          gone.add(test);
          if (own.nextBoolean()) {
            truths.set(test, new VirtualTest(0, Behaviour.MISSING, 0));
          }
        }
      }
    }
    return new Arrivals(image(), portions, at + own.nextDouble() * 5, gone);
  }

  private Map<String, GroupRules> groups() {
    Map<String, GroupRules> groups = new HashMap<>();
    if (sometimes(0.2)) {
      groups.put("g0", new GroupRules(random.nextInt(1, 4), false));
    }
    if (sometimes(0.1)) {
      groups.put("g1", new GroupRules(sometimes(0.5) ? 1 : Integer.MAX_VALUE, true));
    }
    return groups;
  }

  private VirtualTest test(double seconds, double odd) {
    if (!sometimes(odd)) {
      return new VirtualTest(seconds, sometimes(0.05) ? Behaviour.SKIPS : Behaviour.PASSES, 0);
    }
    return switch (random.nextInt(7)) {
      case 0 -> new VirtualTest(seconds, Behaviour.CRASHES, 0);
      case 1 -> new VirtualTest(seconds, Behaviour.HANGS, 0);
      case 2 -> new VirtualTest(seconds, Behaviour.KILLS, 0);
      case 3, 4 -> new VirtualTest(seconds, Behaviour.PASSES, random.nextDouble());
      default -> new VirtualTest(seconds, Behaviour.FAILS, 0);
    };
  }

  private Faults faults(int sandboxes, boolean fresh) {
    if (sometimes(0.05)) {
      return Faults.none();
    }
    // A black hole can only be told by comparison: most sandboxes work, and what passed in one of
    // them can be run again in the black hole, which a test that wants a fresh sandbox cannot.
    int blackHoles =
        sandboxes > 2 && !fresh && sometimes(0.15) ? random.nextInt(1, (sandboxes + 1) / 2) : 0;
    // A test whose end is not told, followed by one that hangs and whose start is not told, looks
    // like one that hangs: nobody can tell.
    boolean starts = sometimes(0.5);
    return new Faults(
        random.nextDouble() * 3,
        random.nextDouble() * 0.5,
        sometimes(0.5) ? random.nextDouble() * 0.5 : 0,
        random.nextDouble() * 5,
        fault(0.5),
        fault(0.4),
        fault(0.3),
        pauses() * 0.5,
        8,
        fault(0.5),
        fault(0.5),
        fault(0.5),
        fault(0.5),
        1 + random.nextInt(8),
        blackHoles,
        fault(0.3),
        fault(0.3),
        starts ? fault(0.2) : 0,
        fault(0.3),
        fault(0.5),
        fault(0.3),
        starts ? 0 : fault(0.5),
        fault(0.5),
        fault(0.5),
        fault(0.5));
  }
}
