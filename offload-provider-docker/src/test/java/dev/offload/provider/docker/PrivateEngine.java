package dev.offload.provider.docker;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Docker engine beside the one of the machine, which a test may stop and fill up. Only root can
/// start one.
final class PrivateEngine {
  private final Path folder;
  private final Path data;
  private final List<Path> mounted = new ArrayList<>();
  private Process daemon;

  /// Start it.
  ///
  /// @param folder an empty folder with a short name
  /// @param megabytes how big the disk is that holds its images and containers
  PrivateEngine(Path folder, int megabytes) throws IOException, InterruptedException {
    this.folder = folder;
    data = Files.createDirectories(folder.resolve("data"));
    mount(data, megabytes);
    daemon = start();
  }

  private void mount(Path on, int megabytes) throws IOException, InterruptedException {
    must("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", on.toString());
    mounted.add(on);
  }

  /// Put a disk of one megabyte on a folder of this machine, until the end.
  void mountSmallDisk(Path on) throws IOException, InterruptedException {
    mount(on, 1);
  }

  private static void must(String... words) throws IOException, InterruptedException {
    if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
      throw new AssertionError("failed: " + List.of(words));
    }
  }

  private Process start() throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    // In a network of its own: two engines in one share the bridge of their containers.
    List<String> words = new ArrayList<>(List.of("unshare", "--net", "dockerd"));
    words.addAll(List.of("--host", address(), "--pidfile", folder + "/pid", "--iptables=false"));
    words.addAll(List.of("--data-root", data.toString(), "--exec-root", folder + "/run"));
    Process started =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Engine engine = client();
    for (int i = 0; !engine.answers(); i++) {
      if (i > 1_200 || !started.isAlive()) {
        throw new AssertionError("the engine does not answer: " + Files.readString(log));
      }
      Thread.sleep(100);
    }
    engine.close();
    return started;
  }

  /// Return what stands under `host`.
  String address() {
    return "unix://" + folder.resolve("socket");
  }

  /// Return a client.
  Engine client() {
    try {
      return Engine.at(address());
    } catch (SandboxException e) {
      throw new AssertionError(e);
    }
  }

  /// End it as `systemctl stop docker` does; its containers end with it.
  void stop() throws InterruptedException {
    daemon.destroy();
    if (!daemon.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the engine does not end");
    }
  }

  /// Start it again.
  void restart() throws IOException, InterruptedException {
    daemon = start();
  }

  /// End it for good.
  void end() throws IOException, InterruptedException {
    stop();
    for (Path disk : mounted) {
      must("umount", "--lazy", disk.toString());
    }
    Folders.remove(folder);
  }
}
