package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.Reporter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Hand every event to several reporters, in the order in which they were given, those that tell
/// people how the others fared behind the others. A reporter that fails is not called again and
/// changes nothing for the others.
public final class EventFanOut implements AutoCloseable {
  private record Named(String name, Reporter reporter) {}

  private final Deque<Named> reporters = new ArrayDeque<>();
  private final Deque<Named> tellers = new ArrayDeque<>();
  private final List<String> failures = new ArrayList<>();

  /// Add a reporter behind those that are there, but before those that tell how they fared.
  ///
  /// @param name what the user calls it, for example `junit.xml`
  public void add(String name, Reporter reporter) {
    reporters.addLast(new Named(name, reporter));
  }

  /// Add a reporter that tells people how the others fared.
  ///
  /// @param name what the user calls it
  public void addTeller(String name, Reporter reporter) {
    tellers.addLast(new Named(name, reporter));
  }

  /// Add all reporters of another behind those that are there; the other has none then.
  public void addAllOf(EventFanOut other) {
    reporters.addAll(other.reporters);
    other.reporters.clear();
    tellers.addAll(other.tellers);
    other.tellers.clear();
  }

  /// Hand over the next event.
  public void accept(EventRecord entry) {
    reporters.removeIf(to -> !accepts(to, entry));
    tellers.removeIf(to -> !accepts(to, entry));
  }

  private boolean accepts(Named to, EventRecord entry) {
    try {
      to.reporter().accept(entry);
      return true;
    } catch (IOException | RuntimeException | Error e) {
      failures.add(inWords(to.name(), e));
      return false;
    }
  }

  /// Return what went wrong so far, one sentence each, fit for
  /// [dev.offload.api.event.RunEvent.Degraded].
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /// Close the first reporter that is open. The others can still be told how that went.
  ///
  /// @return whether there was one
  public boolean closeNext() {
    Named first = reporters.isEmpty() ? tellers.pollFirst() : reporters.pollFirst();
    if (first == null) {
      return false;
    }
    try {
      first.reporter().close();
    } catch (IOException | RuntimeException | Error e) {
      failures.add(inWords(first.name(), e));
    }
    return true;
  }

  /// Close all reporters that did not fail, in order. Harmless when called again.
  @Override
  public void close() {
    boolean more = true;
    while (more) {
      more = closeNext();
    }
  }

  private static String inWords(String name, Throwable e) {
    return name + " could not be written: " + WriteFailure.inWords(e);
  }
}
