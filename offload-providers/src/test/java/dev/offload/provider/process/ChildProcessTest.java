package dev.offload.provider.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.provider.process.CannotStart.Reason;
import dev.offload.testkit.CollectedOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("InterruptedExceptionSwallowed")
@Timeout(60)
class ChildProcessTest {
  @TempDir private Path folder;
  private final ProcessMark mark = ProcessMark.fresh();
  private final CollectedOutput output = new CollectedOutput();

  @Test
  void textOnStandardInputArrives() throws Exception {
    String text = "line\n".repeat(100_000);
    ChildProcess child = ChildProcess.start(spec(new Stdin.Text(text), "cat; echo end"), output);
    assertThat(child.await()).isEqualTo(new Exit.Exited(0));
    assertThat(output.stdout()).isEqualTo(text + "end\n");
  }

  @Test
  void aFileOnStandardInputArrives() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    ChildProcess.start(spec(new Stdin.FromFile(file), "cat"), output).await();
    assertThat(output.stdout()).isEqualTo("content");
  }

  @Test
  void aProcessThatDoesNotReadItsInputEndsAllTheSame() throws Exception {
    Stdin much = new Stdin.Text("x".repeat(1 << 20));
    assertThat(ChildProcess.start(spec(much, "exit 3"), output).await())
        .isEqualTo(new Exit.Exited(3));
  }

  @Test
  void whenTheTimeIsUpTheWholeTreeIsEnded() throws Exception {
    String stubborn = "trap '' TERM; setsid sleep 300 & sleep 300 & echo up; wait; sleep 300";
    ChildProcess child = ChildProcess.start(spec(Stdin.empty(), stubborn), output);
    assertThat(child.await(Duration.ofSeconds(1))).isEmpty();
    assertThat(output.stdout()).isEqualTo("up\n");
    assertThat(mark.carriers()).isEmpty();
  }

  @Test
  void aProcessMayEndPolitelyWhenItIsAskedTo() throws Exception {
    String polite = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done";
    ChildProcess child = ChildProcess.start(spec(Stdin.empty(), polite), output);
    assertThat(child.await(Duration.ofSeconds(1))).isEmpty();
    assertThat(mark.carriers()).isEmpty();
  }

  @Test
  void aGrandchildThatFloodsThePipeNeitherHoldsUsNorFillsTheMemory() throws Exception {
    ChildProcess child = ChildProcess.start(spec(Stdin.empty(), "yes & :"), OutputSink.discard());
    long before = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    assertThat(child.await()).isEqualTo(new Exit.Exited(0));
    Thread.sleep(500);
    long after = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    assertThat(after - before).isLessThan(200L << 20);
    assertThat(mark.killCarriers()).isEmpty();
  }

  @Test
  void aSinkThatBreaksIsReportedAndDoesNotHoldTheProcess() throws Exception {
    OutputSink broken =
        new CollectedOutput() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            throw new IllegalStateException("disk full");
          }
        };
    ChildProcess child = ChildProcess.start(spec(Stdin.empty(), "yes | head -c 1000000"), broken);
    assertThatThrownBy(child::await).hasMessage("disk full");
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    CannotStart e = cannotStart("no-such-program");
    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e.why()).isEqualTo("the program 'no-such-program' is not found on PATH");
    assertThat(cannotStart("./missing").why()).isEqualTo("the program './missing' does not exist");
  }

  @Test
  void aProgramThatCannotBeExecutedIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("plain.txt"), "");
    CannotStart e = cannotStart("./plain.txt");
    assertThat(e.reason()).isEqualTo(Reason.NOT_USABLE);
    assertThat(e.why())
        .isEqualTo("'" + folder + "/./plain.txt' cannot be executed: check its permissions");
    assertThat(file).exists();
  }

  @Test
  void argumentsThatAreTooLongAreReported() {
    CannotStart e = cannotStart("echo", "x".repeat(1 << 18));
    assertThat(e.reason()).isEqualTo(Reason.NOT_USABLE);
    assertThat(e.why()).contains("Argument list too long");
  }

  @Test
  void aMarkInsideAMarkKeepsBoth() throws Exception {
    ChildProcess.start(spec(Stdin.empty(), "echo \"$OFFLOAD_SANDBOX\""), output).await();
    assertThat(output.stdout()).endsWith(mark.token() + "/\n");
    assertThat(mark.part(7).token()).isEqualTo(mark.token() + "-7/");
  }

  @Test
  void aDeathIsToldOnceAndKept() throws Exception {
    DeathLatch latch = new DeathLatch();
    latch.check();
    assertThat(latch.now()).isEmpty();
    Death first = Death.of(Death.Cause.LOST, "gone");
    assertThat(latch.tell(first)).isTrue();
    assertThat(latch.tell(Death.of(Death.Cause.CLOSED, ""))).isFalse();
    assertThat(latch.await()).isEqualTo(first);
    assertThatThrownBy(latch::check).hasMessageContaining("gone");
  }

  @Test
  void aFolderIsRemovedWithWhatIsReadOnlyInItButNotWhatLinksPointTo() throws Exception {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "");
    Path doomed = Files.createDirectories(folder.resolve("doomed/a/b"));
    Files.writeString(doomed.resolve("file"), "");
    Files.createSymbolicLink(doomed.resolve("link"), outside);
    assertThat(doomed.toFile().setWritable(false)).isTrue();
    assertThat(doomed.toFile().setReadable(false)).isTrue();
    Folders.remove(folder.resolve("doomed"));
    Folders.remove(folder.resolve("doomed"));
    assertThat(folder.resolve("doomed")).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
  }

  private CannotStart cannotStart(String... argv) {
    return catchThrowableOfType(
        CannotStart.class,
        () ->
            ChildProcess.start(
                new ProcessSpec(List.of(argv), Map.of(), folder, Stdin.empty(), mark), output));
  }

  private ProcessSpec spec(Stdin stdin, String line) {
    return new ProcessSpec(List.of("sh", "-c", line), Map.of(), folder, stdin, mark);
  }
}
