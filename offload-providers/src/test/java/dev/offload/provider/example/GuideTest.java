package dev.offload.provider.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuideTest {
  private static final Path GUIDE = Path.of("../docs/guides/writing-a-provider.md");
  private static final Path EXAMPLE = Path.of("src/test/java/dev/offload/provider/example");

  @ParameterizedTest
  @CsvSource({
    "FolderProvider.java, /// Start",
    "FolderSandbox.java, /// A folder",
    "FolderProviderContractTest.java, class Folder"
  })
  void theGuideShowsTheExampleAsItIs(String file, String start) throws IOException {
    String source = Files.readString(EXAMPLE.resolve(file));
    assertThat(GUIDE).content().contains(source.substring(source.indexOf(start)).strip());
  }
}
