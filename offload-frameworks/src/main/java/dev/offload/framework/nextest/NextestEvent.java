package dev.offload.framework.nextest;

import dev.offload.framework.signal.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One line of nextest's `libtest-json-plus` that is about a test.
///
/// @param word `started`, `ok`, `failed` or `ignored`
/// @param names the name of the test as it stands there, and as it reads if it is JSON: nextest
///   writes the names of tests as they are
/// @param took how long it ran
/// @param text what it printed, told for failures only
/// @param silence why there is no such text: `time limit exceeded`, or that nextest had none
record NextestEvent(String word, List<String> names, Duration took, String text, Silence silence) {
  /// Why a failure may have no text.
  enum Silence {
    /// It said nothing.
    MUTE,
    /// nextest ended it, by the limit of the project's own configuration.
    TIME_LIMIT,
    /// It ended well, and nextest calls it failed all the same.
    OTHER
  }

  private static final String BEGIN = "{\"type\":\"test\",\"event\":\"";
  private static final String NAME = "\",\"name\":\"";
  private static final String TIME = "\",\"exec_time\":";

  NextestEvent {
    names = List.copyOf(names);
  }

  /// Read a line; what is about no test is nothing.
  ///
  /// @throws IllegalArgumentException when it cannot be read
  static Optional<NextestEvent> parse(String line) {
    int word = line.indexOf(NAME);
    if (!line.startsWith(BEGIN) || word < 0) {
      return Optional.empty();
    }
    int begin = word + NAME.length();
    int time = line.indexOf(TIME, begin);
    int end = time >= 0 ? time : line.lastIndexOf("\"}");
    if (end < begin) {
      throw new IllegalArgumentException("a name has no end");
    }
    Payload rest = Payload.parse(time >= 0 ? "{" + line.substring(time + 2) : "{}");
    String name = line.substring(begin, end);
    return Optional.of(
        new NextestEvent(
            line.substring(BEGIN.length(), word),
            List.of(name, unescaped(name)),
            Duration.ofNanos(Math.round(rest.amount("exec_time") * 1e9)),
            rest.text("stdout").strip(),
            silence(rest)));
  }

  private static Silence silence(Payload event) {
    if (event.text("reason").equals("time limit exceeded")) {
      return Silence.TIME_LIMIT;
    }
    return event.has("stdout") ? Silence.MUTE : Silence.OTHER;
  }

  private static String unescaped(String name) {
    try {
      return Payload.parse("{\"name\":\"" + name + "\"}").text("name");
    } catch (IllegalArgumentException _) {
      return name;
    }
  }
}
