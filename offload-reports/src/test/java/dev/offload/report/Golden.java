package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Compare texts with the files beside the tests. With `-Doffload.golden=write` the files are
/// written anew: look at the difference before committing it.
final class Golden {
  private Golden() {}

  static void check(String name, String actual) throws IOException {
    if ("write".equals(System.getProperty("offload.golden"))) {
      Path file = Path.of("src/test/resources/dev/offload/report", name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, actual);
      return;
    }
    try (InputStream expected = Golden.class.getResourceAsStream(name)) {
      assertThat(expected).as("the golden file " + name).isNotNull();
      assertThat(actual)
          .isEqualTo(
              new String(Objects.requireNonNull(expected).readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
