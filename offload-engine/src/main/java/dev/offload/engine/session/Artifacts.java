package dev.offload.engine.session;

import dev.offload.api.command.Command;
import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.engine.config.OffloadConfig.ArtifactSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Bring back the files that batches make in their sandboxes, into `artifacts/<sandbox>/<batch>/`.
///
/// Only files that were made or changed since the batch began are fetched: before it a mark is made
/// in the sandbox, and after it everything newer is packed there and fetched at once. Symbolic
/// links are not followed. Nothing that goes wrong with it changes a verdict.
public final class Artifacts {
  /// How [#pack] ends when there is something to fetch.
  static final int FOUND = 9;

  private static final String FOLDER = "artifacts";
  private static final Pattern SANDBOX = Pattern.compile("sb-\\d+");
  private static final Pattern BATCH = Pattern.compile("batch-\\d+");

  private static final String MARK = Wrapper.resource("mark.sh");
  private static final String PACK = Wrapper.resource("artifacts.sh");

  private final Path folder;
  private final Path output;
  private final ArtifactSettings settings;
  private final Consumer<String> warnings;
  private final List<String> patterns;

  /// Make it for a run.
  ///
  /// @param output the run's output folder, in which nothing is looked for
  /// @param warnings takes what could not be brought back
  public Artifacts(Path output, ArtifactSettings settings, Consumer<String> warnings) {
    this.folder = output.resolve(FOLDER);
    this.output = output;
    this.settings = settings;
    this.warnings = warnings;
    this.patterns = patterns(settings.globs());
  }

  /// As `find -path` wants them. A leading `**/` also stands for no folder at all.
  private static List<String> patterns(List<String> globs) {
    List<String> patterns = new ArrayList<>();
    for (String glob : globs) {
      String relative = glob.startsWith("./") ? glob.substring(2) : glob;
      patterns.add("./" + relative);
      if (relative.startsWith("**/")) {
        patterns.add("./" + relative.substring(3));
      }
    }
    return patterns;
  }

  /// Return whether files of any batch are wanted.
  boolean areWanted() {
    return !patterns.isEmpty();
  }

  /// Return whether files of a batch are wanted that went well or not.
  boolean areWanted(boolean failed) {
    return areWanted() && (failed || !settings.failureOnly());
  }

  /// Return the command that notes the time before a batch.
  Command mark(Sandbox sandbox) {
    return Command.of("sh", "-c", MARK, "offload-mark", mark(sandbox.scratch()));
  }

  /// Return the command that packs what is newer; it ends with [#FOUND] when that is anything.
  Command pack(Sandbox sandbox) throws SandboxException.Fatal {
    List<String> argv =
        new ArrayList<>(List.of("sh", "-c", PACK, "offload-artifacts", mark(sandbox.scratch())));
    argv.add(archive(sandbox));
    argv.add(Long.toString(settings.limitBytes()));
    argv.add(realOutput().toString());
    argv.addAll(patterns);
    return Command.of(argv.toArray(String[]::new));
  }

  private Path realOutput() {
    try {
      return output.toRealPath();
    } catch (IOException _) {
      // Nothing can be written there, so nothing of it can be found.
      return output;
    }
  }

  private static String mark(String scratch) {
    return scratch + "/artifacts.mark";
  }

  /// Return where the packed files are in a sandbox.
  String archive(Sandbox sandbox) {
    return sandbox.scratch() + "/artifacts.pack";
  }

  /// Unpack what was fetched.
  void unpack(Path archive, Sandbox sandbox, BatchId batch) {
    Path target = folder.resolve(sandbox.id().toString()).resolve(batch.toString());
    try {
      ArtifactArchive.Unpacked unpacked = ArtifactArchive.unpack(archive, target);
      if (unpacked.tooLarge() > 0) {
        warnings.accept(
            "%s, %s: left out %s%s, because a batch brings back %d MB at most (`download_limit_mb`)"
                .formatted(
                    sandbox.id(),
                    batch,
                    unpacked.firstTooLarge(),
                    unpacked.tooLarge() == 1 ? "" : " and " + (unpacked.tooLarge() - 1) + " more",
                    settings.limitBytes() / 1_000_000));
      }
      unpacked.problem().ifPresent(problem -> failed(sandbox, batch, problem));
    } catch (IOException e) {
      failed(sandbox, batch, e.toString());
    }
  }

  /// Tell that the files of a batch could not be brought back.
  void failed(Sandbox sandbox, BatchId batch, String reason) {
    warnings.accept(
        sandbox.id() + ", " + batch + ": not all files could be brought back: " + reason);
  }

  /// Delete the files of an earlier run: what is in a folder that is named as only this class names
  /// them, and nothing beside.
  ///
  /// @param output the run's output folder
  public static void discard(Path output) throws IOException {
    for (Path sandbox : folders(output.resolve(FOLDER), SANDBOX)) {
      for (Path batch : folders(sandbox, BATCH)) {
        ArtifactArchive.deleteTree(batch);
      }
    }
  }

  private static List<Path> folders(Path parent, Pattern name) throws IOException {
    if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(child -> name.matcher(child.getFileName().toString()).matches()).toList();
    }
  }
}
