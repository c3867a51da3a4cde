package dev.offload.api.test;

/// Name one test, uniquely within a run and stably between runs.
///
/// The text is what people see and type; it may hold any character, blanks and line breaks
/// included.
///
/// @param value the name; never empty
public record TestId(String value) implements Comparable<TestId> {
  /// Check that there is a name.
  public TestId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a test id is empty");
    }
  }

  @Override
  public int compareTo(TestId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
