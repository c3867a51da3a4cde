package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestList;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.resume.Unsettled;
import dev.offload.engine.shard.Shard;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Option(
      names = "--failed",
      description = "Only the tests that failed or were not run in the last run.")
  private boolean failed;

  @Option(
      names = "--from-file",
      paramLabel = "FILE",
      description =
          "Only the tests whose ids are in this file, one on each line; `-` is standard input.")
  private @Nullable String file;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "Only the I-th of N parts; `offload merge` puts their results together.")
  private @Nullable String shard;

  @Option(
      names = "--shard-by",
      paramLabel = "WHAT",
      defaultValue = "count",
      description = "Make the parts equal by ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private By by = By.COUNT;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// Say what parts have about the same amount of.
  enum By {
    /// The number of tests.
    COUNT(Shard.By.COUNT),
    /// The time they took last time.
    DURATION(Shard.By.DURATION);

    private final Shard.By by;

    By(Shard.By by) {
      this.by = by;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Return whether `--failed` was given.
  boolean onlyUnsettled() {
    return failed;
  }

  /// Return what they select.
  Selection selection(OffloadConfig config) throws CommandFailure {
    SequencedSet<String> named = new LinkedHashSet<>(ids);
    if (file != null) {
      named.addAll(listed(file));
    }
    return new Selection(named, substrings, failed ? unsettled(config) : null, shard());
  }

  private @Nullable Shard shard() {
    if (shard == null) {
      if (by != By.COUNT) {
        throw new ParameterException(spec.commandLine(), "--shard-by needs --shard I/N");
      }
      return null;
    }
    return Shard.parse(shard, by.by)
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "--shard must be I/N with I from 1 to N, such as 2/5, but is '" + shard + "'"));
  }

  private static List<String> listed(String file) throws CommandFailure {
    String name = file.equals("-") ? "standard input" : file;
    List<String> ids;
    try (InputStream in =
        file.equals("-")
            ? new FileInputStream(FileDescriptor.in)
            : Files.newInputStream(Path.of(file))) {
      ids = TestList.read(in);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, "offload: --from-file: there is no file " + name);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, "offload: --from-file: " + name + ": " + e.getMessage());
    }
    if (ids.isEmpty()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "offload: --from-file: " + name + " names no test; leave the option out to run all");
    }
    return ids;
  }

  private static Unsettled unsettled(OffloadConfig config) throws CommandFailure {
    Path folder = config.report().outputDirectory();
    try {
      Optional<Unsettled> last = Unsettled.read(folder);
      if (last.isPresent() && last.get().discovered()) {
        return last.get();
      }
      throw new CommandFailure(
          ExitCodes.CONFIGURATION,
          "offload: --failed: "
              + (last.isPresent()
                  ? "the last run in " + folder + " ended before it knew its tests"
                  : "there is no earlier run in " + folder)
              + "; run without --failed first");
    } catch (IOException | JournalException e) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION,
          "offload: --failed: the journal of the last run cannot be read: "
              + ReadFailure.inWords(e));
    }
  }
}
