package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Run `examples/ssh`, whose hosts are two real servers.
class SshIT {
  @TempDir private Path folder;

  @BeforeAll
  static void needsAServer() {
    Path _ = TestTools.require("ssh/sshd");
  }

  private static Result example(Path offload) {
    return OffloadCommand.in(OffloadCommand.sourceRoot())
        .with("OFFLOAD", offload.toString())
        .runProgram(OffloadCommand.sourceRoot().resolve("examples/ssh/run.sh").toString());
  }

  @Test
  void theTestsOfTheQuickstartPassOnTwoHosts() {
    Result result = example(OffloadCommand.home().resolve("bin/offload"));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("63 passed, 0 failed").contains("4 started, 0 lost");
  }

  @Test
  void nothingStaysOnTheHostsWhenOffloadIsKilled() throws IOException {
    Path config = folder.resolve("offload.toml");
    Files.writeString(
        config,
        """
        [offload]
        max_parallel = 4
        sandbox_project_root = "."
        [provider]
        type = "ssh"
        hosts = ["host-a", "host-b"]
        slots = 2
        include_cwd = false
        workspace = "."
        ssh_options = ["-F", "examples/ssh/hosts/ssh_config"]
        [framework]
        type = "default"
        discover_command = "echo one; echo two; echo three; : {filters}"
        run_command = "sleep 600; : {tests}"
        test_id_format = "{name}"
        [groups.all]
        [report]
        output_dir = "%s/results"
        """
            .formatted(folder));
    Path killed = folder.resolve("killed");
    Files.writeString(
        killed,
        """
        #!/bin/sh
        '%1$s' run -c '%2$s/offload.toml' &
        offload=$!
        tries=0
        until grep -q '"batch_started"' '%2$s/results/events.jsonl' 2>/dev/null; do
          kill -0 "$offload" || exit 90
          sleep 0.1
        done
        kill -9 "$offload"
        until [ -z "$(ls -d examples/ssh/hosts/?/tmp/offload-* 2>/dev/null)" ]; do
          tries=$((tries + 1))
          [ "$tries" -lt 600 ] || { ls -d examples/ssh/hosts/?/tmp/offload-*; exit 91; }
          sleep 0.1
        done
        exit 42
        """
            .formatted(OffloadCommand.home().resolve("bin/offload"), folder),
        java.nio.charset.StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(killed, PosixFilePermissions.fromString("rwxr-xr-x"));
    Result result = example(killed);
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isEqualTo(42);
  }
}
