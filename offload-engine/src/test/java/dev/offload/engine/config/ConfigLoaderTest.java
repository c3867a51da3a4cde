package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import dev.offload.engine.config.OffloadConfig.RunSettings;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir private Path project;

  @Test
  void theDefaultsAreThoseThatAreDocumented() throws Exception {
    LoadedConfig loaded = ConfigFile.in(project).load(ConfigFile.MINIMAL);
    OffloadConfig config = loaded.config();

    assertThat(loaded.warnings()).isEmpty();
    assertThat(config.run())
        .isEqualTo(
            new RunSettings(
                10,
                Duration.ofMinutes(15),
                project,
                "/app",
                "/app",
                "",
                "",
                true,
                Runtime.getRuntime().availableProcessors(),
                true));
    assertThat(config.provider().retry())
        .isEqualTo(
            new RetrySettings(
                3, Duration.ofMillis(500), Duration.ofSeconds(8), Duration.ofMinutes(2), -1));
    assertThat(config.provider().silence())
        .isEqualTo(
            new SilenceSettings(
                Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ofSeconds(5)));
    assertThat(config.groups())
        .containsExactly(new GroupSettings("all", "default", 0, "", false, Duration.ofMinutes(15)));
    assertThat(config.report())
        .isEqualTo(
            new ReportSettings(
                project.resolve("test-results"),
                true,
                "junit.xml",
                OffloadConfig.ArtifactSettings.NONE));
    assertThat(config.history()).isEmpty();
    assertThat(config.frameworks().values())
        .extracting(OffloadConfig.FrameworkChoice::warm)
        .containsOnly(new OffloadConfig.WarmSettings(true, 0, 1024));
  }

  @Test
  void groupsKeepTheOrderOfTheFile() throws Exception {
    String text =
        """
        [groups.zeta]
        [offload]
        sandbox_repo_root = "/app"
        [groups.alpha]
        [groups."with a blank"]
        filters = "-m 'not slow'"
        [provider]
        type = "local"
        [groups]
        dotted.retry_count = 3
        inline = { retry_count = 4 }
        [framework]
        type = "pytest"
        [groups.beta]
        """;
    assertThat(ConfigFile.in(project).load(text).config().groups())
        .extracting(GroupSettings::name)
        .containsExactly("zeta", "alpha", "with a blank", "dotted", "inline", "beta");
  }

  @Test
  void variablesOfTheProviderAreExpandedAndOrdered() throws Exception {
    ConfigFile file =
        ConfigFile.in(project)
            .withEnvironment(Map.of("TOKEN", "${secret}", "EMPTY", ""))
            .withOverrides(
                new ConfigOverrides(OptionalInt.of(3), Map.of("B", "over"), List.of("a:b")));
    String text =
        ConfigFile.MINIMAL
            + """
            [provider.env]
            Z = "${TOKEN}"
            B = "${EMPTY:-not used}${NONE:-used}$$HOME $HOME"
            A = "$${TOKEN}"
            """;
    OffloadConfig config = file.load(text).config();
    assertThat(config.provider().env().entrySet().stream().map(Object::toString))
        .containsExactly("OFFLOAD_ROOT=/app", "Z=${secret}", "B=over", "A=${TOKEN}");
    assertThat(config.run().maxParallel()).isEqualTo(3);
  }
}
