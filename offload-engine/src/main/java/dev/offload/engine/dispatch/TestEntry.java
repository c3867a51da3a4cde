package dev.offload.engine.dispatch;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.engine.dispatch.Failure.Standing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hold what is known of one test. Only the [TestLedger] changes it.
final class TestEntry {
  final int test;

  /// Whether it may turn out not to be there.
  boolean uncertain;

  /// Whether it waits for that to be known.
  boolean parked;

  /// Its verdict, which waits for that to be known.
  RunEvent.@Nullable TestDecided held;

  int attempts;

  /// Whether its outcome is known, so that nothing more is done for it.
  boolean closed;

  /// Whether a sandbox died while it ran.
  boolean suspect;

  boolean hasVerdict;

  /// The batch that answers for it.
  @Nullable Batch primary;

  /// Batches that run it too, the last one given to it at the end.
  List<Batch> copies = List.of();

  @Nullable AttemptReport success;

  /// The failure of a copy, which counts only if the primary cannot answer any more.
  @Nullable Failure heldHedge;

  List<Failure> failures = List.of();

  /// In words, the deaths while it ran alone in a primary.
  List<String> deaths = List.of();

  int deathsOfCopies;

  /// How often its failures were voided.
  int voids;

  /// How often its command ended well and said nothing of it.
  int unreported;

  /// How often it was alone in a batch that ended before it.
  int emptyEnds;

  /// How often it was alone in a batch whose sandbox died before it began.
  int silentDeaths;

  TestEntry(int test) {
    this.test = test;
  }

  long counted() {
    return failures.stream().filter(failure -> failure.standing != Standing.VOID).count();
  }

  /// What may not be there is not run in two places.
  boolean mayBeCopied() {
    return !suspect && !uncertain;
  }

  boolean hasDoubt() {
    return failures.stream().anyMatch(failure -> failure.standing == Standing.DOUBTFUL);
  }

  long sandboxesFailedIn() {
    return failures.stream()
        .filter(failure -> failure.standing != Standing.VOID)
        .map(failure -> failure.sandbox)
        .distinct()
        .count();
  }

  @Nullable Failure lastFirm() {
    Failure last = null;
    for (Failure failure : failures) {
      last = failure.standing == Standing.FIRM ? failure : last;
    }
    return last;
  }

  @Nullable Failure lastCounted() {
    Failure last = null;
    for (Failure failure : failures) {
      last = failure.standing == Standing.VOID ? last : failure;
    }
    return last;
  }

  /// Return whether a batch answers for the test, alone or with others.
  boolean isOf(Batch batch) {
    return primary == batch || copies.contains(batch);
  }

  /// Note that a batch does not answer for the test any more.
  void release(Batch batch) {
    if (primary == batch) {
      primary = null;
    } else {
      copies = copies.stream().filter(copy -> copy != batch).toList();
    }
  }

  /// Let a copy of the test answer for it.
  ///
  /// @return whether there was one
  boolean promoteCopy() {
    if (copies.isEmpty()) {
      return false;
    }
    primary = copies.getFirst();
    copies = copies.subList(1, copies.size());
    return true;
  }

  boolean hasFailedIn(PoolSandbox sandbox) {
    return failures.stream().anyMatch(failure -> failure.sandbox == sandbox);
  }

  /// Return whether it failed in two sandboxes, one of which is known to pass tests.
  boolean isConclusive() {
    return sandboxesFailedIn() > 1
        && failures.stream()
            .anyMatch(failure -> failure.standing != Standing.VOID && failure.sandbox.passes > 0);
  }
}
