package dev.offload.report.summary;

import dev.offload.api.report.Efficiency;
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
record SummaryJson(RunResults results) {
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
      seconds(out, "duration_secs", results.duration());
      out.writeName("sandboxes").writeStartObject();
      out.writeNumberProperty("started", results.sandboxesStarted());
      out.writeNumberProperty("lost", results.sandboxesLost());
      out.writeEndObject();
      writeEfficiency(out);
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

  private void writeEfficiency(JsonGenerator out) {
    Efficiency efficiency = results.efficiency();
    out.writeName("efficiency").writeStartObject();
    seconds(out, "lower_bound_secs", efficiency.bound());
    if (efficiency.bound().isZero()) {
      out.writeNullProperty("ratio");
    } else {
      BigDecimal ratio =
          exact(results.duration()).divide(exact(efficiency.bound()), 3, RoundingMode.HALF_UP);
      number(out, "ratio", ratio);
    }
    out.writeNumberProperty("sandboxes", efficiency.sandboxes());
    if (efficiency.longest().isPresent()) {
      out.writeName("longest_test").writeStartObject();
      out.writeStringProperty("id", efficiency.longest().get().value());
      seconds(out, "duration_secs", efficiency.longestTime());
      out.writeEndObject();
    }
    out.writeName("wall").writeStartObject();
    seconds(out, "discovery_secs", efficiency.discovery());
    seconds(out, "start_up_secs", efficiency.startUp());
    seconds(out, "running_secs", efficiency.running());
    seconds(out, "end_secs", efficiency.end());
    out.writeEndObject();
    out.writeName("sandbox_time").writeStartObject();
    seconds(out, "tests_secs", efficiency.tests());
    seconds(out, "retries_secs", efficiency.retries());
    seconds(out, "losses_secs", efficiency.losses());
    seconds(out, "overhead_secs", efficiency.overhead());
    seconds(out, "idle_secs", efficiency.idle());
    seconds(out, "copies_secs", efficiency.copies());
    out.writeEndObject();
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
