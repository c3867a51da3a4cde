package dev.offload.cli;

import dev.offload.cli.terminal.SafeText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Print: what machines read on standard output, what people read on standard error.
final class Console {
  private final OutputStream stdout;
  private final Destination machine;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Charset errCharset;
  private volatile @Nullable Consumer<String> other;

  /// Make a console out of two streams.
  Console(OutputStream out, OutputStream err, Charset outCharset, Charset errCharset) {
    stdout = out;
    machine = new Destination(out);
    this.out = new PrintWriter(machine, false, outCharset);
    this.err = new PrintWriter(new Destination(err), true, errCharset);
    this.errCharset = errCharset;
  }

  /// Make the console of this process.
  static Console ofProcess() {
    return new Console(
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        System.out.charset(),
        System.err.charset());
  }

  /// Return where machine output goes. It is buffered until [#finish].
  PrintWriter out() {
    return out;
  }

  /// Return standard output itself, for what must appear at once. Errors are the caller's.
  OutputStream stdout() {
    return stdout;
  }

  /// Return where people's output goes. Whole lines appear at once.
  PrintWriter err() {
    return err;
  }

  /// Return how people's output is encoded.
  Charset errCharset() {
    return errCharset;
  }

  /// Let another writer of people's output, which shares the screen, show messages from now on.
  void sayThrough(Consumer<String> writer) {
    other = writer;
  }

  /// Show messages directly again.
  void sayDirectly() {
    other = null;
  }

  /// Tell the user something.
  void say(String message) {
    Consumer<String> writer = other;
    if (writer == null) {
      List<String> lines = SafeText.lines(message);
      (lines.isEmpty() ? List.of("") : lines).forEach(err::println);
    } else {
      message.lines().forEach(writer);
    }
  }

  /// Tell the user something that went wrong, under the program's name.
  void complain(String message) {
    say("offload: " + message);
  }

  /// Return a text, such as a test id, as one line in which nothing is executed by a terminal.
  static String oneLine(String text) {
    return SafeText.line(text);
  }

  /// Write out what is buffered.
  ///
  /// @return why standard output is incomplete, if it is; a reader that went away early is no
  ///   reason
  Optional<String> finish() {
    out.flush();
    err.flush();
    return machine.failure();
  }

  /// Drop what cannot be written, and remember why.
  private static final class Destination extends OutputStream {
    private final OutputStream target;
    private @Nullable IOException failure;

    Destination(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (failure != null) {
        return;
      }
      try {
        target.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
      }
    }

    Optional<String> failure() {
      String message = failure == null ? null : String.valueOf(failure.getMessage());
      return Optional.ofNullable(message).filter(text -> !text.contains("Broken pipe"));
    }
  }
}
