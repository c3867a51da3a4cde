package dev.offload.report.html;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestId;

/// Name one attempt.
record AttemptKey(TestId test, int number) {
  static AttemptKey of(RunEvent.AttemptFinished end) {
    return new AttemptKey(end.test(), end.attempt());
  }
}
