package dev.offload.engine.shard;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Name one part of a suite that is cut into several.
///
/// @param index which part, from 1
/// @param count how many parts there are
/// @param by what is shared out evenly
public record Shard(int index, int count, By by) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  /// Say what each shard gets about the same amount of.
  public enum By {
    /// The number of tests.
    COUNT,
    /// The time that tests took last time.
    DURATION
  }

  /// Check.
  public Shard {
    if (index < 1 || index > count) {
      throw new IllegalArgumentException(index + "/" + count);
    }
  }

  /// Read `2/5`.
  ///
  /// @return nothing when the text is not of this form, or there is no such part
  public static Optional<Shard> parse(String text, By by) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int index = Integer.parseInt(matcher.group(1));
    int count = Integer.parseInt(matcher.group(2));
    return index < 1 || index > count ? Optional.empty() : Optional.of(new Shard(index, count, by));
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
