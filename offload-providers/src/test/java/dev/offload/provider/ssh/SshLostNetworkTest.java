package dev.offload.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offload.api.command.Command;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.CollectedOutput;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A host behind a network that drops every packet from one moment on, which only root can make.
@Tag("tools")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshLostNetworkTest {
  @TempDir private Path folder;

  @Test
  void aHostWhosePacketsVanishIsLostAndKeepsNothing() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "only root can make a network namespace");
    int number = ThreadLocalRandom.current().nextInt(1, 60_000);
    String name = "offload-" + number;
    String here = "ofl" + number + "a";
    String there = "ofl" + number + "b";
    String net = "10.213." + number / 240 + "." + (number % 60) * 4;
    String ours = address(net, 1);
    String theirs = address(net, 2);
    ip("netns", "add", name);
    try {
      ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
      ip("addr", "add", ours + "/30", "dev", here);
      ip("link", "set", here, "up");
      ip("-n", name, "addr", "add", theirs + "/30", "dev", there);
      ip("-n", name, "link", "set", there, "up");
      vanish(name, there, theirs);
      ip("link", "del", here);
    } finally {
      ip("netns", "del", name);
    }
  }

  private void vanish(String namespace, String device, String address) throws Exception {
    SshServer server =
        new SshServer(
            folder.resolve("host"),
            List.of(TestTools.require("ssh/ip").toString(), "netns", "exec", namespace),
            "");
    SandboxProvider provider = provider(server, address + ":" + server.port());
    try {
      provider.prepare(new PrepareRequest(true), _ -> {});
      Sandbox sandbox = provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "run"));
      CollectedOutput output = new CollectedOutput();
      sandbox.run(Command.shell("sleep 600 >/dev/null 2>&1 & echo $!"), output);
      long pid = Long.parseLong(output.stdout().strip());
      ip("-n", namespace, "link", "set", device, "down");
      assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.LOST);
      // The host cannot know why it hears nothing; its keeper ends everything all the same.
      for (int i = 0; i < 600; i++) {
        if (ProcessHandle.of(pid).isEmpty() && server.leftovers().isEmpty()) {
          return;
        }
        Thread.sleep(100);
      }
      throw new AssertionError("still there: " + pid + " " + server.leftovers());
    } finally {
      provider.close();
      server.stop();
    }
  }

  private SandboxProvider provider(SshServer server, String host) throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("file"), "of the project");
    return SshProviders.make(
        project,
        Map.of(
            "hosts", List.of(host),
            "slots", 1,
            "workspace", folder.resolve("workspace").toString(),
            "ssh_options", server.options()));
  }

  private static String address(String net, int last) {
    int dot = net.lastIndexOf('.');
    return net.substring(0, dot + 1) + (Integer.parseInt(net.substring(dot + 1)) + last);
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(TestTools.require("ssh/ip").toString());
    line.addAll(List.of(words));
    Process process = new ProcessBuilder(line).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new AssertionError("failed: " + line);
    }
  }
}
