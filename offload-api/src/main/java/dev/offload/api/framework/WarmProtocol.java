package dev.offload.api.framework;

/// Name the pieces of the protocol between Offload and a *warm process*: a test process that runs
/// many batches of its sandbox, one after the other, so that it starts, imports and sets up once.
///
/// **Orders.** The engine places the files of [WarmStep#start] and the first order in a private
/// folder of the sandbox and starts the command, inside the wrapper, like that of any batch. Every
/// order is a file of this folder: [#orderFile] of 1, 2, 3 and so on, the next one placed when the
/// one before is answered. An order has three parts, each on lines of its own:
///
/// 1. the name of the batch, which a process puts into the environment variable `OFFLOAD_BATCH_ID`
///    if it can,
/// 2. the text of the framework, [WarmStep#order],
/// 3. [#END], followed by a line feed.
///
/// A file may arrive in pieces: it is whole when its last line is [#END]. The process looks for the
/// next file in short intervals (a few milliseconds; longer after some seconds without an order)
/// and may delete it when it was read. The text of an order is [#STOP] when the process has to end
/// itself in good order: what lives as long as the process is torn down, then it ends with exit
/// code 0.
///
/// **Answers.** The process runs exactly the ordered tests and sends the same frames as a process
/// of its own would ([SignalProtocol]), with the token it was started with. What it says before the
/// answer to an order belongs to this order. After the last test it flushes both streams and sends
/// the frame [#DONE] on standard output and, the same, on standard error, so that all output of the
/// batch is known to have come. The frame has, separated by blanks: [#DONE], the number of the
/// order, the exit code that a process of its own would have ended with, and the mebibytes of
/// memory the process uses, or 0. No more frames may follow until the next order.
///
/// A frame that begins with [#NOTE] tells the user something that belongs to no test and becomes a
/// warning of the run, for example that the end of the process failed.
///
/// **Ends.** A process may end at any time. Then the batch it ran is judged as if it had run in a
/// process of its own: the test that ran is crashed, those that had not begun run elsewhere. The
/// next batch gets a new process. To cancel a batch the engine ends its process. No test runs twice
/// in one process: a retry finds one that it has not touched.
public final class WarmProtocol {
  /// The last line of an order.
  public static final String END = "end of order";

  /// The text of the order to end.
  public static final String STOP = "stop";

  /// The first word of the frame that answers an order.
  public static final String DONE = "@done";

  /// The first word of a frame that tells the user something.
  public static final String NOTE = "@note";

  private WarmProtocol() {}

  /// Return the name of an order's file, relative to the private folder of the process.
  ///
  /// @param number counts from 1
  public static String orderFile(int number) {
    return "order-" + number;
  }
}
