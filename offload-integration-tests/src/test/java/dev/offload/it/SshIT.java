package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
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

  /// Write an `offload.toml` for the two hosts of the example.
  private void configure(String discover, String run) throws IOException {
    Files.writeString(
        folder.resolve("offload.toml"),
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
        discover_command = "%s"
        run_command = "%s"
        test_id_format = "{name}"
        [groups.all]
        [report]
        output_dir = "%s/results"
        """
            .formatted(discover, run, folder));
  }

  @Test
  void nothingStaysOnTheHostsWhenOffloadIsKilled() throws IOException {
    configure("echo one; echo two; echo three; : {filters}", "sleep 600; : {tests}");
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

  /// Both hosts of the example, but one of them behind a network whose packets vanish for a while.
  @Test
  void aHostWhosePacketsReturnIsUsedAgainBeforeTheRunEnds() throws IOException {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "only root can make a network namespace");
    int number = ThreadLocalRandom.current().nextInt(1, 60_000);
    configure(
        "seq 12; : {filters}", "until [ -e '" + folder + "/go' ]; do sleep 0.2; done; : {tests}");
    Path script = folder.resolve("vanish");
    Files.writeString(
        script,
        """
        #!/bin/sh
        set -eu
        hosts=examples/ssh/hosts space=offload-%1$d here=ofl%1$da there=ofl%1$db net=10.214.%2$d
        offload='' server=''
        end() {
          [ -z "$offload" ] || kill "$offload" 2>/dev/null || true
          [ -z "$server" ] || kill "$server" 2>/dev/null || true
          '%3$s' link del "$here" 2>/dev/null || true
          '%3$s' netns del "$space" 2>/dev/null || true
        }
        trap end EXIT
        '%3$s' netns add "$space"
        '%3$s' link add "$here" type veth peer name "$there" netns "$space"
        '%3$s' addr add "$net.1/30" dev "$here"
        '%3$s' link set "$here" up
        '%3$s' -n "$space" addr add "$net.2/30" dev "$there"
        '%3$s' -n "$space" link set "$there" up
        sed "s/^ListenAddress .*/ListenAddress $net.2/" "$hosts/b/sshd_config" >"$hosts/b/far"
        sed "/^Host host-b/,/HostKeyAlias/ s/HostName .*/HostName $net.2/" "$hosts/ssh_config" >"$hosts/far"
        mv "$hosts/far" "$hosts/ssh_config"
        '%3$s' netns exec "$space" '%4$s' -D -e -f "$hosts/b/far" 2>"$hosts/b/far.log" &
        server=$!
        # Waits until something holds of what the run has written down.
        until_it_has() {
          tries=0
          until [ "$(grep -c "$2" '%5$s/results/events.jsonl' 2>/dev/null)" -ge "$1" ]; do
            tries=$((tries + 1))
            [ "$tries" -lt 1200 ] || { echo "no $2" >&2; cat '%5$s/stderr' >&2; exit 91; }
            sleep 0.1
          done
        }
        until grep -q 'Server listening' "$hosts/b/far.log"; do sleep 0.1; done
        '%6$s' run -c '%5$s/offload.toml' 2>'%5$s/stderr' &
        offload=$!
        until_it_has 2 '"sandbox_ready".*"host-b '
        until_it_has 4 '"batch_started"'
        '%3$s' -n "$space" link set "$there" down
        until_it_has 2 '"sandbox_lost"'
        '%3$s' -n "$space" link set "$there" up
        until_it_has 3 '"sandbox_ready".*"host-b '
        : >'%5$s/go'
        code=0
        wait "$offload" || code=$?
        offload=''
        cat '%5$s/stderr'
        exit "$code"
        """
            .formatted(
                number,
                number % 250,
                TestTools.require("ssh/ip"),
                TestTools.require("ssh/sshd").toRealPath(),
                folder,
                OffloadCommand.home().resolve("bin/offload")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Result result = example(script);
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
    assertThat(result.stdout()).contains("12 passed, 0 failed");
  }

  @Test
  void aHostThatDoesNotAnswerIsLeftOutWithAMessageAndTheRunGoesOn() throws IOException {
    Path config = folder.resolve("offload.toml");
    String example =
        Files.readString(OffloadCommand.sourceRoot().resolve("examples/ssh/offload.toml"));
    Files.writeString(
        config,
        example
            .replace("\"host-b\"", "\"nobody@127.0.0.1:1\"")
            .replaceFirst("(?m)^output_dir = .*$", "output_dir = \"" + folder + "/results\""));
    Path script = folder.resolve("leave-out");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '%s' run -c '%s'\n"
            .formatted(OffloadCommand.home().resolve("bin/offload"), config));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Result result = example(script);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .containsPattern("host left out: .*nobody@127.0.0.1:1 .*Connection refused")
        .contains("63 passed, 0 failed")
        .contains("2 started, 0 lost");
  }
}
