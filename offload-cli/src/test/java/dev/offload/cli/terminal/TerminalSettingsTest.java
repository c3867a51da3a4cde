package dev.offload.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TerminalSettingsTest {
  private static TerminalSettings on(boolean terminal, Map<String, String> env) {
    return TerminalSettings.of(env, terminal, false, StandardCharsets.UTF_8);
  }

  @Test
  void coloursFollowTheConventions() {
    assertThat(on(true, Map.of()).colour()).isTrue();
    assertThat(on(false, Map.of()).colour()).isFalse();
    assertThat(on(true, Map.of("NO_COLOR", "1")).colour()).isFalse();
    assertThat(on(true, Map.of("NO_COLOR", "")).colour()).isTrue();
    assertThat(on(true, Map.of("NO_COLOR", "1", "FORCE_COLOR", "1")).colour()).isFalse();
    assertThat(on(false, Map.of("FORCE_COLOR", "1")).colour()).isTrue();
    assertThat(on(false, Map.of("CLICOLOR_FORCE", "1")).colour()).isTrue();
    assertThat(on(false, Map.of("CLICOLOR_FORCE", "0")).colour()).isFalse();
    assertThat(on(true, Map.of("FORCE_COLOR", "0")).colour()).isFalse();
    assertThat(on(true, Map.of("CLICOLOR", "0")).colour()).isFalse();
    assertThat(on(true, Map.of("TERM", "dumb")).colour()).isFalse();
    assertThat(on(true, Map.of("TERM", "dumb", "FORCE_COLOR", "1")).colour()).isTrue();
    assertThat(on(false, Map.of("GITHUB_ACTIONS", "true")).colour()).isTrue();
  }

  @Test
  void theLiveViewNeedsATerminalAndNoContinuousIntegration() {
    assertThat(on(true, Map.of()).live()).isTrue();
    assertThat(on(false, Map.of()).live()).isFalse();
    assertThat(on(true, Map.of("CI", "true")).live()).isFalse();
    assertThat(on(true, Map.of("CI", "false")).live()).isTrue();
    assertThat(on(true, Map.of("TERM", "dumb")).live()).isFalse();
    assertThat(TerminalSettings.of(Map.of(), true, true, StandardCharsets.UTF_8).live()).isFalse();
  }

  @Test
  void charactersBeyondAsciiNeedAnEncodingThatHasThem() {
    assertThat(on(true, Map.of()).unicode()).isTrue();
    for (Charset charset : new Charset[] {StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1}) {
      assertThat(TerminalSettings.of(Map.of(), true, false, charset).unicode()).isFalse();
    }
  }
}
