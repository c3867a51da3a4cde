package dev.offload.api.framework;

/// Name the pieces of the line protocol between a reporter of ours in the sandbox and Offload.
///
/// A *frame* is one line on standard output: [#MARK], the batch's token, a blank, a payload, a line
/// feed. The mark may stand anywhere in a line: what precedes it is ordinary output. Only frames
/// that carry the token of the running batch count, so that a stale or an imitated line cannot. A
/// payload has no line feed.
///
/// A frame of at most 4096 bytes (`PIPE_BUF`) written with one `write` cannot be torn apart by
/// other writers of the same pipe. A payload that is longer is sent in pieces: each piece but the
/// last begins with [#CONTINUED], the last begins with [#LAST]; the reader drops these characters
/// and joins the rest. A payload that is sent whole begins with neither, nor with [#WRAPPER], which
/// marks what the wrapper around the command says. Payloads that begin with `@` are kept for
/// [WarmProtocol].
///
/// The reporter finds the token in the environment variable [#TOKEN_VARIABLE] and removes it, so
/// that tests do not inherit it.
public final class SignalProtocol {
  /// The byte that begins a frame: ASCII record separator.
  public static final char MARK = '\u001e';

  /// The character that begins a piece of a payload that goes on in the next frame.
  public static final char CONTINUED = '+';

  /// The character that begins the last piece of a payload that was sent in pieces.
  public static final char LAST = '.';

  /// The character that begins a payload of the wrapper around a command.
  public static final char WRAPPER = '!';

  /// The environment variable that carries the token of a batch.
  public static final String TOKEN_VARIABLE = "OFFLOAD_SIGNAL_TOKEN";

  private SignalProtocol() {}
}
