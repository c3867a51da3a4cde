package dev.offload.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.dockerjava.api.exception.NotFoundException;
import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.CollectedOutput;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Images, and how containers die, with a real engine.
@Tag("tools")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DockerProviderTest {
  private static final String RUN = "run-of-" + DockerProviderTest.class.getSimpleName();
  private static Engine engine;
  private static String busybox;

  @TempDir private Path folder;
  private final List<String> progress = new ArrayList<>();
  private final List<SandboxProvider> providers = new ArrayList<>();
  private Path project;

  @BeforeAll
  static void makeImage(@TempDir Path files) throws IOException, InterruptedException {
    engine = DockerProviders.engine();
    busybox = BusyboxImage.make(engine, files, true);
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("file"), "of the project");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (SandboxProvider provider : providers) {
      provider.close();
    }
  }

  private SandboxProvider provider(Map<String, ?> settings) {
    return provider(settings, "");
  }

  private SandboxProvider provider(Map<String, ?> more, String init) {
    Map<String, Object> settings = new HashMap<>(more);
    if (!settings.containsKey("dockerfile")) {
      settings.putIfAbsent("image", busybox);
    }
    SandboxProvider provider = DockerProviders.make(project, settings, init);
    providers.add(provider);
    return provider;
  }

  private SandboxImage prepare(SandboxProvider provider) throws Exception {
    return provider.prepare(new PrepareRequest(true), progress::add);
  }

  private Sandbox start(SandboxProvider provider) throws Exception {
    return provider.start(prepare(provider), new SandboxSpec(new SandboxId(1), RUN));
  }

  private static String output(Sandbox sandbox, String line) throws Exception {
    CollectedOutput output = new CollectedOutput();
    sandbox.run(Command.shell(line), output);
    return output.stdout();
  }

  @Test
  void noEngineIsOneClearMessage() throws Exception {
    SandboxProvider provider = provider(Map.of("host", "unix://" + folder.resolve("no.sock")));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("no Docker engine answers at unix://")
        .hasMessageContaining("DOCKER_HOST");
  }

  @Test
  void whatAnAddressFromOutsideMustBeIsSaid() {
    for (String address : List.of("ssh://somebody@somewhere", "127.0.0.1:2375")) {
      assertThatThrownBy(() -> Engine.at(address))
          .isInstanceOf(SandboxException.Fatal.class)
          .hasMessageContaining(address)
          .hasMessageEndingWith("It must be unix:///PATH or tcp://HOST:PORT.");
    }
  }

  @Test
  void anImageThatIsNotThereIsOneClearMessage() throws Exception {
    SandboxProvider provider =
        provider(Map.of("image", "offload-no-such-image:1", "pull", "never"));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("offload-no-such-image:1");
  }

  @Test
  void anImageWithoutShellIsNamed() throws Exception {
    String bare = BusyboxImage.make(engine, folder.resolve("bare"), false);
    SandboxProvider provider = provider(Map.of("image", bare));
    assertThatThrownBy(() -> start(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessage("the image '" + bare + "' has no 'sh', which every sandbox needs");
  }

  @Test
  void anImageWithoutTheProjectRootIsNamed() throws Exception {
    MapSettings settings = MapSettings.of(Map.of("image", busybox));
    SandboxProvider provider =
        new DockerProviderFactory()
            .create(settings, new ProviderContext(project, project, "/nowhere", "", List.of(), 8));
    providers.add(provider);
    assertThatThrownBy(() -> start(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("has no folder '/nowhere', which is sandbox_project_root");
  }

  @Test
  void aFolderThatIsNotThereIsNotMountedAndNotMade() throws Exception {
    SandboxProvider provider = provider(Map.of("mounts", List.of("./missing:/mounted")));
    assertThatThrownBy(() -> start(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("/missing");
    assertThat(project.resolve("missing")).doesNotExist();
  }

  @Test
  void aSettingWithWhichNoContainerCanStartEndsTheRunAndIsNamed() {
    Map<String, Object> wrong =
        Map.of(
            "network",
            "offload-no-such-network",
            "user",
            "nobody-here",
            "gpus",
            1,
            "mounts",
            List.of(".:/bin/busybox"));
    wrong.forEach((key, value) ->
        assertThatThrownBy(() -> start(provider(Map.of(key, value))))
            .isInstanceOf(SandboxException.Fatal.class)
            .hasMessageStartingWith("no container of the image '" + busybox + "' can be started: ")
            .hasMessageEndingWith("; see " + key + " in [provider]"));
  }

  @Test
  void whatIsNoAddressOfAnEngineIsAMistakeInTheConfiguration() {
    MapSettings settings = MapSettings.of(Map.of("image", busybox, "host", "nonsense"));
    SandboxProvider _ =
        new DockerProviderFactory()
            .create(settings, new ProviderContext(project, project, "/app", "", List.of(), 8));
    assertThat(settings.problems())
        .containsExactly(
            "host: 'nonsense' is no address of an engine: write 'unix:///PATH' or 'tcp://HOST:PORT'.");
  }

  @Test
  void aFileArrivesWhereverSomethingIsMounted() throws Exception {
    Path mounted = Files.createDirectories(folder.resolve("mounted"));
    Path file = Files.write(folder.resolve("big"), new byte[3 << 20]);
    SandboxProvider provider = provider(Map.of("mounts", List.of(mounted + ":/mounted")));
    Sandbox sandbox = start(provider);
    for (String remote : List.of("/dev/shm/a/file", "/mounted/a/file", "/elsewhere/a/file")) {
      sandbox.upload(file, remote);
      assertThat(output(sandbox, "wc -c <" + remote)).isEqualTo((3 << 20) + "\n");
      Path back = folder.resolve("back");
      assertThat(sandbox.download(remote, back)).isTrue();
      assertThat(back).hasSameBinaryContentAs(file);
    }
    assertThat(mounted.resolve("a/file")).hasSameBinaryContentAs(file);
  }

  @Test
  void whetherAPausedContainerLivesNobodyCanSayAndItIsRemoved() throws Exception {
    SandboxProvider provider = provider(Map.of());
    Sandbox sandbox = start(provider);
    assertThat(sandbox.poll()).isEqualTo(new Liveness.Alive());
    engine.client().pauseContainerCmd(sandbox.handle()).exec();
    assertThat(sandbox.poll()).isEqualTo(new Liveness.Unknown("the container is paused"));
    sandbox.close();
    assertThatThrownBy(() -> engine.client().inspectContainerCmd(sandbox.handle()).exec())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void theProjectGetsInAsALayerWithoutWhatIsIgnored() throws Exception {
    Files.writeString(project.resolve(".dockerignore"), "# made\n*.o\nbuild/\n!build/keep\n");
    Files.writeString(project.resolve("made.o"), "x");
    Files.createDirectories(project.resolve("build"));
    Files.writeString(project.resolve("build/gone"), "x");
    Files.writeString(project.resolve("build/keep"), "kept");
    Files.createDirectories(project.resolve("a folder"));
    Files.writeString(project.resolve("a folder/ünï"), "strange");
    Files.createSymbolicLink(project.resolve("link"), Path.of("file"));
    SandboxProvider provider =
        provider(Map.of("include_cwd", true), "echo \"made from $(cat file)\" >made");
    Sandbox sandbox = start(provider);
    assertThat(output(sandbox, "cat link build/keep 'a folder/ünï'; echo; cat made; pwd"))
        .isEqualTo("of the projectkeptstrange\nmade from of the project\n/app\n");
    assertThat(output(sandbox, "ls -A; ls build")).doesNotContain("made.o", "gone");
  }

  @Test
  void whoRunsInTheContainerOwnsTheProjectAndLinksAreKept() throws Exception {
    Files.createDirectories(project.resolve("a/b"));
    Files.writeString(project.resolve("a/b/file"), "deep");
    Files.createSymbolicLink(project.resolve("to-folder"), Path.of("a/b"));
    Files.createSymbolicLink(project.resolve("to-nowhere"), Path.of("/bin/sh-of-the-image"));
    Files.writeString(
        folder.resolve("Dockerfile"),
        "FROM " + busybox + "\nRUN [\"chmod\", \"1777\", \"/tmp\"]\nUSER 1234:1234\n");
    SandboxProvider provider =
        provider(Map.of("include_cwd", true, "dockerfile", folder + "/Dockerfile"));
    Sandbox sandbox = start(provider);
    assertThat(output(sandbox, "id -u; echo y >a/b/made; cat to-folder/*"))
        .isEqualTo("1234\ndeepy\n");
    assertThat(output(sandbox, "[ -L to-nowhere ] && [ -L to-folder ] && echo links"))
        .isEqualTo("links\n");
  }

  @Test
  void thatOnlyBuildKitCouldBuildADockerfileIsSaid() throws Exception {
    for (String instruction :
        List.of("RUN --mount=type=cache,target=/c true", "RUN <<E\ntrue\nE")) {
      Files.writeString(
          project.resolve("Dockerfile"), "FROM " + busybox + "\n" + instruction + "\n");
      assertThatThrownBy(() -> prepare(provider(Map.of("dockerfile", "Dockerfile"))))
          .isInstanceOf(SandboxException.Fatal.class)
          .hasMessageContaining("build the image with 'docker build' and name it as image");
    }
  }

  @Test
  void anUnchangedImageIsNotMadeAgainAndAChangedOneIs() throws Exception {
    SandboxProvider provider = provider(Map.of("include_cwd", true), "echo once >made");
    SandboxImage first = prepare(provider);
    assertThat(prepare(provider(Map.of("include_cwd", true), "echo once >made"))).isEqualTo(first);
    assertThat(provider.hasImage(first)).isTrue();
    Files.writeString(project.resolve("file"), "changed");
    SandboxProvider later = provider(Map.of("include_cwd", true), "echo once >made");
    assertThat(prepare(later)).isNotEqualTo(first);
    assertThat(later.hasImage(new SandboxImage("sha256:" + "0".repeat(64)))).isFalse();
  }

  @Test
  void aDockerfileIsBuiltWithItsArgumentsAndStage() throws Exception {
    Files.writeString(
        project.resolve("Dockerfile"),
        """
        FROM %s AS first
        ARG WORD=none
        RUN ["sh", "-c", "echo $WORD >/word"]
        WORKDIR /place
        FROM first AS second
        RUN ["sh", "-c", "exit 9"]
        """
            .formatted(busybox));
    SandboxProvider provider =
        provider(
            Map.of(
                "dockerfile",
                "Dockerfile",
                "target",
                "first",
                "build_args",
                Map.of("WORD", "given")));
    assertThat(output(start(provider), "cat /word")).isEqualTo("given\n");
  }

  @Test
  void aFailingBuildShowsItsLastLines() throws Exception {
    Files.writeString(
        project.resolve("Dockerfile"),
        "FROM " + busybox + "\nRUN [\"sh\", \"-c\", \"echo the reason; exit 9\"]\n");
    SandboxProvider provider = provider(Map.of("dockerfile", "Dockerfile"));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("Dockerfile")
        .hasMessageContaining("the reason");
  }

  @Test
  void aProcessThatRunsOutOfMemoryIsNotTheDeathOfItsSandbox() throws Exception {
    Sandbox sandbox = start(provider(Map.of("memory_gb", 0.05)));
    Exit exit = sandbox.run(Command.shell("tail -c 1000000000 /dev/zero"), new CollectedOutput());
    assertThat(exit).isEqualTo(new Exit.Signalled(9));
    assertThat(output(sandbox, "echo alive")).isEqualTo("alive\n");
  }

  @Test
  void whoRunsACommandIsToldWhyOneOfItsProcessesWasKilled() throws Exception {
    Sandbox sandbox = start(provider(Map.of("memory_gb", 0.05)));
    CollectedOutput output = new CollectedOutput();
    String line = "tail -c 1000000000 /dev/zero; until [ -e go ]; do sleep 0.1; done";
    FutureTask<Exit> run = new FutureTask<>(() -> sandbox.run(Command.shell(line), output));
    Thread.ofVirtual().start(run);
    for (int i = 0; i < 600 && !output.stderr().contains("memory_gb"); i++) {
      Thread.sleep(100);
    }
    assertThat(output(sandbox, ": >go")).isEmpty();
    assertThat(run.get().isSuccess()).isTrue();
    assertThat(output.stderr())
        .contains(
            "offload: a process of sb-1 was killed: the container's limit of 51 MB was reached;"
                + " raise [provider] memory_gb\n");
  }

  @Test
  void aContainerWhoseMainProcessIsTakenForWantOfMemoryIsDeadOfThat() throws Exception {
    Sandbox sandbox = start(provider(Map.of("memory_gb", 0.05)));
    // None of them is big enough to be taken instead of the one that is named.
    String line =
        "echo 1000 >/proc/1/oom_score_adj; for i in 1 2 3 4 5 6 7 8 9;"
            + " do tail -c 8000000 /dev/zero & done; wait";
    Throwable _ = catchThrowable(() -> output(sandbox, line));
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
    assertThat(sandbox.awaitDeath().message())
        .isEqualTo("the container's limit of 51 MB was reached; raise [provider] memory_gb");
  }

  @Test
  void aContainerThatWasRemovedIsDead() throws Exception {
    Sandbox sandbox = start(provider(Map.of()));
    engine.client().removeContainerCmd(sandbox.handle()).withForce(true).exec();
    assertThat(sandbox.awaitDeath().cause()).isIn(Death.Cause.EVICTED, Death.Cause.EXITED);
    assertThatThrownBy(() -> output(sandbox, "true"))
        .isInstanceOf(SandboxException.SandboxDead.class);
  }

  @Test
  void whatAKilledRunLeftIsFoundByItsLabelAndNothingElseIsTouched() throws Exception {
    Sandbox left = start(provider(Map.of()));
    SandboxProvider other = provider(Map.of());
    Sandbox stays = other.start(prepare(other), new SandboxSpec(new SandboxId(1), "another run"));
    assertThat(other.reapRun(RUN)).isEqualTo(1);
    assertThat(left.awaitDeath().cause()).isNotEqualTo(Death.Cause.CLOSED);
    assertThat(output(stays, "echo alive")).isEqualTo("alive\n");
    assertThat(other.reapRun(RUN)).isZero();
  }
}
