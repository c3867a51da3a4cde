package dev.offload.api.report;

import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.Optional;

/// Say how near a run came to what is possible, and where the rest of its time went.
///
/// The wall time is the sum of [#discovery], [#startUp], [#running] and [#end]. The other times are
/// of sandboxes: together, [#tests], [#retries], [#losses], [#overhead] and [#idle] are the time of
/// [#running] in all sandboxes, and [#copies] is a part of it.
///
/// @param wall the wall time of the run so far
/// @param bound no schedule can be faster: the larger of the longest test, and of the time of all
///   tests by the number of sandboxes; the time of a test is that of the attempt that decided it
/// @param sandboxes the largest number of sandboxes that lived at one time, at least 1
/// @param longest the test that took longest, when any took time
/// @param longestTime what it took
/// @param discovery what came before the first tests were known
/// @param startUp from then until the first batch: building, the image and the start of a sandbox,
///   as far as they were not over before
/// @param running from then until the last verdict
/// @param end from then until the end of the run
/// @param tests attempts that decided a test
/// @param retries attempts that failed and were followed by another
/// @param losses attempts that were lost with their sandbox, or judged again
/// @param copies batches that were second copies of tests that also ran elsewhere
/// @param overhead batches, beside their tests
/// @param idle sandboxes without a batch, among them those that still started
public record Efficiency(
    Duration wall,
    Duration bound,
    int sandboxes,
    Optional<TestId> longest,
    Duration longestTime,
    Duration discovery,
    Duration startUp,
    Duration running,
    Duration end,
    Duration tests,
    Duration retries,
    Duration losses,
    Duration copies,
    Duration overhead,
    Duration idle) {

  /// Return the wall time by the bound: 1 is perfect; 0 when there is no bound.
  public double ratio() {
    return bound.isZero() ? 0 : (double) wall.toNanos() / bound.toNanos();
  }

  /// Return whether the longest test alone keeps more sandboxes from shortening the run.
  public boolean isLongestTheWall() {
    return !longestTime.isZero() && bound.equals(longestTime);
  }
}
