package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher `./offload` in a tree of its own, with a Maven that only pretends to build.
class LauncherIT {
  private static final String MVN =
      """
      #!/bin/sh
      echo "built with $JAVA_HOME" >>builds
      sleep 1
      [ ! -e broken ] || { echo "[ERROR] the reason"; exit 1; }
      mkdir -p offload-cli/target/offload-9/bin
      printf '#!/bin/sh\\necho "started in $(pwd) with: $*"\\n' >offload-cli/target/offload-9/bin/offload
      chmod +x offload-cli/target/offload-9/bin/offload
      echo offload-cli/target/offload-9 >offload-cli/target/distribution.stamp
      """;

  @TempDir private Path folder;
  private Path root;
  private Path launcher;

  @BeforeEach
  void makeATree() throws IOException {
    root = folder.resolve("source tree");
    launcher = root.resolve("offload");
    copy("offload");
    copy("offload-cli/src/main/dist/lib/find-java.sh");
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Path mvn = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
    Files.writeString(mvn, MVN);
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void copy(String file) throws IOException {
    Path target = root.resolve(file);
    Files.createDirectories(target.getParent());
    Files.copy(
        OffloadCommand.sourceRoot().resolve(file), target, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private OffloadCommand command() {
    return OffloadCommand.in(folder).with("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
  }

  private int builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  @Test
  void buildsOnceThenStartsInTheCallersFolder() throws IOException {
    Result first = command().runProgram(launcher.toString(), "run", "a b");
    Result second = command().runProgram(launcher.toString(), "run", "a b");

    assertThat(first.stdout())
        .isEqualTo("started in " + folder.toRealPath() + " with: run a b\n")
        .isEqualTo(second.stdout());
    assertThat(first.errLines()).singleElement().asString().startsWith("offload: building");
    assertThat(second.stderr()).isEmpty();
    assertThat(builds()).isOne();
  }

  @Test
  void twoThatStartAtOnceBuildOnce() throws IOException {
    Running first = command().startProgram(launcher.toString(), "1");
    Running second = command().startProgram(launcher.toString(), "2");

    assertThat(first.await().stdout()).endsWith("with: 1\n");
    assertThat(second.await().stdout()).endsWith("with: 2\n");
    assertThat(builds()).isOne();
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws IOException {
    command().runProgram(launcher.toString());
    Files.setLastModifiedTime(
        root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(100)));

    command().runProgram(launcher.toString());

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void takesOverTheLockOfOneThatDied() throws IOException {
    Path lock = Files.createDirectories(root.resolve(".offload-build/lock"));
    Files.writeString(lock.resolve("pid"), "999999999");

    assertThat(command().runProgram(launcher.toString()).exitCode()).isZero();
  }

  @Test
  void showsTheEndOfTheLogWhenTheBuildFails() throws IOException {
    Files.writeString(root.resolve("broken"), "");

    Result result = command().runProgram(launcher.toString());

    assertThat(result.exitCode()).isEqualTo(70);
    assertThat(result.stderr())
        .contains("the build failed", "[ERROR] the reason", ".offload-build/build.log");
    assertThat(root.resolve(".offload-build/lock")).doesNotExist();
  }

  @Test
  void worksThroughASymbolicLink() throws IOException {
    Path link = folder.resolve("my link");
    Files.createSymbolicLink(link, Path.of("source tree/offload"));

    assertThat(command().runProgram(link.toString(), "x").stdout()).endsWith("with: x\n");
  }

  @Test
  void saysThatMavenIsMissing() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool :
        new String[] {"sh", "find", "head", "mkdir", "cat", "rm", "readlink", "mv"}) {
      Path original = Path.of("/usr/bin").resolve(tool);
      Files.createSymbolicLink(
          tools.resolve(tool), Files.exists(original) ? original : Path.of("/bin").resolve(tool));
    }

    Result result =
        OffloadCommand.in(folder).with("PATH", tools.toString()).runProgram(launcher.toString());

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr()).contains("Maven ('mvn') was not found").contains("apt-get install");
  }
}
