package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
  private static final long MICROS = 1_000_000;

  /// Read a line.
  ///
  /// @param runs gives the one copy of a run's name that all its samples share: there are millions
  /// @throws IllegalArgumentException saying what is wrong with it
  static HistoryLine parse(String line, UnaryOperator<String> runs) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), line)) {
      return new Reading(in, runs).line();
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
      out.append(',').append(sample.at()).append(',');
      number(sample.seconds(), out);
      out.append(']');
      separator = ",";
    }
    out.append(']');
  }

  /// Append seconds, rounded to microseconds, with at least one decimal.
  private static void number(double seconds, StringBuilder out) {
    long micros = Math.round(seconds * MICROS);
    out.append(micros / MICROS).append('.');
    long rest = micros % MICROS;
    long unit = MICROS / 10;
    do {
      out.append((char) ('0' + rest / unit));
      rest %= unit;
      unit /= 10;
    } while (rest > 0);
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    if (isPlain(text)) {
      out.append(text).append('"');
      return;
    }
    int begin = out.length();
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    for (int at = begin; at < out.length(); at++) {
      char unit = out.charAt(at);
      if (!Character.isSurrogate(unit)) {
        continue;
      }
      if (Character.getType(Character.codePointAt(out, at)) == Character.SURROGATE) {
        // Half a pair, which UTF-8 cannot hold.
        out.replace(at, at + 1, String.format("\\u%04x", (int) unit));
      } else {
        at++;
      }
    }
    out.append('"');
  }

  private static boolean isPlain(String text) {
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (unit < ' ' || unit > '~' || unit == '"' || unit == '\\') {
        return false;
      }
    }
    return true;
  }

  /// Reads one line.
  private record Reading(JsonParser in, UnaryOperator<String> runs) {
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
          case "last_run" -> lastRun = runs.apply(text());
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
        String run = runs.apply(text());
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
