package dev.offload.provider.command;

import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/// The same with busybox in the sandboxes, commands that copy files, and no standard input:
/// variables travel in a file.
@Tag("tools")
class WithCopyCommandsContractTest extends CommandSandboxContractTest {
  @Override
  protected SandboxProvider provider() throws IOException {
    return make(
        Map.of(
            "exec_stdin",
            false,
            "exec_command",
            inShell(TestTools.require("busybox/sh").toString()),
            "upload_command",
            "cp {local} {remote} # {sandbox_id}",
            "download_command",
            "cp {remote} {local} # {sandbox_id}"));
  }
}
