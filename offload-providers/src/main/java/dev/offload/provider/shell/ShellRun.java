package dev.offload.provider.shell;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Stdin;

/// Run a piece of shell in one sandbox to its end.
public interface ShellRun {
  /// Run it.
  Exit run(String shell, Stdin stdin, OutputSink output)
      throws SandboxException, InterruptedException;
}
