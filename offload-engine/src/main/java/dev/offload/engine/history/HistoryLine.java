package dev.offload.engine.history;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/// One line of a history file: `{"k":[config, id],"v":{"n":…,"f":…,"last_run":…,"ok":[[run, ms,
/// seconds],…],"fail":[…]}}`.
record HistoryLine(HistoryKey key, TestRecord value) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int DECIMALS = 6;

  /// Read a line.
  ///
  /// @throws IllegalArgumentException saying what is wrong with it
  static HistoryLine parse(String line) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), line)) {
      return new Reading(in).line();
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /// Return the line, without a line feed.
  String text() {
    StringBuilder out = new StringBuilder(256);
    out.append("{\"k\":[");
    quote(key.config(), out);
    out.append(',');
    quote(key.id(), out);
    out.append("],\"v\":{\"n\":").append(value.attempts());
    out.append(",\"f\":").append(value.failures());
    out.append(",\"last_run\":");
    quote(value.lastRun(), out);
    samples(",\"ok\":", value.passes(), out);
    samples(",\"fail\":", value.fails(), out);
    return out.append("}}").toString();
  }

  private static void samples(String name, List<Sample> samples, StringBuilder out) {
    out.append(name).append('[');
    String separator = "";
    for (Sample sample : samples) {
      out.append(separator).append('[');
      quote(sample.run(), out);
      out.append(',').append(sample.at()).append(',').append(number(sample.seconds())).append(']');
      separator = ",";
    }
    out.append(']');
  }

  private static String number(double seconds) {
    BigDecimal shortest = new BigDecimal(Double.toString(seconds));
    if (shortest.scale() > DECIMALS) {
      shortest = shortest.setScale(DECIMALS, RoundingMode.HALF_UP);
    }
    shortest = shortest.stripTrailingZeros();
    return shortest.scale() <= 0
        ? shortest.setScale(1, RoundingMode.UNNECESSARY).toPlainString()
        : shortest.toPlainString();
  }

  private static void quote(String text, StringBuilder out) {
    StringBuilder quoted = new StringBuilder();
    JsonStringEncoder.getInstance().quoteAsString(text, quoted);
    out.append('"');
    quoted
        .codePoints()
        .forEach(point -> {
          if (Character.getType(point) == Character.SURROGATE) {
            out.append(String.format("\\u%04x", point)); // half a pair, which UTF-8 cannot hold
          } else {
            out.appendCodePoint(point);
          }
        });
    out.append('"');
  }

  /// Reads one line.
  private record Reading(JsonParser in) {
    HistoryLine line() {
      expect(JsonToken.START_OBJECT, "an object");
      HistoryKey key = null;
      TestRecord value = null;
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        switch (in.currentName()) {
          case "k" -> key = key();
          case "v" -> value = value();
          default -> skip();
        }
      }
      if (in.nextToken() != null) {
        throw new IllegalArgumentException("there is text after its end");
      }
      if (key == null || value == null) {
        throw new IllegalArgumentException("it has no `k` or no `v`");
      }
      return new HistoryLine(key, value);
    }

    private HistoryKey key() {
      expect(JsonToken.START_ARRAY, "a list as `k`");
      HistoryKey key = new HistoryKey(text(), text());
      expect(JsonToken.END_ARRAY, "two texts in `k`");
      return key;
    }

    private TestRecord value() {
      expect(JsonToken.START_OBJECT, "an object as `v`");
      long attempts = -1;
      long failures = 0;
      String lastRun = "";
      List<Sample> passes = List.of();
      List<Sample> fails = List.of();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        switch (in.currentName()) {
          case "n" -> attempts = whole();
          case "f" -> failures = whole();
          case "last_run" -> lastRun = text();
          case "ok" -> passes = samples();
          case "fail" -> fails = samples();
          default -> skip();
        }
      }
      if (attempts < 0 || failures < 0 || failures > attempts) {
        throw new IllegalArgumentException("its counts `n` and `f` cannot be");
      }
      return new TestRecord(attempts, failures, lastRun, passes, fails);
    }

    private List<Sample> samples() {
      expect(JsonToken.START_ARRAY, "a list of samples");
      List<Sample> samples = new ArrayList<>();
      while (in.nextToken() == JsonToken.START_ARRAY) {
        String run = text();
        long at = whole();
        in.nextToken();
        samples.add(new Sample(run, at, seconds()));
        expect(JsonToken.END_ARRAY, "three values in a sample");
      }
      samples.sort(Sample.ORDER);
      return samples;
    }

    private double seconds() {
      if (!in.currentToken().isNumeric()
          || !(in.getDoubleValue() >= 0 && in.getDoubleValue() < 1e9)) {
        throw new IllegalArgumentException("a time is not a number of seconds");
      }
      return in.getDoubleValue();
    }

    private String text() {
      expect(JsonToken.VALUE_STRING, "a text");
      return in.getString();
    }

    private long whole() {
      expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
      return in.getLongValue();
    }

    private void skip() {
      in.nextToken();
      in.skipChildren();
    }

    private void expect(JsonToken token, String words) {
      if (in.nextToken() != token) {
        throw new IllegalArgumentException("it needs " + words);
      }
    }
  }
}
