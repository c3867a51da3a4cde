package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Read a journal back, event by event, holding one line at a time.
///
/// Lines that are cut off, foreign or damaged are left out and reported; only a file that is no
/// journal at all, or one of a newer schema, is refused.
public final class EventJournalReader implements Closeable {
  /// The number of bytes that a line may have; a longer one counts as damaged. Offload writes none
  /// that comes near, and one of this length still fits in its memory.
  static final int MAX_LINE = 1 << 26;

  private static final int MAX_PROBLEMS = 100;

  private final Path path;
  private final LineReader lines;
  private final List<Problem> problems = new ArrayList<>();
  private long problemCount;
  private long lineNumber;
  private long lastSequence;
  private boolean headerSeen;
  private boolean complete;

  /// Say what is wrong with one line.
  ///
  /// @param line its one-based number
  /// @param reason in words
  public record Problem(long line, String reason) {
    @Override
    public String toString() {
      return "line " + line + ": " + reason;
    }
  }

  private EventJournalReader(Path path, InputStream in) {
    this.path = path;
    this.lines = new LineReader(in, MAX_LINE);
  }

  /// Open a journal.
  public static EventJournalReader open(Path path) throws IOException {
    return new EventJournalReader(path, Files.newInputStream(path));
  }

  /// Return the next event, or nothing at the end.
  ///
  /// @throws JournalException when the file is of a newer schema, or no journal
  public Optional<EventRecord> next() throws IOException, JournalException {
    while (lines.next()) {
      lineNumber++;
      if (lines.isBlank()) {
        continue;
      }
      try {
        Optional<EventRecord> entry = read();
        if (entry.isPresent()) {
          return entry;
        }
      } catch (IllegalArgumentException e) {
        problem(lines.isCutOff() ? "the line is cut off" : String.valueOf(e.getMessage()));
      }
    }
    if (!headerSeen && lastSequence == 0) {
      throw new JournalException(path + " is not a journal of Offload");
    }
    return Optional.empty();
  }

  private Optional<EventRecord> read() throws JournalException {
    if (lines.isTooLong()) {
      throw new IllegalArgumentException("the line is longer than " + MAX_LINE + " bytes");
    }
    JsonFields fields = JsonFields.parse(lines.bytes(), lines.length());
    if (fields.has("schema") && !fields.has("event")) {
      header(fields);
      return Optional.empty();
    }
    EventRecord entry = EventDecoder.decode(fields);
    if (!headerSeen && lastSequence == 0) {
      problem("the header before it is missing");
    }
    follow(entry);
    return Optional.of(entry);
  }

  private void header(JsonFields fields) throws JournalException {
    int schema = fields.integer("schema");
    if (schema > EventCodec.SCHEMA) {
      throw new JournalException(
          path
              + " was written by a newer Offload (schema "
              + schema
              + "; this one reads up to "
              + EventCodec.SCHEMA
              + "): read it with that version");
    }
    if (headerSeen || lastSequence > 0) {
      problem("a second header");
    }
    headerSeen = true;
  }

  private void follow(EventRecord entry) {
    long expected = lastSequence + 1;
    if (entry.sequence() > expected) {
      problem(
          entry.sequence() == expected + 1
              ? "event " + expected + " before it is missing"
              : "events " + expected + " to " + (entry.sequence() - 1) + " before it are missing");
    } else if (entry.sequence() < expected) {
      problem("event " + entry.sequence() + " is out of order");
    }
    lastSequence = entry.sequence();
    complete = entry.event() instanceof RunEvent.RunFinished;
  }

  private void problem(String reason) {
    problemCount++;
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new Problem(lineNumber, reason));
    }
  }

  /// Return what was wrong so far, at most the first hundred.
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /// Return how much was wrong so far.
  public long problemCount() {
    return problemCount;
  }

  /// Return whether the last event read was the end of its run.
  public boolean isComplete() {
    return complete;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
