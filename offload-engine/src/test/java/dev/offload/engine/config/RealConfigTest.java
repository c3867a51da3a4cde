package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.config.OffloadConfig.ArtifactSettings;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.config.OffloadConfig.HistorySettings;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Configurations such as real users have.
class RealConfigTest {
  private static final Path RESOURCES = Path.of("src/test/resources/config/real");

  @TempDir private Path project;

  @Test
  void modalWithDeadKeysLoads() throws Exception {
    LoadedConfig loaded = load("modal.toml");
    OffloadConfig config = loaded.config();

    assertThat(ConfigFile.lines(loaded.warnings()))
        .isEqualTo(
            """
            offload.toml:10:1: `stream_output` in [offload] is not a key that Offload knows and is ignored
            offload.toml:11:1: `retry_count` in [offload] is not a key that Offload knows and is ignored; there is such a key in [groups.unit]
            """);
    assertThat(config.run().maxParallel()).isEqualTo(200);
    assertThat(config.run().testTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.run().sandboxRepoRoot()).isEqualTo("/code/project");
    assertThat(config.provider().env())
        .containsEntry("OFFLOAD_ROOT", "/code/project/libs/app")
        .containsEntry("API_KEY", "s3cr3t")
        .containsEntry("PRICE", "$5 or $6")
        .containsEntry("REGION", "us-east-1");
    assertThat(config.groups())
        .extracting(GroupSettings::name)
        .containsExactly("unit", "acceptance", "docker & friends");
    assertThat(config.groups().get(1).scheduleIndividually()).isTrue();
    assertThat(config.report())
        .isEqualTo(
            new ReportSettings(
                project.resolve("test-results"),
                true,
                "junit.xml",
                new ArtifactSettings(
                    List.of("**/.test_output/**", "*.coverage"), true, 100_000_000)));
    assertThat(config.history())
        .contains(
            new HistorySettings(
                true, project.resolve(".offload/history.jsonl"), 50, Duration.ofSeconds(2)));
  }

  @Test
  void shellCommandsLoad() throws Exception {
    LoadedConfig loaded = load("shell.toml");
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().provider().env())
        .containsExactlyInAnyOrderEntriesOf(Map.of("OFFLOAD_ROOT", "/elsewhere", "CI", "true"));
    assertThat(loaded.config().run().hedging()).isFalse();
  }

  @Test
  void whatInitWroteLoadsWithWarningsOnly() throws Exception {
    LoadedConfig loaded = load("local.toml");
    assertThat(ConfigFile.lines(loaded.warnings()))
        .isEqualTo(
            "offload.toml:26:1: `output_dir` in [report] is empty; \"test-results\" is used\n");
    assertThat(loaded.config().run().sandboxProjectRoot()).isEqualTo("/app");
    assertThat(loaded.config().report())
        .isEqualTo(
            new ReportSettings(
                project.resolve("test-results"), false, "junit.xml", ArtifactSettings.NONE));
  }

  @Test
  void severalFrameworksLoad() throws Exception {
    LoadedConfig loaded = load("several-frameworks.toml");
    assertThat(loaded.warnings()).isEmpty();
    OffloadConfig config = loaded.config();
    assertThat(config.frameworks()).containsOnlyKeys("default", "web");
    assertThat(config.frameworks().get("web"))
        .extracting(FrameworkChoice::type)
        .isEqualTo("vitest");
    assertThat(config.frameworks().get("default"))
        .extracting(FrameworkChoice::env)
        .isEqualTo(Map.of("COVERAGE_CORE", "sysmon"));
    assertThat(config.groups())
        .containsExactly(
            new GroupSettings("python", "default", 0, "", false, Duration.ofSeconds(30)),
            new GroupSettings("browser", "web", 0, "", false, Duration.ofMillis(2500)));
    assertThat(config.provider().retry().attempts()).isEqualTo(5);
    assertThat(config.provider().silence().lost()).isEqualTo(Duration.ofSeconds(10));
  }

  private LoadedConfig load(String name) throws Exception {
    return ConfigFile.in(project)
        .withEnvironment(Map.of("API_KEY", "s3cr3t"))
        .load(Files.readString(RESOURCES.resolve(name)));
  }
}
