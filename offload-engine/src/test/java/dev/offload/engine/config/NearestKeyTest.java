package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestKeyTest {
  private static final List<String> KEYS =
      List.of("max_parallel", "max_parallel_collection", "test_timeout_secs", "env", "bin");

  @ParameterizedTest
  @CsvSource({
    "max_paralel, max_parallel",
    "maxparallel, max_parallel",
    "MAX-PARALLEL, max_parallel",
    "max_parallel_collections, max_parallel_collection",
    "timeout_secs, test_timeout_secs",
    "nev, env",
    "envs, env"
  })
  void aSlipFindsTheKeyThatWasMeant(String word, String key) {
    assertThat(NearestKey.of(word, KEYS)).contains(key);
  }

  @ParameterizedTest
  @CsvSource({"stream_output", "retry_count", "x", "''"})
  void anotherWordFindsNothing(String word) {
    assertThat(NearestKey.of(word, KEYS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"abc, abc, 0", "abc, acb, 1", "abc, '', 3", "kitten, sitting, 3", "ab, ba, 1"})
  void theDistanceCountsEdits(String a, String b, int distance) {
    assertThat(NearestKey.distance(a, b)).isEqualTo(distance);
    assertThat(NearestKey.distance(b, a)).isEqualTo(distance);
  }
}
