package dev.offload.engine.session;

import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import java.time.Duration;
import java.util.List;

/// Decide what the silence of one sandbox means: the provider is asked first, and unless it says
/// that the sandbox lives, the sandbox is suspected. One that was suspected wrongly gets more
/// patience the next time, so that a slow machine or connection does not cause work again and
/// again.
///
/// [#saidToLive] and [#nobodyKnows] may be called from any thread, all else belongs to one.
final class SilenceWatch {
  /// How long the answer of the provider is waited for.
  private static final Duration ANSWER = Duration.ofMillis(250);

  private final Duration tick;
  private final Duration lost;
  private final Duration most;
  private Duration patience;
  private boolean suspected;
  private boolean asked;
  private volatile Answer answer = Answer.NONE;

  private enum Answer {
    NONE,
    LIVES,
    UNKNOWN
  }

  /// Say what is to be done.
  enum Step {
    /// Nothing.
    NOTHING,
    /// Ask the provider.
    ASK,
    /// Tell that it may be lost.
    SUSPECT,
    /// Tell that it is heard again.
    HEARD
  }

  SilenceWatch(SilenceSettings limits) {
    tick = limits.heartbeat().dividedBy(4);
    lost = limits.lost();
    patience = limits.suspect();
    most = longer(limits.suspect(), limits.lost().dividedBy(2));
  }

  /// Return how long to wait before the next look, which is in time for what comes next.
  ///
  /// @param silence what was seen last
  Duration pause(Duration silence) {
    Duration pause = asked && !suspected ? tick.dividedBy(5) : tick;
    for (Duration limit : List.of(patience, lost)) {
      Duration left = limit.minus(silence);
      pause = left.isPositive() && left.compareTo(pause) < 0 ? left : pause;
    }
    return pause.plusMillis(1);
  }

  /// Look at the silence there is by now.
  ///
  /// @param transferring whether a file is on its way, which has no heartbeat
  Step look(Duration silence, boolean transferring) {
    if (silence.compareTo(patience) < 0) {
      return forget();
    }
    if (!asked) {
      asked = true;
      return Step.ASK;
    }
    boolean isLong = silence.compareTo(most) >= 0;
    boolean isUnanswered = silence.minus(ANSWER).compareTo(patience) >= 0;
    boolean nobodyKnows = answer == Answer.UNKNOWN || (answer == Answer.NONE && isUnanswered);
    if (!suspected && (isLong || (nobodyKnows && !transferring))) {
      suspected = true;
      return Step.SUSPECT;
    }
    return Step.NOTHING;
  }

  private Step forget() {
    boolean wasSuspected = suspected;
    if (asked) {
      Duration longer = patience.multipliedBy(3).dividedBy(2);
      patience = longer.compareTo(most) > 0 ? most : longer;
    }
    asked = false;
    suspected = false;
    answer = Answer.NONE;
    return wasSuspected ? Step.HEARD : Step.NOTHING;
  }

  void saidToLive() {
    answer = Answer.LIVES;
  }

  void nobodyKnows() {
    answer = Answer.UNKNOWN;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }
}
