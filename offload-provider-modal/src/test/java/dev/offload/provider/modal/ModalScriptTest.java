package dev.offload.provider.modal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.testkit.FakeModal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `modal_sandbox.py`, as configurations of the earlier Offload call it.
@Tag("tools")
@Timeout(120)
class ModalScriptTest {
  private static final Path SCRIPT = Providers.BUNDLED.resolve("modal_sandbox.py");

  private static FakeModal modal;

  @TempDir private Path project;

  @BeforeAll
  static void startServer() throws IOException {
    modal = Providers.server();
  }

  @AfterAll
  static void endServer() throws IOException {
    modal.close();
  }

  /// What a command left.
  private record Ended(int code, String stdout, String stderr) {}

  private Ended script(String input, String... arguments) throws Exception {
    Process process = start(arguments);
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return end(process);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(modal.sdk(2).split(" ")));
    command.addAll(List.of("-B", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(project.toFile())
        .redirectError(project.resolve("stderr").toFile())
        .start();
  }

  private Ended end(Process process) throws Exception {
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), stdout, Files.readString(project.resolve("stderr")));
  }

  @Test
  void aWholeLife() throws Exception {
    Files.writeString(project.resolve("Dockerfile"), "FROM python:3.12\n");
    Files.writeString(project.resolve("data"), "some data\n");
    Ended prepared = script("", "prepare", "Dockerfile", "--include-cwd", "--context-dir=.");
    assertThat(prepared.code()).as(prepared.stderr()).isZero();
    assertThat(prepared.stdout()).matches("im-\\w+\n");

    Ended created = script("", "create", prepared.stdout().strip(), "--cpu", "1", "--memory-gb=2");
    assertThat(created.stdout()).as(created.stderr()).matches("sb-\\w+\n");
    String sandbox = created.stdout().strip();

    Ended ran =
        script("word\n", "exec", sandbox, "read w; echo got $w; cat data; echo e >&2; exit 7");
    assertThat(ran.stdout()).as(ran.stderr()).isEqualTo("got word\nsome data\n");
    assertThat(ran.stderr()).isEqualTo("e\n");
    assertThat(ran.code()).isEqualTo(7);

    Path back = project.resolve("new/folder/back");
    Ended loaded = script("", "download", sandbox, "/app/data:" + back);
    assertThat(loaded.code()).as(loaded.stderr()).isZero();
    assertThat(back).hasContent("some data\n");
    assertThat(script("", "poll", sandbox).code()).isZero();

    assertThat(script("", "destroy", sandbox).code()).isZero();
    assertThat(script(sandbox + "\nsb-unknown\n", "destroy-many").code()).isZero();
    Ended dead = script("", "exec", sandbox, "true");
    assertThat(dead.code()).isEqualTo(75);
    assertThat(dead.stderr()).startsWith("OFFLOAD_SANDBOX_DEAD: ");
  }

  @Test
  void aDeathInTheMiddleOfACommandIsTold() throws Exception {
    String image = script("", "prepare").stdout().strip();
    String sandbox = script("", "create", image, "--workdir=/").stdout().strip();
    Process running = start("exec", sandbox, "echo begun; sleep 100");
    assertThat(new String(running.getInputStream().readNBytes(6), StandardCharsets.UTF_8))
        .isEqualTo("begun\n");

    modal.kill(sandbox, 8, 0);

    Ended ended = end(running);
    assertThat(ended.code()).as(ended.stderr()).isEqualTo(75);
    assertThat(ended.stderr()).contains("OFFLOAD_SANDBOX_DEAD: evicted for its use of memory");
  }

  @Test
  void aSandboxWhoseCreationWasNotAnsweredIsEnded() throws Exception {
    String image = script("", "prepare").stdout().strip();
    modal.order("{\"do\": \"fault\", \"rpc\": \"SandboxCreate\", \"late\": true, \"times\": 4}");
    Ended created = script("", "create", image);
    assertThat(created.code()).as(created.stderr()).isEqualTo(1);
    assertThat(modal.sandboxes()).isEmpty();
  }

  /// The host is gone, and the control plane has not heard of it yet.
  @Test
  void aCommandThatIsCutOffBeforeTheDeathIsToldFailsInPassing() throws Exception {
    String image = script("", "prepare").stdout().strip();
    String sandbox = script("", "create", image, "--workdir=/").stdout().strip();
    Process running = start("exec", sandbox, "echo begun; sleep 100");
    assertThat(new String(running.getInputStream().readNBytes(6), StandardCharsets.UTF_8))
        .isEqualTo("begun\n");

    modal.order(
        "{\"do\": \"kill\", \"sandbox\": \"" + sandbox + "\", \"status\": 8, \"tell_after\": 60}");

    assertThat(end(running).code()).isEqualTo(1);
  }
}
