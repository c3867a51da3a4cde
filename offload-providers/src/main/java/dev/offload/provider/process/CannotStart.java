package dev.offload.provider.process;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import java.nio.charset.StandardCharsets;

/// Report that a child process could not be started; the message says why, fit for the user.
public final class CannotStart extends Exception {
  private static final long serialVersionUID = 1;

  /// Sort the causes.
  public enum Reason {
    /// There is no such program.
    NOT_FOUND(127),
    /// The program is there and cannot be run, or its directory or arguments cannot be used.
    NOT_USABLE(126),
    /// The machine could not do it now: too many processes or open files, no memory.
    EXHAUSTED(125);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    /// Return the exit status a shell gives in this case.
    public int status() {
      return status;
    }
  }

  private final Reason reason;
  private final String why;

  CannotStart(Reason reason, String why) {
    super(why);
    this.reason = reason;
    this.why = why;
  }

  /// Return what went wrong, in words.
  public String why() {
    return why;
  }

  /// Return the sort of cause.
  public Reason reason() {
    return reason;
  }

  /// Say it as a shell would: words on standard error and an exit code.
  ///
  /// @throws SandboxException.Transient when another try may help
  public Exit asExit(OutputSink output) throws SandboxException.Transient {
    if (reason == Reason.EXHAUSTED) {
      throw new SandboxException.Transient(why, this);
    }
    byte[] text = ("offload: " + why + "\n").getBytes(StandardCharsets.UTF_8);
    output.stderr(text, 0, text.length);
    return new Exit.Exited(reason.status());
  }
}
