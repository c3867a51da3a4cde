package dev.offload.provider.command;

import dev.offload.api.sandbox.SandboxProvider;
import java.io.IOException;
import java.util.Map;

/// The same with bash in the sandboxes and no standard input: variables stand on the command line,
/// files travel in pieces.
class WithoutStdinContractTest extends CommandSandboxContractTest {
  @Override
  protected SandboxProvider provider() throws IOException {
    return make(Map.of("exec_stdin", false, "exec_command", inShell("bash")));
  }
}
