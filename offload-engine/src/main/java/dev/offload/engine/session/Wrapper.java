package dev.offload.engine.session;

import dev.offload.api.command.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Put the in-sandbox wrapper around commands, so that "the command ended" and "the pipe broke" are
/// never confused, silence is noticed, and nothing survives a cancel.
final class Wrapper {
  private static final String WRAP = resource("wrapper.sh");
  private static final String END = resource("end.sh");

  private Wrapper() {}

  /// Return the command inside the wrapper.
  ///
  /// @param token what the wrapper's frames carry
  /// @param beat the pause between signs of life, rounded up to whole seconds as POSIX `sleep`
  ///   wants them
  static Command wrap(Command command, String token, Duration beat) {
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("sh", "-c", WRAP, "offload-wrapper", token, wholeSeconds(beat)));
    argv.addAll(command.argv());
    return new Command(argv, command.env(), command.workingDirectory());
  }

  /// Return a command that ends what a wrapper started.
  ///
  /// @param group the group as the wrapper named it
  /// @param signal the number of the signal that is sent first
  /// @param patience how long to wait before it is killed
  static Command end(String group, int signal, Duration patience) {
    return Command.of(
        "sh", "-c", END, "offload-end", group, Integer.toString(signal), wholeSeconds(patience));
  }

  private static String wholeSeconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  static String resource(String name) {
    try (InputStream in = Wrapper.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
