package dev.offload.report.summary;

import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.Verdict;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.MinimalPrettyPrinter;

/// Render the results of a run as JSON, one test a line.
///
/// @param results all that is known
/// @param duration wall time of the run
/// @param sandboxes the largest number of sandboxes that lived at one time, at least 1
record SummaryJson(RunResults results, Duration duration, int sandboxes) {
  private static final JsonFactory JSON = new JsonFactory();

  private static final ObjectWriteContext ONE_TEST_A_LINE =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          return new MinimalPrettyPrinter() {
            @Override
            public void writeArrayValueSeparator(JsonGenerator out) {
              out.writeRaw(out.streamWriteContext().getNestingDepth() == 2 ? ",\n" : ",");
            }
          };
        }
      };

  void write(Writer target) {
    List<TestResult> tests = results.tests();
    try (JsonGenerator out = JSON.createGenerator(ONE_TEST_A_LINE, target)) {
      out.writeStartObject();
      out.writeNumberProperty("schema", 1);
      out.writeStringProperty("run_id", results.runId());
      if (results.isFinished()) {
        out.writeNumberProperty("exit_code", results.exitCode());
      } else {
        out.writeNullProperty("exit_code");
      }
      writeCounts(out, tests);
      seconds(out, "duration_secs", duration);
      out.writeName("sandboxes").writeStartObject();
      out.writeNumberProperty("started", results.sandboxesStarted());
      out.writeNumberProperty("lost", results.sandboxesLost());
      out.writeEndObject();
      writeEfficiency(out, tests);
      out.writeName("tests").writeStartArray();
      out.writeRaw('\n');
      for (TestResult test : tests) {
        writeTest(out, test);
      }
      out.writeRaw(tests.isEmpty() ? "" : "\n");
      out.writeEndArray();
      out.writeEndObject();
      out.writeRaw('\n');
    }
  }

  private static void writeCounts(JsonGenerator out, List<TestResult> tests) {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    tests.forEach(test -> counts.merge(test.verdict(), 1, Integer::sum));
    out.writeNumberProperty("total", tests.size());
    for (Verdict verdict : Verdict.values()) {
      out.writeNumberProperty(word(verdict), counts.getOrDefault(verdict, 0));
    }
    out.writeNumberProperty("quarantined", tests.stream().filter(TestResult::isExcused).count());
  }

  private void writeEfficiency(JsonGenerator out, List<TestResult> tests) {
    Duration total = Duration.ZERO;
    Duration longest = Duration.ZERO;
    for (TestResult test : tests) {
      Duration deciding = test.decidingDuration();
      total = total.plus(deciding);
      longest = deciding.compareTo(longest) > 0 ? deciding : longest;
    }
    Duration share = total.dividedBy(sandboxes);
    Duration bound = share.compareTo(longest) > 0 ? share : longest;
    out.writeName("efficiency").writeStartObject();
    seconds(out, "lower_bound_secs", bound);
    if (bound.isZero()) {
      out.writeNullProperty("ratio");
    } else {
      BigDecimal ratio = exact(duration).divide(exact(bound), 3, RoundingMode.HALF_UP);
      number(out, "ratio", ratio);
    }
    out.writeEndObject();
  }

  private void writeTest(JsonGenerator out, TestResult test) {
    out.writeStartObject();
    out.writeStringProperty("id", test.test().id().value());
    out.writeStringProperty("group", test.test().group());
    out.writeStringProperty("verdict", word(test.verdict()));
    out.writeStringProperty(
        "reason", test.decided() || results.isFinished() ? test.reason() : "the run was cut off");
    if (test.quarantine() != null) {
      out.writeStringProperty("quarantine", test.quarantine().inWords());
    }
    out.writeName("attempts").writeStartArray();
    for (TestResult.Attempt attempt : test.attempts()) {
      out.writeStartObject();
      out.writeStringProperty("outcome", word(attempt.report().outcome()));
      out.writeStringProperty("sandbox", attempt.sandbox().toString());
      seconds(out, "started", attempt.started());
      seconds(out, "duration_secs", attempt.report().duration());
      out.writeStringProperty("message", attempt.report().message());
      if (attempt.voided()) {
        out.writeBooleanProperty("voided", true);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void seconds(JsonGenerator out, String name, Duration duration) {
    number(out, name, exact(duration).setScale(6, RoundingMode.HALF_UP));
  }

  private static void number(JsonGenerator out, String name, BigDecimal number) {
    out.writeName(name);
    out.writeNumber(number.stripTrailingZeros().toPlainString());
  }

  private static BigDecimal exact(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
