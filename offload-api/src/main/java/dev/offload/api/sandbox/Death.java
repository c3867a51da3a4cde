package dev.offload.api.sandbox;

import java.util.OptionalInt;

/// State that a sandbox is dead, and what is known of why. The fact is certain; the cause is best
/// effort.
///
/// @param cause the kind of death
/// @param exitCode the exit code of the sandbox's main process when there is one; may be 0 for a
///   dead sandbox
/// @param message the provider's own words, possibly empty
public record Death(Cause cause, OptionalInt exitCode, String message) {
  /// Sort deaths by kind.
  public enum Cause {
    /// Its main process ended.
    EXITED("its main process ended"),
    /// It used more memory than it may.
    OUT_OF_MEMORY("out of memory"),
    /// It reached the provider's limit of its life.
    LIFETIME_OVER("its lifetime was over"),
    /// The provider closed it for being idle.
    IDLE("closed for being idle"),
    /// The provider or its host took it away.
    EVICTED("evicted"),
    /// It was created and never became ready.
    NEVER_STARTED("it never started"),
    /// We closed it.
    CLOSED("closed by Offload"),
    /// Nothing is heard of it any more.
    LOST("nothing is heard of it any more"),
    /// Dead, cause unknown.
    UNKNOWN("cause unknown");

    private final String words;

    Cause(String words) {
      this.words = words;
    }

    /// Return the cause in words, fit for `sandbox sb-3 died: …`.
    public String inWords() {
      return words;
    }
  }

  /// Make a death without an exit code.
  public static Death of(Cause cause, String message) {
    return new Death(cause, OptionalInt.empty(), message);
  }

  /// Return cause, exit code and message in words: `out of memory, exit 137: killed by the kernel`.
  /// The cause is left out where the message begins with it, or where it is not known.
  public String inWords() {
    String told = message.strip();
    boolean isToldByMessage = cause == Cause.UNKNOWN || told.startsWith(cause.inWords());
    if (isToldByMessage && !told.isEmpty()) {
      return told + (exitCode.isPresent() ? " (exit " + exitCode.getAsInt() + ")" : "");
    }
    StringBuilder words = new StringBuilder(cause.inWords());
    exitCode.ifPresent(code -> words.append(", exit ").append(code));
    if (!told.isEmpty()) {
      words.append(": ").append(told);
    }
    return words.toString();
  }
}
