package dev.offload.api.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void isWhereTheUserWantsIt() {
    Map<String, String> environment =
        Map.of("OFFLOAD_CACHE_DIR", "/fast/cache", "XDG_CACHE_HOME", "/xdg");

    assertThat(CacheFolder.locate(environment, HOME, "Linux")).isEqualTo(Path.of("/fast/cache"));
  }

  @Test
  void followsTheDesktopsConvention() {
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", "/xdg"), HOME, "Linux"))
        .isEqualTo(Path.of("/xdg/offload"));
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", "relative"), HOME, "Linux"))
        .isEqualTo(Path.of("/home/ada/.cache/offload"));
  }

  @Test
  void isTheSystemsOwnOtherwise() {
    assertThat(CacheFolder.locate(Map.of(), HOME, "Linux"))
        .isEqualTo(Path.of("/home/ada/.cache/offload"));
    assertThat(CacheFolder.locate(Map.of(), HOME, "Mac OS X"))
        .isEqualTo(Path.of("/home/ada/Library/Caches/offload"));
  }
}
