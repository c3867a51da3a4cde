package dev.offload.provider.shell;

import dev.offload.api.command.Exit;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Say how a provider command ended, and what that means.
///
/// @param key the key of the configuration that holds the command
/// @param exit how it ended
/// @param lastLine the last line of its standard output that is not blank, stripped
/// @param words what it said on standard error
public record Answer(String key, Exit exit, String lastLine, ProviderWords words) {
  /// Return the death that the answer tells of.
  public Optional<Death> death() {
    Optional<String> told = words.dead();
    if (told.isPresent()) {
      return Optional.of(new Death(cause(told.get()), OptionalInt.empty(), told.get()));
    }
    return code() == ProviderWords.DEAD_EXIT
        ? Optional.of(Death.of(Death.Cause.UNKNOWN, inWords()))
        : Optional.empty();
  }

  private static Death.Cause cause(String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("out of memory") || lower.contains("oom")) {
      return Death.Cause.OUT_OF_MEMORY;
    }
    return lower.contains("evict") || lower.contains("preempt")
        ? Death.Cause.EVICTED
        : Death.Cause.UNKNOWN;
  }

  /// Return the exit code, 0 when there is none.
  public int code() {
    return exit instanceof Exit.Exited(int code) ? code : 0;
  }

  /// Return the failure that the answer tells of, a death apart.
  ///
  /// @param workedBefore whether the same command worked before: then a program that is not found
  ///   is no mistake in the configuration
  public SandboxException failure(boolean workedBefore) {
    Optional<ProviderWords.Busy> busy = words.busy();
    if (busy.isPresent() || code() == ProviderWords.UNAVAILABLE_EXIT) {
      ProviderWords.Busy pause = words.busyByExit();
      return new SandboxException.Unavailable(key + ": " + pause.reason(), pause.pause());
    }
    boolean hopeless =
        switch (code()) {
          case 126, 127 -> !workedBefore;
          case 77, 78 -> true;
          default -> false;
        };
    return hopeless
        ? new SandboxException.Fatal(inWords(), null)
        : new SandboxException.Transient(inWords(), null);
  }

  /// Return words for people: which command, how it ended, its last words.
  public String inWords() {
    String last = words.lastLines();
    return key + " ended with " + exit.inWords() + (last.isEmpty() ? "" : ": " + last);
  }
}
