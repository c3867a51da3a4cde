package dev.offload.api.sandbox;

/// Name one sandbox within a run, for people: `sb-1`, `sb-2`, in order of creation.
///
/// @param number the one-based number
public record SandboxId(int number) implements Comparable<SandboxId> {
  @Override
  public int compareTo(SandboxId other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "sb-" + number;
  }

  /// Read what [#toString] wrote.
  ///
  /// @throws IllegalArgumentException when it is something else
  public static SandboxId parse(String text) {
    if (!text.startsWith("sb-")) {
      throw new IllegalArgumentException("not a sandbox id: " + text);
    }
    return new SandboxId(Integer.parseInt(text, 3, text.length(), 10));
  }
}
