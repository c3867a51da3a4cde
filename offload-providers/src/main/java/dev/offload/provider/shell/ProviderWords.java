package dev.offload.provider.shell;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Read what a provider command says on its standard error: the words of the protocol, and the last
/// lines for people.
///
/// The protocol's words count wherever they are said by the provider. In a stretch that may be the
/// wrapped command's own output they count only as the last words of all.
final class ProviderWords {
  /// The exit code that says: the sandbox is dead.
  static final int DEAD_EXIT = 75;

  /// The exit code that says: not now.
  static final int UNAVAILABLE_EXIT = 69;

  private static final String DEAD = "OFFLOAD_SANDBOX_DEAD:";
  private static final Pattern UNAVAILABLE =
      Pattern.compile("OFFLOAD_UNAVAILABLE:\\s*([0-9]{1,6}(?:\\.[0-9]+)?)?\\s*(.*)");
  private static final int KEPT_LINES = 5;
  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);

  /// Ask for a pause.
  record Busy(Duration pause, String reason) {}

  private final Deque<String> last = new ArrayDeque<>();
  private @Nullable String dead;
  private @Nullable Busy busy;

  /// Take a line that the provider says.
  synchronized void own(String line) {
    keep(line);
    dead = deadIn(line).orElse(dead);
    busy = busyIn(line).orElse(busy);
  }

  /// Take a line that may be the wrapped command's.
  synchronized void foreign(String line) {
    keep(line);
  }

  private void keep(String line) {
    if (!line.isBlank()) {
      last.addLast(line);
      if (last.size() > KEPT_LINES) {
        last.removeFirst();
      }
    }
  }

  /// Return the reason of the death, word for word, when one was told.
  synchronized Optional<String> dead() {
    return Optional.ofNullable(dead)
        .or(() -> Optional.ofNullable(last.peekLast()).flatMap(ProviderWords::deadIn));
  }

  /// Return the pause asked for, when one was.
  synchronized Optional<Busy> busy() {
    return Optional.ofNullable(busy)
        .or(() -> Optional.ofNullable(last.peekLast()).flatMap(ProviderWords::busyIn));
  }

  /// Return the pause for [#UNAVAILABLE_EXIT] without a word about it.
  synchronized Busy busyByExit() {
    return busy().orElseGet(() -> new Busy(DEFAULT_PAUSE, lastLines()));
  }

  /// Return the last lines, for people.
  synchronized String lastLines() {
    return String.join("\n", last);
  }

  private static Optional<String> deadIn(String line) {
    int at = line.indexOf(DEAD);
    return at < 0 ? Optional.empty() : Optional.of(line.substring(at + DEAD.length()).strip());
  }

  private static Optional<Busy> busyIn(String line) {
    Matcher matcher = UNAVAILABLE.matcher(line);
    if (!matcher.find()) {
      return Optional.empty();
    }
    @Nullable String seconds = matcher.group(1);
    Duration pause =
        seconds == null
            ? DEFAULT_PAUSE
            : Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000));
    return Optional.of(new Busy(pause, String.valueOf(matcher.group(2)).strip()));
  }
}
