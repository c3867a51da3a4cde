package dev.offload.api.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Report that an operation on a sandbox or a provider failed; the subtypes are sorted by what the
/// caller must do.
///
/// The message is the provider's own text, fit for the user.
public abstract sealed class SandboxException extends Exception {
  private static final long serialVersionUID = 1;

  private final String text;

  private SandboxException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.text = message;
  }

  /// Return the provider's text.
  @Override
  public String getMessage() {
    return text;
  }

  /// Try once more after a pause, on the same sandbox.
  public static final class Transient extends SandboxException {
    private static final long serialVersionUID = 1;

    /// Make it with the provider's text.
    public Transient(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// Never use this sandbox again; replace it.
  public static final class SandboxDead extends SandboxException {
    private static final long serialVersionUID = 1;
    private final transient Death death;

    /// Make it from the death.
    public SandboxDead(Death death) {
      super(death.inWords(), null);
      this.death = death;
    }

    /// Return what is known of the death.
    public Death death() {
      return death;
    }
  }

  /// Wait: a quota or a throttle is in force. Nothing is broken.
  public static final class Unavailable extends SandboxException {
    private static final long serialVersionUID = 1;
    private final Duration retryAfter;

    /// Make it with the pause the provider asks for.
    public Unavailable(String message, Duration retryAfter) {
      super(message, null);
      this.retryAfter = retryAfter;
    }

    /// Return how long to wait before the next try.
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /// Make the image again: the one that a sandbox was to be started from no longer exists.
  public static final class ImageGone extends SandboxException {
    private static final long serialVersionUID = 1;

    /// Make it with the provider's text.
    public ImageGone(String message) {
      super(message, null);
    }
  }

  /// Stop the run: the user must act (credentials, a bad image, a missing program).
  public static final class Fatal extends SandboxException {
    private static final long serialVersionUID = 1;

    /// Make it with the provider's text, including what to do.
    public Fatal(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
