package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.Command;
import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.config.OffloadConfig.ArtifactSettings;
import dev.offload.testkit.ScriptedProvider;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Packs with the script in every shell a sandbox may have, and unpacks.
@Tag("tools")
@ParameterizedClass
@MethodSource("shells")
class ArtifactsTest {
  private static final SandboxId SB = new SandboxId(3);
  private static final BatchId BATCH = new BatchId(7);

  @Parameter private List<String> shell;

  @TempDir private Path place;
  private final List<String> warnings = new ArrayList<>();
  private Path project;
  private Path output;
  private ScriptedProvider provider;
  private Sandbox sandbox;

  static List<List<String>> shells() {
    return List.of(
        List.of("/bin/dash"),
        List.of("/bin/bash"),
        List.of(TestTools.require("busybox/busybox").toString(), "sh"));
  }

  @BeforeEach
  void make() throws Exception {
    project = Files.createDirectories(place.resolve("project"));
    output = Files.createDirectories(project.resolve("test-results"));
    provider = ScriptedProvider.running(project);
    sandbox = provider.start(SandboxImage.NONE, new SandboxSpec(SB, "run"));
  }

  @AfterEach
  void close() throws Exception {
    provider.close();
  }

  private Artifacts artifacts(int limitBytes, String... globs) {
    return new Artifacts(
        output, new ArtifactSettings(List.of(globs), false, limitBytes), warnings::add);
  }

  private int run(Command command) throws Exception {
    List<String> argv = new ArrayList<>(shell);
    argv.addAll(command.argv().subList(1, command.argv().size()));
    return new ProcessBuilder(argv).directory(project.toFile()).inheritIO().start().waitFor();
  }

  /// Files of before the batch have an earlier time, however coarse the clock of the disk is.
  private Path old(String name) throws IOException {
    Path file = file(name, "old");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    return file;
  }

  private Path file(String name, String content) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void mark(Artifacts artifacts) throws Exception {
    assertThat(run(artifacts.mark(sandbox))).isZero();
    Path mark = Path.of(sandbox.scratch(), "artifacts.mark");
    Files.setLastModifiedTime(mark, FileTime.from(Instant.now().minusSeconds(10)));
  }

  /// Return what arrived, by name.
  private Map<String, String> bring(Artifacts artifacts) throws Exception {
    if (run(artifacts.pack(sandbox)) == Artifacts.FOUND) {
      Path local = place.resolve("archive");
      assertThat(sandbox.download(artifacts.archive(sandbox), local)).isTrue();
      artifacts.unpack(local, sandbox, BATCH);
    }
    return arrived();
  }

  private Map<String, String> arrived() throws IOException {
    Map<String, String> arrived = new TreeMap<>();
    Path folder = output.resolve("artifacts/sb-3/batch-7");
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          arrived.put(folder.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return arrived;
  }

  @Test
  void bringsWhatWasMadeTheMomentAfterTheMark() throws Exception {
    Artifacts artifacts = artifacts(1_000_000, "*.txt");
    List<String> command = artifacts.mark(sandbox).argv();
    // The mark's own script, and the file in the same shell: nothing is sooner.
    String script = command.get(2) + "\n: >made.txt";
    List<String> argv = new ArrayList<>(shell);
    argv.addAll(List.of("-c", script, command.get(3), command.get(4)));
    assertThat(new ProcessBuilder(argv).directory(project.toFile()).start().waitFor()).isZero();

    assertThat(bring(artifacts)).containsOnlyKeys("made.txt");
  }

  @Test
  void bringsWhatWasMadeOrChangedSinceTheMark() throws Exception {
    Artifacts artifacts = artifacts(1_000_000, "reports/*.txt", "**/*.log");
    old("reports/old.txt");
    Path changed = old("reports/changed.txt");
    mark(artifacts);
    Files.writeString(changed, "new");
    file("reports/deep/made.txt", "a\0b\n");
    file("top.log", "");
    file("a/b/c.log", "c");
    file("a/b/c.other", "no");

    assertThat(bring(artifacts))
        .containsExactlyEntriesOf(
            new TreeMap<>(
                Map.of(
                    "reports/changed.txt",
                    "new",
                    "reports/deep/made.txt",
                    "a\0b\n",
                    "top.log",
                    "",
                    "a/b/c.log",
                    "c")));
    assertThat(warnings).isEmpty();
  }

  @Test
  void leavesOutItsOwnOutput() throws Exception {
    Artifacts artifacts = artifacts(1_000_000, "*.txt");
    mark(artifacts);
    file("test-results/artifacts/sb-1/batch-1/x.txt", "x");

    assertThat(run(artifacts.pack(sandbox))).isZero();
  }

  @Test
  void takesOddNamesAndFollowsNoLink() throws Exception {
    Artifacts artifacts = artifacts(1_000_000, "odd/*");
    mark(artifacts);
    file("odd/new\nline", "1");
    file("odd/ends with one\n", "2");
    file("odd/-n %s \"quoted\" 'twice' $(touch x)", "3");
    file("odd/ümlaut ✓", "4");
    file("secret", "s");
    Files.createSymbolicLink(project.resolve("odd/link"), project.resolve("secret"));
    Files.createSymbolicLink(project.resolve("odd/folder"), Path.of("/etc"));

    assertThat(bring(artifacts))
        .containsOnlyKeys(
            "odd/new%0Aline",
            "odd/ends with one%0A", "odd/-n %s \"quoted\" 'twice' $(touch x)", "odd/ümlaut ✓");
    assertThat(project.resolve("x")).doesNotExist();
  }

  @Test
  void leavesOutWhatIsTooMuchAndSaysSo() throws Exception {
    Artifacts artifacts = artifacts(1000, "*.bin");
    mark(artifacts);
    file("huge.bin", "x".repeat(2000));
    file("small.bin", "y");

    assertThat(bring(artifacts)).containsOnlyKeys("small.bin");
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("sb-3, batch-7: left out huge.bin, because", "download_limit_mb");
  }

  @Test
  void aHostileArchiveWritesNothingElsewhere() throws Exception {
    for (String name : List.of("../evil", "/evil", "a/../../evil", "a//evil", "..")) {
      Path archive = place.resolve("hostile");
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      Files.writeString(archive, "file " + bytes.length + " 2\n" + name + "hifile 2 1\nokkend\n");

      artifacts(1000, "*").unpack(archive, sandbox, BATCH);

      assertThat(arrived()).containsOnlyKeys("ok");
      assertThat(warnings.removeLast()).contains("leads elsewhere");
      try (Stream<Path> all = Files.walk(place)) {
        assertThat(all).noneMatch(file -> file.endsWith("evil"));
      }
    }
  }

  @Test
  void aCutArchiveKeepsWhatCameBeforeTheCut() throws Exception {
    Path archive = place.resolve("cut");
    Files.writeString(archive, "file 1 2\nahifile 1 100\nbshort");

    artifacts(1000, "*").unpack(archive, sandbox, BATCH);

    assertThat(arrived()).containsEntry("a", "hi");
    assertThat(warnings).singleElement().asString().contains("cut off");
  }
}
