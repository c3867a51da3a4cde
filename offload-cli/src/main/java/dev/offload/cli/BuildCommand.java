package dev.offload.cli;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.image.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `offload build`: make the image and run nothing.
@Command(
    name = "build",
    description = {
      "Makes the image that sandboxes are started from, unless there is one of the same, and prints"
          + " its id.",
      "The id goes to standard output, everything else to standard error.",
      "Exit code: 0 the image is there (or the provider has none), 3 it could not be made now, 78 it"
          + " cannot be made."
    },
    footer = {
      "  offload build                                        so that the next run begins sooner",
      "  offload build --no-cache                             make it anew, whatever there is",
      "  offload run --override-image-id \"$(offload build)\"   make it once, use it here"
    })
final class BuildCommand implements Callable<Integer> {
  @Option(names = "--no-cache", description = "Use no image that was made earlier.")
  private boolean noCache;

  private static final int KEPT_LINES = 200;

  private final List<String> said = new ArrayList<>();
  private final GlobalOptions options;
  private final Console console;

  BuildCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    OffloadConfig config = Configuration.load(options, console);
    try (Signals signals = Signals.interrupting(Thread.currentThread())) {
      try {
        show(build(config), config.provider().type());
        return CommandLine.ExitCode.OK;
      } catch (InterruptedException e) {
        signals.throwIfCaught();
        throw e;
      }
    }
  }

  private SandboxImage build(OffloadConfig config) throws CommandFailure, InterruptedException {
    try (SandboxProvider _ = config.provider().provider()) {
      return Images.of(config.provider()).get(!noCache, this::sayProgress);
    } catch (SandboxException.Fatal e) {
      throw new CommandFailure(ExitCodes.CONFIGURATION, "offload: " + unsaid(e));
    } catch (SandboxException e) {
      throw new CommandFailure(ExitCodes.NOT_RUN, "offload: " + unsaid(e));
    }
  }

  private synchronized void sayProgress(String line) {
    console.say(line);
    said.add(line.strip());
    said.subList(0, Math.max(0, said.size() - KEPT_LINES)).clear();
  }

  /// Return the message without the last lines of the build that it ends with where they have been
  /// shown: a run needs them there, but here they would stand twice below each other.
  private synchronized String unsaid(SandboxException failure) {
    List<String> lines = String.valueOf(failure.getMessage()).strip().lines().toList();
    int end = lines.size();
    int shown = said.size();
    while (end > 1 && shown > 0 && lines.get(end - 1).strip().equals(said.get(shown - 1))) {
      end--;
      shown--;
    }
    return String.join("\n", lines.subList(0, end));
  }

  private void show(SandboxImage image, String provider) {
    if (image.id().isEmpty()) {
      console.say("the provider '" + provider + "' has no image: nothing to build");
    } else {
      console.out().println(image.id());
    }
  }
}
