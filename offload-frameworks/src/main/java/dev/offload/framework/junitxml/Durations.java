package dev.offload.framework.junitxml;

import java.time.Duration;

/// Read seconds as tools of all countries write them.
public final class Durations {
  private static final double LONGEST_SECONDS = 1e9;

  /// How many digits follow a comma that separates thousands.
  private static final int THOUSANDS = 3;

  private Durations() {}

  /// Read `1,234.5`, `0,5`, `1.5e-3`; what is no time (nothing, negative, not a number) is zero.
  public static Duration parse(String written) {
    String number = written.strip();
    int comma = number.lastIndexOf(',');
    boolean isPoint =
        comma >= 0 && number.indexOf('.') < 0 && number.length() - comma != THOUSANDS + 1;
    if (isPoint) {
      number = number.substring(0, comma) + "." + number.substring(comma + 1);
    }
    try {
      double seconds = Double.parseDouble(number.replace(",", ""));
      boolean isTime = seconds > 0 && seconds < LONGEST_SECONDS;
      return isTime ? Duration.ofNanos(Math.round(seconds * 1e9)) : Duration.ZERO;
    } catch (NumberFormatException _) {
      return Duration.ZERO;
    }
  }
}
