package dev.offload.cli;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.ShardCut;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.LocalCommands;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.discovery.TestDiscovery;

/// Discover tests without running any.
final class Collection {
  private Collection() {}

  /// Run the setup command, then discover, telling people what is being done. A signal ends it.
  static TestCatalog collect(
      OffloadConfig config, Selection selection, String runId, Console console)
      throws CommandFailure, InterruptedException {
    try (Signals signals = Signals.interrupting(Thread.currentThread())) {
      try {
        return discover(config, selection, runId, console);
      } catch (InterruptedException e) {
        signals.throwIfCaught();
        throw e;
      }
    }
  }

  private static TestCatalog discover(
      OffloadConfig config, Selection selection, String runId, Console console)
      throws CommandFailure, InterruptedException {
    try (SandboxProvider local = config.local();
        Sandbox here = local.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(0), runId))) {
      LocalCommands commands = new LocalCommands(here);
      setUp(config, commands, console);
      TestCatalog catalog = new TestDiscovery(config, selection, commands, console::say).list();
      if (selection.shard() != null) {
        catalog = ShardCut.of(config, catalog, selection.shard()).catalog();
      }
      catalog.warnings().forEach(warning -> console.say("warning: " + warning));
      return catalog;
    } catch (DiscoveryFailed e) {
      String details = e.details().isBlank() ? "" : "\n" + e.details().stripTrailing();
      throw new CommandFailure(e.exitCode(), "offload: " + e.getMessage() + details);
    } catch (SandboxException e) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION, "offload: the tests could not be discovered: " + e.getMessage());
    }
  }

  private static void setUp(OffloadConfig config, LocalCommands commands, Console console)
      throws CommandFailure, SandboxException, InterruptedException {
    String line = config.run().setupCommand();
    if (line.isEmpty()) {
      return;
    }
    console.say("running the setup command");
    CommandOutput output = commands.run(Command.shell(line));
    if (!output.exit().isSuccess()) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION,
          "offload: the setup command failed with "
              + output.exit().inWords()
              + ": "
              + line
              + "\n"
              + (output.stdout() + output.stderr()).stripTrailing());
    }
  }
}
