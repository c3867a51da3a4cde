package dev.offload.cli;

import dev.offload.engine.RunOptions.Selection;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Hold the words that select tests.
final class SelectionOptions {
  @Parameters(
      paramLabel = "TEST_ID",
      arity = "0..*",
      description = "Only these tests, by their exact ids (`offload collect` lists them).")
  private List<String> ids = List.of();

  @Option(
      names = "-k",
      paramLabel = "SUBSTRING",
      description = "Only tests with this text in their id; may be repeated: any of them.")
  private List<String> substrings = List.of();

  /// Return what they select.
  Selection selection() {
    return new Selection(ids, substrings);
  }
}
