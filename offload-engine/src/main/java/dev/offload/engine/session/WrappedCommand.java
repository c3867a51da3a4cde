package dev.offload.engine.session;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Run one command in a sandbox inside the wrapper, and know how it really ended.
///
/// One instance runs one command once. [#run] belongs to one thread; [#end] may be called from any
/// other.
public final class WrappedCommand {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Sandbox sandbox;
  private final Duration beat;
  private final String token = newToken();
  private volatile String group = "";
  private volatile @Nullable Exit end;
  private volatile @Nullable Ending wanted;

  private record Ending(int signal, Duration patience) {}

  /// Take what a running command sends. Calls for one stream never overlap.
  public interface Listener {
    /// Take note that something was heard, whatever it was.
    void heard();

    /// Take a frame's payload.
    void frame(String payload);

    /// Take ordinary standard output.
    void stdout(byte[] buffer, int offset, int length);

    /// Take standard error.
    void stderr(byte[] buffer, int offset, int length);

    /// Take the payload of a frame that came on standard error.
    default void stderrFrame(String payload) {}
  }

  /// Make it for a sandbox.
  ///
  /// @param beat the pause between signs of life
  public WrappedCommand(Sandbox sandbox, Duration beat) {
    this.sandbox = sandbox;
    this.beat = beat;
  }

  /// Run the command to its end.
  ///
  /// @return how the command ended
  /// @throws SandboxException also when the output ended without the wrapper's end line: then
  ///   nothing is known of the command
  public Exit run(Command command, Listener listener)
      throws SandboxException, InterruptedException {
    Command wrapped =
        Wrapper.wrap(
            command.withEnv(Map.of(dev.offload.api.framework.SignalProtocol.TOKEN_VARIABLE, token)),
            token,
            beat);
    FrameSplitter splitter = new FrameSplitter(token, new SplitterTarget(listener));
    FrameSplitter errors = new FrameSplitter(token, new ErrorTarget(listener));
    Exit transport =
        sandbox.run(
            wrapped,
            new OutputSink() {
              @Override
              public void stdout(byte[] buffer, int offset, int length) {
                listener.heard();
                splitter.feed(buffer, offset, length);
              }

              @Override
              public void stderr(byte[] buffer, int offset, int length) {
                listener.heard();
                errors.feed(buffer, offset, length);
              }
            });
    splitter.finish();
    errors.finish();
    Exit known = end;
    if (known == null) {
      throw new SandboxException.Transient(
          "the connection to the command broke ("
              + transport.inWords()
              + (group.isEmpty() ? ", before the command began)" : ", while the command ran)"),
          null);
    }
    return known;
  }

  /// Return whether the command is known to have begun.
  public boolean hasStarted() {
    return !group.isEmpty();
  }

  /// End the command, politely first; [#run] then returns. One that has not begun yet is ended as
  /// soon as it begins.
  ///
  /// @param signal the number of the signal that is sent first
  /// @param patience how long to wait before it is killed
  public void end(int signal, Duration patience) throws SandboxException, InterruptedException {
    Ending ending = new Ending(signal, patience);
    wanted = ending;
    if (hasStarted()) {
      carryOut(ending);
    }
  }

  private void carryOut(Ending ending) throws SandboxException, InterruptedException {
    sandbox.run(Wrapper.end(group, ending.signal(), ending.patience()), OutputSink.discard());
  }

  private void begun(String name) {
    group = name;
    Ending ending = wanted;
    if (ending != null) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              carryOut(ending);
            } catch (SandboxException e) {
              // Who wanted the end gives the sandbox up when it does not come in time.
              System.getLogger(WrappedCommand.class.getName())
                  .log(System.Logger.Level.DEBUG, "ending a command failed", e);
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  private static String newToken() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private final class SplitterTarget implements FrameSplitter.Target {
    private final Listener listener;

    SplitterTarget(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void plain(byte[] buffer, int offset, int length) {
      listener.stdout(buffer, offset, length);
    }

    @Override
    public void frame(String payload) {
      listener.frame(payload);
    }

    @Override
    public void wrapper(String words) {
      if (words.startsWith("start ")) {
        begun(words.substring(6));
      } else if (words.startsWith("end ")) {
        end = Exit.ofShellStatus(Integer.parseInt(words, 4, words.length(), 10));
      }
    }
  }

  private record ErrorTarget(Listener listener) implements FrameSplitter.Target {
    @Override
    public void plain(byte[] buffer, int offset, int length) {
      listener.stderr(buffer, offset, length);
    }

    @Override
    public void frame(String payload) {
      listener.stderrFrame(payload);
    }

    @Override
    public void wrapper(String words) {}
  }
}
