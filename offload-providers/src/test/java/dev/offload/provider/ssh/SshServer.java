package dev.offload.provider.ssh;

import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real `sshd` on a loopback port with throw-away keys, for the user who runs the tests.
///
/// What sandboxes make on this "host" goes to [#temporary].
final class SshServer {
  private final Path folder;
  private final int port;
  private Process server;

  SshServer(Path folder) throws IOException, InterruptedException {
    this(folder, List.of(), "");
  }

  /// Start one.
  ///
  /// @param prefix words before `sshd` itself, such as a network namespace to run it in
  /// @param path what is `PATH` for its users, or empty for the usual one
  SshServer(Path folder, List<String> prefix, String path)
      throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.port = freePort();
    Files.createDirectories(temporary());
    makeKeys();
    Files.writeString(
        folder.resolve("sshd_config"),
        """
        Port %d
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        MaxStartups 100:30:200
        SetEnv TMPDIR=%s HOME=%s%s
        """
            .formatted(
                port,
                folder.resolve("host"),
                folder.resolve("client.pub"),
                temporary(),
                folder,
                path.isEmpty() ? "" : " PATH=" + path));
    this.server = start(prefix);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void makeKeys() throws IOException, InterruptedException {
    for (String name : List.of("host", "client")) {
      Process keygen =
          new ProcessBuilder(
                  TestTools.require("ssh/ssh-keygen").toString(),
                  "-q",
                  "-t",
                  "ed25519",
                  "-N",
                  "",
                  "-f",
                  folder.resolve(name).toString())
              .inheritIO()
              .start();
      if (keygen.waitFor() != 0) {
        throw new AssertionError("ssh-keygen failed");
      }
    }
    String key = Files.readString(folder.resolve("host.pub"));
    Files.writeString(folder.resolve("known_hosts"), "* " + key);
  }

  private Process start(List<String> prefix) throws IOException, InterruptedException {
    Path separation = Path.of("/run/sshd");
    if (System.getProperty("user.name").equals("root") && !Files.exists(separation)) {
      Files.createDirectories(
          separation,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    List<String> words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            TestTools.require("ssh/sshd").toRealPath().toString(),
            "-D",
            "-e",
            "-f",
            folder.resolve("sshd_config").toString()));
    Process started =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sshd.log").toFile())
            .start();
    for (int i = 0; !listens(); i++) {
      if (i > 600 || !started.isAlive()) {
        throw new AssertionError("sshd does not answer: " + log());
      }
      Thread.sleep(50);
    }
    return started;
  }

  private boolean listens() throws IOException {
    return log().contains("Server listening on");
  }

  /// Start it again after [#killAll], on the same port.
  void restart() throws IOException, InterruptedException {
    server = start(List.of());
  }

  /// Start it again with another line in its configuration.
  void reconfigure(String line) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("sshd_config"), line + "\n", StandardOpenOption.APPEND);
    killAll();
    restart();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /// Return what a user would write into `ssh_options`.
  List<String> options() {
    return List.of(
        "-F",
        "none",
        "-i",
        folder.resolve("client").toString(),
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "UserKnownHostsFile=" + folder.resolve("known_hosts"));
  }

  /// Return the folder that is `TMPDIR` on the host.
  Path temporary() {
    return folder.resolve("tmp");
  }

  /// List what is left on the host.
  List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(temporary())) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("sshd.log"));
  }

  /// Kill the server and every process it has on this connection or that.
  void killAll() throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    all.add(server.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    server.waitFor(20, TimeUnit.SECONDS);
  }

  /// Kill what serves connections, and leave the server that takes new ones.
  void killSessions() {
    sessions().forEach(ProcessHandle::destroyForcibly);
  }

  /// Kill what serves the oldest connection.
  void killOldestSession() {
    sessions().getFirst().destroyForcibly();
  }

  private List<ProcessHandle> sessions() {
    return server
        .children()
        .filter(process -> process.info().command().orElse("").contains("sshd"))
        .sorted(Comparator.comparing(process -> process.info().startInstant().orElseThrow()))
        .toList();
  }

  /// Stop the server's processes, as if the host stood still: packets are taken and never answered.
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /// Let them go on.
  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /// Stop what serves connections, and leave the server that takes new ones.
  void freezeSessions() throws IOException, InterruptedException {
    signal("-STOP", sessions());
  }

  private void signal(String signal) throws IOException, InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(List.of(server.toHandle()));
    all.addAll(server.descendants().toList());
    signal(signal, all);
  }

  private static void signal(String signal, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("kill", signal));
    processes.forEach(process -> words.add(Long.toString(process.pid())));
    new ProcessBuilder(words).inheritIO().start().waitFor();
  }

  /// End it for good.
  void stop() throws IOException, InterruptedException {
    thaw();
    killAll();
  }
}
