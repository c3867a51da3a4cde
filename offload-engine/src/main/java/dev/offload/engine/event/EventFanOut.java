package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.Reporter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Hand every event to several reporters, in the order in which they were given. A reporter that
/// fails is not called again and changes nothing for the others.
public final class EventFanOut implements AutoCloseable {
  private record Named(String name, Reporter reporter) {}

  private final List<Named> reporters = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /// Add a reporter behind those that are there.
  ///
  /// @param name what the user calls it, for example `junit.xml`
  public void add(String name, Reporter reporter) {
    reporters.add(new Named(name, reporter));
  }

  /// Hand over the next event.
  public void accept(EventRecord entry) {
    reporters.removeIf(to -> !accepts(to, entry));
  }

  private boolean accepts(Named to, EventRecord entry) {
    try {
      to.reporter().accept(entry);
      return true;
    } catch (IOException | RuntimeException e) {
      failures.add(inWords(to.name(), e));
      return false;
    }
  }

  /// Return what went wrong so far, one sentence each, fit for
  /// [dev.offload.api.event.RunEvent.Degraded].
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /// Close all reporters that did not fail, in order. Harmless when called again.
  @Override
  public void close() {
    for (Named of : reporters) {
      try {
        of.reporter().close();
      } catch (IOException | RuntimeException e) {
        failures.add(inWords(of.name(), e));
      }
    }
    reporters.clear();
  }

  private static String inWords(String name, Exception e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return name + " could not be written: " + reason;
  }
}
