package dev.offload.api.report;

import dev.offload.api.event.EventRecord;
import java.io.IOException;

/// Fold the events of a run into something to look at.
///
/// Calls come from one thread, in the order of the events. An exception degrades this report, with
/// a message to the user, and never the run: the reporter is then not called again.
public interface Reporter extends AutoCloseable {
  /// Take the next event.
  void accept(EventRecord event) throws IOException;

  /// Write what remains to be written. Called once, also for a run that was cut off; the report
  /// then shows what is known.
  @Override
  void close() throws IOException;
}
