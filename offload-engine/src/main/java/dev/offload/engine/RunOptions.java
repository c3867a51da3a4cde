package dev.offload.engine;

import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.engine.resume.Unsettled;
import dev.offload.engine.shard.Shard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

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

  /// Select among the discovered tests; a test must satisfy everything that is given.
  ///
  /// @param ids exact ids, or empty for all; an id that names no test is an error of the user
  /// @param substrings texts of which at least one must occur in the id, or empty for all
  /// @param unsettled what an earlier run left to do, or null for all tests
  /// @param shard which part of what is selected otherwise, or null for all of it
  public record Selection(
      SequencedSet<String> ids,
      List<String> substrings,
      @Nullable Unsettled unsettled,
      @Nullable Shard shard) {
    /// Everything.
    public static final Selection ALL = new Selection(List.of(), List.of());

    /// Copy.
    public Selection {
      ids = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(ids));
      substrings = List.copyOf(substrings);
    }

    /// Select by name only.
    public Selection(Collection<String> ids, List<String> substrings) {
      this(new LinkedHashSet<>(ids), substrings, null, null);
    }

    /// Return whether it is the whole suite.
    public boolean isEverything() {
      return ids.isEmpty() && substrings.isEmpty() && unsettled == null && shard == null;
    }

    /// Return whether it is only known what is selected once all tests are.
    public boolean needsWholeList() {
      return !ids.isEmpty() || unsettled != null || shard != null;
    }

    /// Return whether a test is meant, leaving the shard aside.
    public boolean includes(TestCase test) {
      return isNamed(test.id().value()) && (unsettled == null || unsettled.includes(test));
    }

    /// Return whether something that cannot be collected is meant: it may hold selected tests, so
    /// it is left out only when they are elsewhere.
    public boolean concerns(CollectionError error) {
      boolean named =
          isNamed(error.name())
              || ids.stream()
                  .anyMatch(id -> !error.file().isEmpty() && id.startsWith(error.file()));
      return named && (unsettled == null || unsettled.concerns(error));
    }

    private boolean isNamed(String id) {
      return (ids.isEmpty() || ids.contains(id))
          && (substrings.isEmpty() || substrings.stream().anyMatch(id::contains));
    }

    /// Return words for the selection, or nothing when it is everything.
    public Optional<String> inWords() {
      List<String> words = new ArrayList<>();
      if (unsettled != null) {
        words.add("what the last run left to do");
      }
      if (!ids.isEmpty()) {
        words.add(ids.size() + " named tests");
      }
      if (!substrings.isEmpty()) {
        words.add("-k " + String.join(", ", substrings));
      }
      if (shard != null) {
        words.add("shard " + shard);
      }
      return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
    }
  }
}
