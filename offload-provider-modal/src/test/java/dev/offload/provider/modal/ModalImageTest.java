package dev.offload.provider.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.FakeModal;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes into an image, and what a sandbox is asked to be.
@Tag("tools")
@Timeout(120)
class ModalImageTest {
  private static FakeModal modal;

  @TempDir private Path project;
  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void startServer() throws IOException {
    modal = Providers.server("--run", ": here;", "--secret", "keys", "--volume", "store");
  }

  @AfterAll
  static void endServer() throws IOException {
    modal.close();
  }

  private SandboxProvider provider(String init, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("sdk", modal.sdk(2));
    return new ModalProviderFactory()
        .create(MapSettings.of(all), Providers.context(project, "/app", init));
  }

  private String build(String init, Map<String, ?> settings) throws Exception {
    try (SandboxProvider provider = provider(init, settings)) {
      return provider.prepare(new PrepareRequest(true), said::add).id();
    }
  }

  private void file(String name, String content) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void aDockerfileTheFoldersAndTheInitCommandMakeTheImage() throws Exception {
    file("Dockerfile", "FROM python:3.12 AS base\nFROM base\nWORKDIR /srv\nCOPY src ./src\n");
    file("src/a.py", "");
    file("src/secret.key", "");
    file("other.txt", "");
    file(".git/HEAD", "");
    file("test-results/.offload-run", "");
    file("test-results/junit.xml", "");
    file("data/one", "");
    file(".dockerignore", "# remarks\n*.log\n**/*.key\n");
    file("x.log", "");

    String image =
        build(
            ": here; echo made > made-by-init && echo init is done",
            Map.of(
                "dockerfile", "Dockerfile", "include_cwd", true, "copy_dirs", List.of("data:/d")));

    String files = modal.order("{\"do\": \"image\", \"image\": \"" + image + "\"}");
    assertThat(files)
        .contains("\"srv/src/a.py\"", "\"app/other.txt\"", "\"app/src/a.py\"", "\"d/one\"")
        .contains("made-by-init")
        .doesNotContain("secret.key", "x.log", ".git", "test-results");
    assertThat(said).contains("init is done");
  }

  @Test
  void aLargeFileGetsIntoTheImageToo() throws Exception {
    String content = "0123456789".repeat(500_000);
    file("large", content);
    String image = build("", Map.of("include_cwd", true));
    Path back = project.resolve("back");
    try (SandboxProvider provider = provider("", Map.of());
        Sandbox sandbox =
            provider.start(new SandboxImage(image), new SandboxSpec(new SandboxId(1), "run"))) {
      assertThat(sandbox.download("/app/large", back)).isTrue();
    }
    assertThat(Files.readString(back)).isEqualTo(content);
  }

  @Test
  void theKeyChangesWithEverythingTheImageIsMadeFrom() throws Exception {
    file("Dockerfile", "FROM python:3.12\nCOPY . /app\n");
    file("a.py", "1");
    Map<String, ?> settings = Map.of("dockerfile", "Dockerfile");
    String key = key("", settings);
    file("test-results/.offload-run", "");
    file("test-results/junit.xml", "");
    file("__pycache__/a.pyc", "");
    assertThat(key("", settings)).isEqualTo(key);
    assertThat(key("true", settings)).isNotEqualTo(key);
    assertThat(key("", Map.of("dockerfile", "Dockerfile", "include_cwd", true))).isNotEqualTo(key);
    file("a.py", "2");
    String changed = key("", settings);
    assertThat(changed).isNotEqualTo(key);
    file(".dockerignore", "a.py");
    assertThat(key("", settings)).isNotEqualTo(changed);
    file("Dockerfile", "FROM python:3.13\n");
    assertThat(key("", settings)).doesNotContain("3.12");
  }

  private String key(String init, Map<String, ?> settings) throws Exception {
    try (SandboxProvider provider = provider(init, settings)) {
      return provider.imageKey().orElseThrow();
    }
  }

