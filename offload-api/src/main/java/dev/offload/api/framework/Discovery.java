package dev.offload.api.framework;

import dev.offload.api.test.TestCase;
import java.util.List;

/// Say what a discovery found.
public sealed interface Discovery {
  /// The framework answered.
  ///
  /// @param tests the tests in collection order
  /// @param errors parts of the suite that could not be collected; each becomes a failed test
  /// @param warnings what the user should know, one sentence each
  record Found(List<TestCase> tests, List<CollectionError> errors, List<String> warnings)
      implements Discovery {
    /// Copy.
    public Found {
      tests = List.copyOf(tests);
      errors = List.copyOf(errors);
      warnings = List.copyOf(warnings);
    }
  }

  /// The framework could not even start, so nothing can be said about the tests.
  ///
  /// @param message one or two sentences: what happened and what to do
  /// @param details the framework's own text
  record Failed(String message, String details) implements Discovery {}

  /// Describe a file, package or target that could not be collected.
  ///
  /// @param name the test id under which it is reported as failed, for example the file's path
  /// @param file the source file, or empty when unknown
  /// @param message one line
  /// @param details the framework's whole text
  record CollectionError(String name, String file, String message, String details) {}
}
