package dev.offload.cli;

import dev.offload.api.test.TestId;
import dev.offload.engine.SuitePlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Write what is foretold of a run, for people or as JSON.
final class PlanText {
  private PlanText() {}

  /// Write a line for each fact.
  ///
  /// @param count the number of sandboxes
  static void text(SuitePlan plan, int count, PrintWriter out) {
    line("tests", plan.tests() + known(plan), out);
    line("all of them take", seconds(plan.total()), out);
    plan.longest().ifPresent(longest -> line("the longest takes", inWords(longest), out));
    line("sandboxes", Integer.toString(count), out);
    line("wall time", seconds(plan.wall(count)) + ", discovery not counted", out);
    line("no schedule can beat", seconds(plan.bound(count)), out);
    line("enough sandboxes", plan.enough() + ": more make it hardly shorter", out);
    line(
        "costs",
        "a sandbox takes %s to start, a batch %s beside its tests"
            .formatted(
                seconds(plan.costs().startUp()),
                seconds(plan.costs().batch().plus(plan.costs().file()))),
        out);
  }

  private static void line(String name, String value, PrintWriter out) {
    out.println(String.format(Locale.ROOT, "%-22s %s", name + ":", value));
  }

  /// Return what to add of tests that are unknown.
  static String known(SuitePlan plan) {
    return plan.unknown() == 0
        ? ""
        : plan.unknown() == plan.tests()
            ? ", none of which has been run before: they are taken to last 1 s each"
            : ", of which " + plan.unknown() + " are unknown and taken to be like the others";
  }

  /// Return the time and the name of the longest test.
  static String inWords(Map.Entry<TestId, Duration> longest) {
    return seconds(longest.getValue()) + ": " + Console.oneLine(longest.getKey().value());
  }

  /// Return a time in words: `59.99 s`, `1 m 00.0 s`.
  static String seconds(Duration duration) {
    long hundredths = Math.round(duration.toNanos() / 1e7);
    if (hundredths < 60_00) {
      return String.format(Locale.ROOT, "%.2f s", hundredths / 100.0);
    }
    long tenths = Math.round(duration.toNanos() / 1e8);
    return String.format(Locale.ROOT, "%d m %04.1f s", tenths / 600, tenths % 600 / 10.0);
  }

  /// Write one object for programs.
  ///
  /// @param count the number of sandboxes
  static void json(SuitePlan plan, int count, PrintWriter out) {
    out.println("{" + facts(plan, count) + "}");
  }

  /// Write one object for programs, with the answer to how many sandboxes a time needs; the other
  /// figures are for that number, or for as many as are enough.
  static void json(SuitePlan plan, Duration limit, Optional<Integer> needed, PrintWriter out) {
    String answer = needed.map(count -> Integer.toString(count)).orElse("null");
    out.println(
        "{%s,\"within_secs\":%s,\"needed_sandboxes\":%s}"
            .formatted(facts(plan, needed.orElseGet(plan::enough)), number(limit), answer));
  }

  private static String facts(SuitePlan plan, int count) {
    String longest =
        plan.longest()
            .map(it ->
                "{\"id\":%s,\"secs\":%s}"
                    .formatted(JsonText.quoted(it.getKey().value()), number(it.getValue())))
            .orElse("null");
    return ("\"tests\":%d,\"unknown_tests\":%d,\"total_secs\":%s,\"longest\":%s,\"sandboxes\":%d,"
            + "\"wall_secs\":%s,\"lower_bound_secs\":%s,\"enough_sandboxes\":%d,"
            + "\"costs\":{\"start_up_secs\":%s,\"batch_secs\":%s}")
        .formatted(
            plan.tests(),
            plan.unknown(),
            number(plan.total()),
            longest,
            count,
            number(plan.wall(count)),
            number(plan.bound(count)),
            plan.enough(),
            number(plan.costs().startUp()),
            number(plan.costs().batch().plus(plan.costs().file())));
  }

  private static String number(Duration duration) {
    return String.format(Locale.ROOT, "%.6f", duration.toNanos() / 1e9);
  }
}
