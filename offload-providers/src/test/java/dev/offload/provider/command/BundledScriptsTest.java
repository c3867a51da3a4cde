package dev.offload.provider.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.provider.shell.CommandTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledScriptsTest {
  @TempDir private Path cache;

  @Test
  void aReferenceBecomesThePathOfAnExecutableCopy() throws IOException {
    BundledScripts scripts = new BundledScripts("bundled-test", Optional.of(cache));
    String line =
        resolve(scripts, "run @hello-world.sh a@hello-world.sh '@other.sh' @hello-world.sh");
    Path copy = Path.of(line.split(" ")[1]);
    assertThat(line).isEqualTo("run " + copy + " a@hello-world.sh '@other.sh' " + copy);
    assertThat(copy).startsWith(cache).isExecutable().content().contains("hello");
    assertThat(cache.relativize(copy).getName(0).toString()).hasSize(16);
  }

  @Test
  void whatAScriptNeedsLiesBesideIt() throws IOException {
    BundledScripts scripts = new BundledScripts("bundled-test", Optional.of(cache));
    Path copy = Path.of(resolve(scripts, "@hello-world.sh"));
    assertThat(copy.resolveSibling("words.txt")).isNotEmptyFile();
    assertThat(scripts.problem("@words.txt")).isPresent();
  }

  @Test
  void aCopyThatWasSpoiledIsMadeAgain() throws IOException {
    BundledScripts scripts = new BundledScripts("bundled-test", Optional.of(cache));
    Path copy = Path.of(resolve(scripts, "@hello-world.sh"));
    Files.writeString(copy, "spoiled");
    assertThat(Path.of(resolve(scripts, "@hello-world.sh"))).content().contains("hello");
  }

  @Test
  void anUnknownScriptIsAProblemThatNamesTheKnownOnes() {
    BundledScripts scripts = new BundledScripts("bundled-test", Optional.of(cache));
    assertThat(scripts.problem("uv run @missing.py exec"))
        .contains(
            "There is no bundled script '@missing.py'; known: @hello-world.sh."
                + " Quote the word if it is not meant as one.");
    assertThat(scripts.problem("mail john@doe.org; @hello-world.sh")).isEmpty();
  }

  private static String resolve(BundledScripts scripts, String text) throws IOException {
    return scripts.resolve(new CommandTemplate("create_command", text)).text();
  }
}
