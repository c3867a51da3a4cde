package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CliReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/cli.md");
  private static final String RENEW =
      "mvn -q -Dquick -pl offload-cli -am test -Dtest=CliReferenceTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Doffload.renew=true";

  @Test
  void theCheckedInReferenceIsWhatTheCommandsSay() throws IOException {
    if (Boolean.getBoolean("offload.renew")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, CliReference.text());
    }

    assertThat(PAGE)
        .as("docs/reference/cli.md is out of date; renew it with: %s", RENEW)
        .hasContent(CliReference.text());
  }
}
