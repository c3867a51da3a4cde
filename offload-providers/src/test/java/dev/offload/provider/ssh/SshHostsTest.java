package dev.offload.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.CollectedOutput;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that cannot be reached, vanish and come back; real servers.
@Tag("tools")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshHostsTest {
  @TempDir private Path folder;
  private final List<String> progress = Collections.synchronizedList(new ArrayList<>());
  private final List<SshServer> servers = new ArrayList<>();
  private final List<SandboxProvider> providers = new ArrayList<>();
  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("file"), "of the project");
  }

  @AfterEach
  void endAll() throws Exception {
    for (SandboxProvider provider : providers) {
      provider.close();
    }
    for (SshServer server : servers) {
      server.stop();
    }
  }

  private SshServer server(String name) throws IOException, InterruptedException {
    SshServer server = new SshServer(folder.resolve(name));
    servers.add(server);
    return server;
  }

  private SandboxProvider provider(SshServer like, Map<String, ?> more) {
    return provider(like, more, "");
  }

  private SandboxProvider provider(SshServer like, Map<String, ?> more, String init) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("hosts", List.of(like.address()));
    settings.put("slots", 2);
    settings.put("workspace", folder.resolve("workspace").toString());
    settings.put("ssh_options", like.options());
    settings.putAll(more);
    SandboxProvider provider = SshProviders.make(project, settings, init);
    providers.add(provider);
    return provider;
  }

  private void prepare(SandboxProvider provider) throws Exception {
    provider.prepare(new PrepareRequest(true), progress::add);
  }

  private static Sandbox start(SandboxProvider provider, int number) throws Exception {
    return provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(number), "run"));
  }

  private static String output(Sandbox sandbox, String line) throws Exception {
    CollectedOutput output = new CollectedOutput();
    sandbox.run(Command.shell(line), output);
    return output.stdout();
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aMistakeInTheHostsIsToldOnce() throws Exception {
    Files.writeString(project.resolve("empty"), "# nobody\n");
    Map<Map<String, ?>, String> mistakes =
        Map.of(
            Map.of("hosts", List.of("a b")),
            "hosts: 'a b' is not a host: write 'user@name:port' or less of it.",
            Map.of("hosts_file", "nope"),
            "hosts_file: The file '" + project + "/nope' does not exist.",
            Map.of("hosts_file", "empty"),
            "hosts_file: The file '" + project + "/empty' names no host.",
            Map.of(),
            "hosts: must name at least one host, or 'hosts_file' a file with one host on each line.");
    mistakes.forEach((written, problem) -> {
      MapSettings settings = MapSettings.of(written);
      SandboxProvider _ = SshProviders.create(project, settings, "");
      assertThat(settings.problems()).containsExactly(problem);
    });
  }

  @Test
  void aHostThatDoesNotAnswerIsLeftOutWithAMessage() throws Exception {
    SshServer server = server("host");
    String dead = "127.0.0.1:" + closedPort();
    SandboxProvider provider = provider(server, Map.of("hosts", List.of(dead, server.address())));
    prepare(provider);
    assertThat(progress)
        .anyMatch(line ->
            line.startsWith("warning: host left out: ")
                && line.contains(dead)
                && line.contains("Connection refused"));
    assertThat(start(provider, 1).handle()).startsWith(server.address() + " ");
  }

  @Test
  void aHostThatLacksAProgramIsLeftOutAndTheProgramNamed() throws Exception {
    Path programs = Files.createDirectories(folder.resolve("programs"));
    for (String name :
        List.of("sh", "env", "mkdir", "grep", "cksum", "xargs", "sleep", "cat", "rm")) {
      Files.createSymbolicLink(programs.resolve(name), Path.of("/bin").resolve(name));
    }
    SshServer server = new SshServer(folder.resolve("host"), List.of(), programs.toString());
    servers.add(server);
    SandboxProvider provider = provider(server, Map.of());
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining(server.address() + " cannot be used: it has no 'tar'");
  }

  /// Give the host a login shell of its own: what `sshd` runs for each call, with the call itself
  /// in `SSH_ORIGINAL_COMMAND`.
  private static void logIn(SshServer server, String script) throws Exception {
    server.reconfigure("ForceCommand " + script);
  }

  @Test
  void whatProfilesPrintIsNoAnswerAndAForcedCommandLeavesNothingBehind() throws Exception {
    SshServer server = server("host");
    logIn(
        server,
        "printf 'welcome\\nno line end'; echo so >&2; exec sh -c \"$SSH_ORIGINAL_COMMAND\"");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    assertThat(output(start(provider, 1), "cat file")).isEqualTo("of the project");
    provider.close();
    eventually(() -> server.leftovers().isEmpty());
  }

  @Test
  void aProfileThatTakesTheStandardInputIsNamed() throws Exception {
    SshServer server = server("host");
    logIn(server, "read -r taken; exec sh -c \"$SSH_ORIGINAL_COMMAND\"");
    SandboxProvider provider = provider(server, Map.of());
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("a profile of its login shell reads standard input");
    eventually(() -> server.leftovers().isEmpty());
  }

  @Test
  void whatAnAccountThatRunsNoCommandsSaysIsTold() throws Exception {
    SshServer server = server("host");
    logIn(server, "echo This account is not available.; exit 1");
    SandboxProvider provider = provider(server, Map.of());
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("(This account is not available.)");
  }

  @Test
  void theEmptyFolderOfARunThatWasKilledIsRemoved() throws Exception {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Path left = Files.createDirectory(temporary.resolve("offload-ssh-999999999-1"));
    Path used = Files.createDirectory(temporary.resolve("offload-ssh-999999998-1"));
    Path ours = temporary.resolve("offload-ssh-" + ProcessHandle.current().pid() + "-1");
    Files.createDirectory(ours);
    Files.writeString(used.resolve("socket"), "");
    FileTime old = FileTime.from(Instant.now().minusSeconds(3600));
    for (Path folder : List.of(left, used, ours)) {
      Files.setLastModifiedTime(folder, old);
    }
    try {
      assertThatThrownBy(() ->
              prepare(
                  provider(server("host"), Map.of("hosts", List.of("127.0.0.1:" + closedPort())))))
          .isInstanceOf(SandboxException.Fatal.class);
      assertThat(left).doesNotExist();
      assertThat(used).isDirectory();
      assertThat(ours).isDirectory();
    } finally {
      for (Path path : List.of(left, used.resolve("socket"), used, ours)) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Test
  void aFullDiskOfAHostIsNamed() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can make a small disk");
    Path disk = Files.createDirectories(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString());
    try {
      Files.write(project.resolve("big"), new byte[1 << 20]);
      SshServer server = server("host");
      SandboxProvider provider =
          provider(server, Map.of("workspace", disk.resolve("workspace").toString()));
      assertThatThrownBy(() -> prepare(provider))
          .isInstanceOf(SandboxException.Fatal.class)
          .hasMessageContaining(server.address())
          .hasMessageContaining("No space left on device");
    } finally {
      run("umount", "--lazy", disk.toString());
    }
  }

  private static void run(String... words) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void noHostAtAllEndsTheRunAndSaysWhy() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider =
        provider(server, Map.of("hosts", List.of("127.0.0.1:" + closedPort())));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("no host can be used")
        .hasMessageContaining("Connection refused");
  }

  @Test
  void aWrongHostKeyIsRefused() throws Exception {
    SshServer server = server("host");
    SshServer other = server("other");
    SandboxProvider provider =
        provider(
            server, Map.of("hosts", List.of(other.address()), "ssh_options", server.options()));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("Host key verification failed")
        .hasMessageContaining("known_hosts");
  }

  @Test
  void aHostThatWantsAPasswordIsNotWaitedFor() throws Exception {
    SshServer server = server("host");
    List<String> options = new ArrayList<>(server.options());
    options.set(options.indexOf("-i") + 1, folder.resolve("no-key").toString());
    SandboxProvider provider = provider(server, Map.of("ssh_options", options));
    assertThatThrownBy(() -> prepare(provider))
        .isInstanceOf(SandboxException.Fatal.class)
        .hasMessageContaining("Permission denied")
        .hasMessageContaining("BatchMode=yes");
  }

  @Test
  void theLossOfAHostIsTheDeathOfItsSandboxesAndOfNoOther() throws Exception {
    SshServer one = server("one");
    SshServer two = server("two");
    // Both hosts of this test are one machine: their workspaces must not be one folder.
    List<String> options = new ArrayList<>(one.options());
    Files.writeString(
        folder.resolve("both"),
        Files.readString(folder.resolve("one/known_hosts"))
            + Files.readString(folder.resolve("two/known_hosts")));
    options.addAll(List.of("-i", folder.resolve("two/client").toString()));
    options.set(
        options.indexOf("UserKnownHostsFile=" + folder.resolve("one/known_hosts")),
        "UserKnownHostsFile=" + folder.resolve("both"));
    SandboxProvider provider =
        provider(
            one,
            Map.of(
                "hosts",
                List.of(one.address(), two.address()),
                "ssh_options",
                options,
                "workspace",
                "the workspace"));
    prepare(provider);
    List<Sandbox> sandboxes = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      sandboxes.add(start(provider, i));
    }
    assertThatThrownBy(() -> start(provider, 5))
        .isInstanceOf(SandboxException.Unavailable.class)
        .hasMessageContaining("4 slots");
    one.killAll();
    for (Sandbox sandbox : sandboxes) {
      if (sandbox.handle().startsWith(one.address())) {
        assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
        assertThat(sandbox.awaitDeath().message()).contains(one.address());
        assertThatThrownBy(() -> output(sandbox, "true"))
            .isInstanceOf(SandboxException.SandboxDead.class);
      } else {
        assertThat(output(sandbox, "cat file")).isEqualTo("of the project");
      }
    }
    assertThat(sandboxes.stream().filter(s -> s.handle().startsWith(one.address()))).hasSize(2);
  }

  @Test
  void aHostThatStandsStillIsLostAndCleansUpByItselfWhenItGoesOn() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    long pid = Long.parseLong(output(sandbox, "sleep 600 >/dev/null 2>&1 & echo $!").strip());
    server.freeze();
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
    server.thaw();
    eventually(() -> ProcessHandle.of(pid).isEmpty() && server.leftovers().isEmpty());
  }

  @Test
  void aConnectionThatIsCutIsReplacedWithoutAPause() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    Sandbox other = start(provider, 2);
    server.killSessions();
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
    assertThat(other.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
    // Both slots are free although neither sandbox is closed yet; one start waits for the other.
    FutureTask<Sandbox> third = new FutureTask<>(() -> start(provider, 3));
    Thread.ofVirtual().start(third);
    assertThat(output(start(provider, 4), "cat file")).isEqualTo("of the project");
    assertThat(output(third.get(), "cat file")).isEqualTo("of the project");
    sandbox.close();
    other.close();
    assertThatThrownBy(() -> start(provider, 5)).hasMessageContaining("2 slots, all in use");
    assertThat(progress).contains("host " + server.address() + " is back");
  }

  @Test
  void nothingIsBegunOnASilentConnectionAndNobodyWaitsForIt() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    server.freezeSessions();
    eventually(() -> sandbox.poll() instanceof Liveness.Unknown);
    // Before `ssh` itself gives the connection up.
    assertThat(output(start(provider, 2), "cat file")).isEqualTo("of the project");
    sandbox.close();
    server.thaw();
    eventually(() -> server.leftovers().stream().noneMatch(left -> left.contains(token(sandbox))));
  }

  private static String token(Sandbox sandbox) {
    return sandbox.handle().split(" ")[1];
  }

  @Test
  void theEndOfOneConnectionCostsItsSandboxesAndKeepsTheWorkspace() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of("slots", 4), "echo once >>inits");
    prepare(provider);
    List<Sandbox> onFirst = new ArrayList<>();
    for (int i = 1; i <= SshConnection.SANDBOXES; i++) {
      onFirst.add(start(provider, i));
    }
    Sandbox onSecond = start(provider, 4);
    server.killOldestSession();
    for (Sandbox sandbox : onFirst) {
      assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
      sandbox.close();
    }
    for (int i = 5; i <= 7; i++) {
      assertThat(output(start(provider, i), "cat inits")).isEqualTo("once\n");
    }
    assertThat(output(onSecond, "cat inits")).isEqualTo("once\n");
    SandboxProvider other = provider(server, Map.of());
    assertThatThrownBy(() -> prepare(other))
        .hasMessageContaining("another run of Offload uses the workspace");
  }

  @Test
  void anUploadDoesNotMakeTheFolderOfASandboxAgainThatWasRemoved() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    sandbox.upload(project.resolve("file"), sandbox.scratch() + "/a/file");
    assertThat(output(sandbox, "cat \"$TMPDIR/a/file\"; rm -rf \"$TMPDIR\""))
        .isEqualTo("of the project");
    assertThatThrownBy(() -> sandbox.upload(project.resolve("file"), sandbox.scratch() + "/a/file"))
        .isInstanceOf(SandboxException.Transient.class);
    assertThat(Path.of(sandbox.scratch())).doesNotExist();
  }

  @Test
  void aLostHostMayComeBack() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    server.killAll();
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
    sandbox.close();
    assertThatThrownBy(() -> start(provider, 2))
        .isInstanceOf(SandboxException.Transient.class)
        .hasMessageContaining("no host answers any more");
    server.restart();
    Sandbox[] again = new Sandbox[1];
    eventually(() -> {
      try {
        again[0] = start(provider, 3);
        return true;
      } catch (SandboxException.Transient _) {
        return false;
      }
    });
    assertThat(output(again[0], "cat file")).isEqualTo("of the project");
    assertThat(progress).contains("host " + server.address() + " is back");
  }

  @Test
  void onlyWhatChangedIsSentAgain() throws Exception {
    SshServer server = server("host");
    Files.createDirectories(project.resolve("a folder"));
    Files.writeString(project.resolve("a folder/it's -n \"strange\" ünï"), "x");
    Files.writeString(project.resolve("two\nlines"), "y");
    Files.writeString(project.resolve("-rf"), "z");
    Files.createSymbolicLink(project.resolve("link"), Path.of("file"));
    Files.writeString(project.resolve("old"), "will go");
    SandboxProvider first = provider(server, Map.of());
    prepare(first);
    Sandbox sandbox = start(first, 1);
    assertThat(output(sandbox, "cat file link -- -rf 'two\nlines' a*/it*"))
        .isEqualTo("of the projectof the projectzyx");
    output(sandbox, "mkdir made && echo by-a-test >made/x && echo spoilt >old");
    first.close();
    assertThat(progress).contains(server.address() + ": 6 files sent");

    progress.clear();
    Files.delete(project.resolve("old"));
    Files.writeString(project.resolve("file"), "changed");
    assertThat(project.resolve("-rf").toFile().setExecutable(true)).isTrue();
    SandboxProvider second = provider(server, Map.of());
    prepare(second);
    // The link, and the name with a line end, of which `cksum` can say nothing, go every time.
    assertThat(progress).contains(server.address() + ": 4 files sent");
    assertThat(output(start(second, 1), "cat file made/x; [ -x ./-rf ] && [ ! -e old ] && echo so"))
        .isEqualTo("changedby-a-test\nso\n");
  }

  @Test
  void whatGitIgnoresStaysHere() throws Exception {
    SshServer server = server("host");
    Files.writeString(project.resolve(".gitignore"), "*.o\n");
    Files.writeString(project.resolve("made.o"), "x");
    new ProcessBuilder("git", "init", "-q", project.toString()).inheritIO().start().waitFor();
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    assertThat(output(start(provider, 1), "ls -A")).isEqualTo(".gitignore\nfile\n");
  }

  @Test
  void whatRunsLeaveBehindStaysHere() throws Exception {
    SshServer server = server("host");
    for (String name : List.of("test-results/deep", "__pycache__")) {
      Files.createDirectories(project.resolve(name));
      Files.writeString(project.resolve(name).resolve("x"), "x");
    }
    Files.writeString(project.resolve("test-results/.offload-run"), "");
    SandboxProvider walked = provider(server, Map.of());
    prepare(walked);
    assertThat(output(start(walked, 1), "ls -A")).isEqualTo("file\n");
    walked.close();
    new ProcessBuilder("git", "init", "-q", project.toString()).inheritIO().start().waitFor();
    SandboxProvider known = provider(server, Map.of());
    prepare(known);
    assertThat(output(start(known, 1), "ls -A")).isEqualTo("file\n");
  }

  @Test
  void theInitCommandRunsOnceOnEachHostAndItsFailureLeavesTheHostOut() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of(), "echo made here; echo once >>inits");
    prepare(provider);
    assertThat(progress).contains(server.address() + ": made here");
    Sandbox _ = start(provider, 1);
    assertThat(output(start(provider, 2), "cat inits")).isEqualTo("once\n");
    provider.close();
    SandboxProvider failing = provider(server, Map.of(), "echo why >&2; exit 3");
    assertThatThrownBy(() -> prepare(failing))
        .hasMessageContaining("sandbox_init_cmd ended with exit code 3: why");
    assertThat(progress).contains(server.address() + ": why");
  }

  @Test
  void whatPreparesAHostEndsWithTheConnection() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider =
        provider(server, Map.of(), "trap '' HUP PIPE; echo $$ >pid.new; mv pid.new pid; sleep 600");
    FutureTask<String> preparing =
        new FutureTask<>(() -> {
          prepare(provider);
          return "";
        });
    Thread.ofVirtual().start(preparing);
    Path pid = folder.resolve("workspace/pid");
    eventually(() -> Files.exists(pid));
    server.killSessions();
    long init = Long.parseLong(Files.readString(pid).strip());
    eventually(() -> ProcessHandle.of(init).isEmpty());
    eventually(() -> server.leftovers().isEmpty());
  }

  @Test
  void aSecondRunIsKeptOutOfAWorkspaceInUse() throws Exception {
    SshServer server = server("host");
    SandboxProvider first = provider(server, Map.of());
    prepare(first);
    SandboxProvider second = provider(server, Map.of());
    assertThatThrownBy(() -> prepare(second))
        .hasMessageContaining("another run of Offload uses the workspace");
    first.close();
    prepare(second);
  }

  @Test
  void valuesOfVariablesStandOnNoCommandLine() throws Exception {
    SshServer server = server("host");
    SandboxProvider provider = provider(server, Map.of());
    prepare(provider);
    Sandbox sandbox = start(provider, 1);
    Command command =
        Command.shell("until [ -e go ]; do sleep 0.1; done; echo \"$SECRET\"")
            .withEnv(Map.of("SECRET", "very-secret-value"));
    CollectedOutput output = new CollectedOutput();
    FutureTask<Exit> run = new FutureTask<>(() -> sandbox.run(command, output));
    Thread.ofVirtual().start(run);
    eventually(() -> commandLines().stream().anyMatch(line -> line.contains("until [ -e go ]")));
    assertThat(commandLines()).noneMatch(line -> line.contains("very-secret-value"));
    sandbox.run(Command.shell(": >go"), OutputSink.discard());
    assertThat(run.get(60, TimeUnit.SECONDS).isSuccess()).isTrue();
    assertThat(output.stdout()).isEqualTo("very-secret-value\n");
  }

  private static List<String> commandLines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        try {
          lines.add(Files.readString(process.resolve("cmdline")).replace('\0', ' '));
        } catch (IOException _) {
          lines.add(""); // not a process, or over
        }
      }
    }
    return lines;
  }

  private interface Check {
    boolean holds() throws Exception;
  }

  private static void eventually(Check check) throws Exception {
    for (int i = 0; i < 600; i++) {
      if (check.holds()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("it did not come about within a minute");
  }
}
