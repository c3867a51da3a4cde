package dev.offload.provider.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFolderTest {
  @TempDir private Path root;

  private void file(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @ParameterizedTest
  @CsvSource({
    "*.log, a.log, true",
    "*.log, deep/a.log, false",
    "**/*.log, deep/er/a.log, true",
    "**/*.log, a.log, true",
    "build, build/x/y, true",
    "/build/, build/x, true",
    "./build, build, true",
    "build, rebuild, false",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[ab].txt, b.txt, true",
    "[ab].txt, c.txt, false",
    "a/**/z, a/b/c/z, true",
    "a/**/z, a/z, true",
    "**, anything/at/all, true",
    "a.b, axb, false",
    "# a remark, # a remark, false",
  })
  void aLineFitsAsDockerHasIt(String line, String path, boolean ignored) {
    assertThat(IgnoreFile.parse(List.of(line)).ignores(path)).isEqualTo(ignored);
  }

  @Test
  void theLastLineThatFitsDecides() {
    IgnoreFile rules = IgnoreFile.parse(List.of("docs", "!docs/keep", "docs/keep/not", ""));
    assertThat(rules.ignores("docs/a")).isTrue();
    assertThat(rules.ignores("docs/keep/a")).isFalse();
    assertThat(rules.ignores("docs/keep/not")).isTrue();
  }

  @Test
  void whatRunsLeaveAndWhatIsIgnoredStaysOut() throws IOException {
    file(".dockerignore", "*.tmp\nvendor\n!vendor/ours\n");
    file("a.py", "");
    file("b.tmp", "");
    file("vendor/theirs/x", "");
    file("vendor/ours/x", "");
    file("results/.offload-run", "");
    file("results/junit.xml", "");
    file("deep/__pycache__/a.pyc", "");
    file(".git/HEAD", "");
    assertThat(ImageFolder.copied(root).files())
        .containsExactly(".dockerignore", "a.py", "vendor/ours/x");
    assertThat(ImageFolder.context(root).files()).contains(".git/HEAD");
  }

  @Test
  void theFingerprintChangesWithNamesContentsAndExecutability() throws IOException {
    file("a", "1");
    String before = ImageFolder.copied(root).fingerprint();
    assertThat(ImageFolder.copied(root).fingerprint()).isEqualTo(before);
    file("a", "2");
    String changed = ImageFolder.copied(root).fingerprint();
    assertThat(changed).isNotEqualTo(before);
    assertThat(root.resolve("a").toFile().setExecutable(true)).isTrue();
    String executable = ImageFolder.copied(root).fingerprint();
    assertThat(executable).isNotEqualTo(changed);
    Files.move(root.resolve("a"), root.resolve("b"));
    assertThat(ImageFolder.copied(root).fingerprint()).isNotEqualTo(executable);
  }

  @Test
  void linksThatLeadToNoFileAreListedApartAndCount() throws IOException {
    Files.createDirectories(root.resolve("folder"));
    Files.createSymbolicLink(root.resolve("to-folder"), Path.of("folder"));
    Files.createSymbolicLink(root.resolve("to-nowhere"), Path.of("/not/here"));
    Files.writeString(root.resolve(".dockerignore"), "*nowhere\n");
    ImageFolder before = ImageFolder.copied(root);
    assertThat(before.links()).containsExactly("to-folder");
    assertThat(before.files()).doesNotContain("to-folder", "to-nowhere");
    String fingerprint = before.fingerprint();
    Files.delete(root.resolve("to-folder"));
    Files.createSymbolicLink(root.resolve("to-folder"), Path.of("."));
    assertThat(ImageFolder.copied(root).fingerprint()).isNotEqualTo(fingerprint);
  }

  @Test
  void aFileWhoseNameIsNotUtf8IsNamed() throws Exception {
    new ProcessBuilder(
            "sh", "-c", "cd -- \"$1\" && : >\"$(printf 'bad\\377')\"", "sh", root.toString())
        .inheritIO()
        .start()
        .waitFor();
    assertThatThrownBy(() -> ImageFolder.copied(root))
        .hasMessageStartingWith("bad")
        .hasMessageContaining("its name is not UTF-8");
    file(".dockerignore", "bad*\n");
    assertThat(ImageFolder.copied(root).files()).containsExactly(".dockerignore");
  }
}
