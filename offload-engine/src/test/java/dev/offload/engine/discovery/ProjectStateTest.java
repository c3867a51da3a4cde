package dev.offload.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectStateTest {
  @TempDir private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    write("tests/test_a.py", "1");
    write("conftest.py", "2");
  }

  private void write(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Optional<ProjectState> read() {
    return ProjectState.read(project, project.resolve("results"), List.of(".py", ".ini"));
  }

  private String sum() {
    return read().map(state -> state.sums().toString()).orElse("none");
  }

  @Test
  void everyChangeOfAFileThatCountsChangesTheSum() throws IOException {
    String before = sum();
    assertThat(sum()).isEqualTo(before);

    write("tests/test_a.py", "3");
    String changed = sum();
    write("deep/er/pytest.ini", "");
    String added = sum();
    Files.move(project.resolve("conftest.py"), project.resolve("conftest2.py"));
    String renamed = sum();

    assertThat(List.of(before, changed, added, renamed)).doesNotHaveDuplicates();
  }

  @Test
  void whatToolsAndRunsLeaveDoesNotCount() throws IOException {
    String before = sum();
    write(".git/hooks/a.py", "");
    write("results/a.py", "");
    write("node_modules/a.py", "");
    write("env/pyvenv.cfg", "");
    write("env/lib/a.py", "");
    write("tests/data.bin", "");
    assertThat(sum()).isEqualTo(before);
  }

  @Test
  void aChangeSinceItWasReadIsSeen() throws IOException {
    ProjectState state = read().orElseThrow();
    assertThat(state.isStill(project, project.resolve("results"), List.of(".py", ".ini"))).isTrue();
    write("tests/test_b.py", "");
    assertThat(state.isStill(project, project.resolve("results"), List.of(".py", ".ini")))
        .isFalse();
  }

  @Test
  void linksToFilesCountAndThoseToFoldersForbidASum() throws IOException {
    String before = sum();
    Path target = Files.writeString(project.resolve("target"), "x");
    Files.createSymbolicLink(project.resolve("test_link.py"), target);
    String linked = sum();
    assertThat(linked).isNotEqualTo(before);
    Files.writeString(target, "y");
    assertThat(sum()).isNotEqualTo(linked);

    Files.createSymbolicLink(project.resolve("more"), project.resolve("tests"));
    assertThat(read()).isEmpty();
  }
}
