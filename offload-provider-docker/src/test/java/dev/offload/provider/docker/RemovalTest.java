package dev.offload.provider.docker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.sandbox.SandboxException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RemovalTest {
  @Test
  @Timeout(60)
  void anEngineThatHangsIsNotWaitedForAndTheContainersAreNamed() throws Exception {
    // Takes connections and never answers.
    try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Engine engine = Engine.at("tcp://127.0.0.1:" + deaf.getLocalPort())) {
      List<String> containers = List.of("0123456789abcdef", "fedcba9876543210");
      assertThatThrownBy(() -> Removal.removeAll(engine, containers, Duration.ofMillis(200)))
          .isInstanceOf(SandboxException.Transient.class)
          .hasMessageContaining("0123456789ab, fedcba987654")
          .hasMessageContaining("did not remove it within")
          .hasMessageContaining("docker rm -f 0123456789ab fedcba987654");
    }
  }
}
