package dev.offload.engine;

import java.util.List;
import java.util.Optional;

/// Hold what the command line says about one run.
///
/// @param version Offload's version, for the record
/// @param runId names the run among others
/// @param selection which of the discovered tests to run
/// @param failFast whether to hand out no more tests once a test has finally failed
/// @param useImageCache whether an image made earlier may be used
/// @param resume whether to go on with the run whose journal is in the output directory
/// @param recordHistory whether to add the run to the history of `[history]`, whatever that table
///   says
/// @param imageId the provider's name of an image to start sandboxes from, instead of the one that
///   the configuration describes
public record RunOptions(
    String version,
    String runId,
    Selection selection,
    boolean failFast,
    boolean useImageCache,
    boolean resume,
    boolean recordHistory,
    Optional<String> imageId) {

  /// Select among the discovered tests; a test must satisfy both lists.
  ///
  /// @param ids exact ids, or empty for all; an id that names no test is an error of the user
  /// @param substrings texts of which at least one must occur in the id, or empty for all
  public record Selection(List<String> ids, List<String> substrings) {
    /// Everything.
    public static final Selection ALL = new Selection(List.of(), List.of());

    /// Copy.
    public Selection {
      ids = List.copyOf(ids);
      substrings = List.copyOf(substrings);
    }

    /// Return whether a test with this id is meant.
    public boolean includes(String id) {
      return (ids.isEmpty() || ids.contains(id))
          && (substrings.isEmpty() || substrings.stream().anyMatch(id::contains));
    }

    /// Return words for the selection, or nothing when it is everything.
    public Optional<String> inWords() {
      if (ids.isEmpty() && substrings.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          ids.isEmpty() ? "-k " + String.join(", ", substrings) : ids.size() + " named tests");
    }
  }
}
