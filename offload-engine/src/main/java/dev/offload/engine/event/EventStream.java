package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.Reporter;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;

/// Tell another program the events while they happen, in the form of the journal: one line of JSON
/// each, written at once.
///
/// A reader that does not read holds the run up, as with any pipe; one that goes away does not.
public final class EventStream implements Reporter {
  private final Utf8Lines out;

  /// Make one.
  ///
  /// @param target where to write; it is not closed
  public EventStream(OutputStream target) throws IOException {
    out = new Utf8Lines(target, 1 << 16);
    out.write(EventCodec.HEADER + "\n");
    out.flush();
  }

  @Override
  public void accept(EventRecord entry) throws IOException {
    try {
      EventCodec.write(entry, out);
    } catch (JacksonException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    out.write('\n');
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.flush();
  }
}
