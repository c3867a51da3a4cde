package dev.offload.engine.config;

import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hold a checked configuration.
///
/// @param file the file it was read from, as given
/// @param projectDirectory the absolute directory Offload was started in, which every relative path
///   refers to
/// @param run what holds for the whole run
/// @param provider where sandboxes come from
/// @param local where commands of this machine run: set-up, discovery
/// @param frameworks the test frameworks by name; `[framework]` is named [#DEFAULT_FRAMEWORK]
/// @param groups the groups in file order, at least one
/// @param report what a run leaves
/// @param history `[history]`, when there is one
/// @param quarantine the tests whose end does not change the exit code
public record OffloadConfig(
    Path file,
    Path projectDirectory,
    RunSettings run,
    ProviderChoice provider,
    SandboxProvider local,
    Map<String, FrameworkChoice> frameworks,
    List<GroupSettings> groups,
    ReportSettings report,
    Optional<HistorySettings> history,
    QuarantineRules quarantine) {

  /// The name of the framework that `[framework]` describes.
  public static final String DEFAULT_FRAMEWORK = "default";

  /// Copy.
  public OffloadConfig {
    frameworks = Map.copyOf(frameworks);
    groups = List.copyOf(groups);
  }

  /// `[offload]`.
  ///
  /// @param maxParallel the largest number of sandboxes at one time, at least 1
  /// @param testTimeout the longest any one test may run, unless its group says otherwise
  /// @param workingDirectory the absolute directory in which local sandboxes and local commands run
  /// @param sandboxRepoRoot where the repository is in a sandbox
  /// @param sandboxProjectRoot where the project is in a sandbox; exported as `OFFLOAD_ROOT`
  /// @param sandboxInitCommand shell command run while an image is built, or empty
  /// @param setupCommand shell command run once, locally, before discovery, or empty
  /// @param hedging whether late tests may be run a second time at the tail
  /// @param maxParallelCollection groups discovered at once, at least 1
  /// @param discoveryCache whether lists of tests are remembered between runs
  public record RunSettings(
      int maxParallel,
      Duration testTimeout,
      Path workingDirectory,
      String sandboxRepoRoot,
      String sandboxProjectRoot,
      String sandboxInitCommand,
      String setupCommand,
      boolean hedging,
      int maxParallelCollection,
      boolean discoveryCache) {}

  /// `[provider]`.
  ///
  /// @param type the word in the file
  /// @param provider the provider
  /// @param env variables for commands in sandboxes, expanded; `OFFLOAD_ROOT` first, then
  ///   `[provider] env`, then `--env`
  /// @param retry how operations on sandboxes are retried
  /// @param silence how long a sandbox may be silent before it is given up
  public record ProviderChoice(
      String type,
      SandboxProvider provider,
      Map<String, String> env,
      RetrySettings retry,
      SilenceSettings silence) {}

  /// `[provider.retry]`: the one retry layer for operations that fail in passing.
  ///
  /// @param attempts how often an operation is tried in all, at least 1
  /// @param firstDelay the pause before the second try
  /// @param maxDelay the longest pause
  /// @param deadline the longest an operation may take with all its tries
  /// @param startBudget how many sandbox starts may fail or sandboxes be lost over the whole run;
  ///   -1 chooses by the number of sandboxes
  public record RetrySettings(
      int attempts, Duration firstDelay, Duration maxDelay, Duration deadline, int startBudget) {}

  /// `[provider] heartbeat_secs`, `suspect_secs` and `lost_secs`.
  ///
  /// @param heartbeat how often the wrapper in the sandbox gives a sign of life
  /// @param suspect after how much silence the provider is asked
  /// @param lost after how much silence a sandbox is given up although the provider cannot say that
  ///   it is dead
  public record SilenceSettings(Duration heartbeat, Duration suspect, Duration lost) {}

  /// `[framework]` or `[frameworks.NAME]`.
  ///
  /// @param type the word in the file
  /// @param framework the framework
  /// @param env `env` of its table, expanded: variables for discovery and for execution
  /// @param warm whether and for how long one test process is kept for many batches
  public record FrameworkChoice(
      String type, TestFramework framework, Map<String, String> env, WarmSettings warm) {}

  /// `warm`, `recycle_after_tests` and `recycle_above_mb` of a framework's table.
  ///
  /// @param enabled whether a sandbox keeps its test process for further batches, where the
  ///   framework can
  /// @param recycleAfterTests after how many tests the process is replaced between two batches; 0
  ///   for never
  /// @param recycleAboveMb with how many mebibytes of memory it is replaced between two batches; 0
  ///   for never
  public record WarmSettings(boolean enabled, int recycleAfterTests, int recycleAboveMb) {
    /// What holds where nothing is said.
    public static final WarmSettings DEFAULT = new WarmSettings(true, 0, 1024);
  }

  /// `[groups.NAME]`.
  ///
  /// @param framework the name of its framework, a key of [OffloadConfig#frameworks()]
  /// @param retryCount how many failed attempts may be followed by another
  /// @param filters words for the framework's discovery command
  /// @param scheduleIndividually whether each of its tests gets a batch of its own
  /// @param timeout the longest any one of its tests may run
  /// @param maxParallel in how many sandboxes its tests may run at one time, at least 1
  /// @param freshSandbox whether each of its tests gets a sandbox that has run nothing before
  public record GroupSettings(
      String name,
      String framework,
      int retryCount,
      String filters,
      boolean scheduleIndividually,
      Duration timeout,
      int maxParallel,
      boolean freshSandbox) {
    /// The value of [#maxParallel] of a group that may use all sandboxes.
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /// Make a group that is scheduled like any other.
    public GroupSettings(
        String name,
        String framework,
        int retryCount,
        String filters,
        boolean scheduleIndividually,
        Duration timeout) {
      this(name, framework, retryCount, filters, scheduleIndividually, timeout, NO_LIMIT, false);
    }

    /// Return whether its tests are scheduled otherwise than those of other groups.
    public boolean isRestricted() {
      return maxParallel != NO_LIMIT || freshSandbox;
    }
  }

  /// `[report]`.
  ///
  /// @param outputDirectory absolute
  /// @param junit whether `junit.xml` is written
  /// @param junitFile its name
  /// @param artifacts which files are brought back from sandboxes
  public record ReportSettings(
      Path outputDirectory, boolean junit, String junitFile, ArtifactSettings artifacts) {}

  /// The keys of `[report]` about files that tests make.
  ///
  /// @param globs patterns, relative to the working directory in the sandbox
  /// @param failureOnly whether only batches with failures bring files back
  /// @param limitBytes the most that one batch brings back
  public record ArtifactSettings(List<String> globs, boolean failureOnly, long limitBytes) {
    /// Nothing is brought back.
    public static final ArtifactSettings NONE = new ArtifactSettings(List.of(), false, 100_000_000);

    /// Copy.
    public ArtifactSettings {
      globs = List.copyOf(globs);
    }
  }

  /// `[history]`.
  ///
  /// @param recordAlways whether every run is recorded, rather than those with `--record-history`
  public record HistorySettings(
      boolean recordAlways, Path path, int reservoirSize, Duration defaultDuration) {}
}