  @Test
  void anImageIsKnownUntilItExpires() throws Exception {
    try (SandboxProvider provider = provider("", Map.of())) {
      SandboxImage image = provider.prepare(new PrepareRequest(true), said::add);
      assertThat(provider.hasImage(image)).isTrue();
      assertThat(provider.hasImage(new SandboxImage("im-other"))).isFalse();
      modal.order("{\"do\": \"forget_image\", \"image\": \"" + image.id() + "\"}");
    }
    try (SandboxProvider later = provider("", Map.of())) {
      SandboxImage again = later.prepare(new PrepareRequest(true), said::add);
      assertThat(later.hasImage(again)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aSandboxOfAnImageThatVanishedIsNotStartedAndItIsSaidWhy(int version) throws Exception {
    try (SandboxProvider provider =
        provider("", Map.of("workdir", "/", "sdk", modal.sdk(version)))) {
      SandboxImage image = provider.prepare(new PrepareRequest(true), said::add);
      provider.start(image, new SandboxSpec(new SandboxId(1), "run")).close();
      modal.order("{\"do\": \"forget_image\", \"image\": \"" + image.id() + "\"}");
      assertThatThrownBy(() -> provider.start(image, new SandboxSpec(new SandboxId(2), "run")))
          .isInstanceOf(SandboxException.ImageGone.class)
          .hasMessageContaining(image.id());
      SandboxImage again = provider.prepare(new PrepareRequest(true), said::add);
      provider.start(again, new SandboxSpec(new SandboxId(3), "run")).close();
      assertThat(modal.sandboxes()).isEmpty();
    }
  }

  @Test
  void withoutTheCacheTheImageIsBuiltAnew() throws Exception {
    String first = build("", Map.of());
    int builds = Integer.parseInt(modal.order("{\"do\": \"builds\"}"));
    assertThat(build("", Map.of())).isEqualTo(first);
    assertThat(modal.order("{\"do\": \"builds\"}")).isEqualTo(Integer.toString(builds));
    try (SandboxProvider provider = provider("", Map.of())) {
      assertThat(provider.prepare(new PrepareRequest(false), said::add).id()).isEqualTo(first);
    }
    assertThat(Integer.parseInt(modal.order("{\"do\": \"builds\"}"))).isGreaterThan(builds);
  }

  @Test
  void aSandboxIsAskedToBeWhatTheSettingsSay() throws Exception {
    Map<String, ?> settings =
        Map.of(
            "cpu_cores",
            1.5,
            "memory_gb",
            0.5,
            "timeout_secs",
            120,
            "idle_timeout_secs",
            61.5,
            "experimental_options",
            "{\"vm\": true}",
            "secrets",
            List.of("keys"),
            "volumes",
            Map.of("/data", "store"),
            "workdir",
            "/",
            "region",
            "eu",
            "block_network",
            true);
    try (SandboxProvider provider = provider("", settings)) {
      Sandbox sandbox =
          provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(3), "the-run"));
      assertThat(modal.order("{\"do\": \"sandbox\", \"sandbox\": \"" + sandbox.handle() + "\"}"))
          .contains("\"offload_run\": \"the-run\"", "\"offload_sandbox\": \"sb-3\"")
          .contains("\"cpu\": 1.5", "\"memory\": 512", "\"timeout\": 120", "\"idle_timeout\": 62")
          .contains("\"vm\"");
      assertThat(provider.price().orElseThrow().usdPerSecond())
          .isCloseTo(
              1.5 * 0.00003942 + 0.5 * 0.00000672, org.assertj.core.data.Offset.offset(1e-9));
    }
  }

  @Test
  void everySandboxOfARunIsFoundByItsLabel() throws Exception {
    try (SandboxProvider first = provider("", Map.of("workdir", "/"));
        SandboxProvider later = provider("", Map.of())) {
      Sandbox one = first.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "killed"));
      Sandbox other = first.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "other"));
      assertThat(later.reapRun("killed")).isEqualTo(1);
      assertThat(one.awaitDeath().cause()).isNotNull();
      assertThat(modal.sandboxes()).containsExactly(other.handle());
    }
  }

  @Test
  void aGpuHasItsPrice() {
    MapSettings settings = MapSettings.of(Map.of("gpu", "A100-80GB:2", "memory_gb", 1));
    ModalSettings read = ModalSettings.read(settings, Providers.context(project, "/app", ""));
    assertThat(ModalPrices.of(read).usdPerSecond()).isGreaterThan(2 * 0.000694);
    assertThat(ModalPrices.of(read).basis()).contains("A100-80GB:2", "1 GiB", "prices of");
  }
}
