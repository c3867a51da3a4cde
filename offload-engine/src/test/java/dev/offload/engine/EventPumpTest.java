package dev.offload.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.engine.event.EventFanOut;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventPumpTest {
  private static final class Kept implements Reporter {
    private final List<EventRecord> events = new ArrayList<>();
    private boolean closed;

    @Override
    public void accept(EventRecord event) {
      events.add(event);
    }

    @Override
    public void close() {
      closed = true;
    }

    List<String> texts() {
      return events.stream()
          .map(entry ->
              switch (entry.event()) {
                case RunEvent.Warning(String text) -> text;
                case RunEvent.Degraded(String text) -> text;
                default -> "?";
              })
          .toList();
    }
  }

  /// Fails at every event, or at its close.
  private record Failing(boolean atClose) implements Reporter {
    @Override
    public void accept(EventRecord event) throws IOException {
      if (!atClose) {
        throw new IOException("the disk is full");
      }
    }

    @Override
    public void close() {
      throw new NoClassDefFoundError("a broken plug-in");
    }
  }

  private static void tell(Reporter... reporters) {
    EventFanOut all = new EventFanOut();
    for (Reporter reporter : reporters) {
      all.add(reporter.getClass().getSimpleName(), reporter);
    }
    EventPump pump = new EventPump(all, InstantSource.system());
    pump.accept(new RunEvent.Warning("one"));
    pump.settle();
    pump.accept(new RunEvent.Warning("two"));
    pump.close();
    pump.close();
  }

  @Test
  void numbersTheEventsInTheirOrder() {
    Kept kept = new Kept();

    tell(kept);

    assertThat(kept.texts()).containsExactly("one", "two");
    assertThat(kept.events).extracting(EventRecord::sequence).containsExactly(1L, 2L);
    assertThat(kept.closed).isTrue();
  }

  @Test
  void aReporterThatFailsDegradesOnlyItself() {
    Kept kept = new Kept();

    tell(new Failing(false), kept);

    assertThat(kept.texts()).hasSize(3).contains("one", "two");
    assertThat(kept.texts().get(1)).contains("Failing", "the disk is full");
  }

  @Test
  void aReporterThatBreaksAtTheEndIsToldOfToTheOthers() {
    Kept kept = new Kept();

    tell(new Failing(true), kept);

    assertThat(kept.texts()).hasSize(3);
    assertThat(kept.texts().getLast()).contains("a broken plug-in");
    assertThat(kept.closed).isTrue();
  }
}
