package dev.offload.engine.event;

/// Report that a journal cannot be used at all; the message is fit for the user.
public final class JournalException extends Exception {
  private static final long serialVersionUID = 1;

  /// Make it.
  public JournalException(String message) {
    super(message);
  }
}
