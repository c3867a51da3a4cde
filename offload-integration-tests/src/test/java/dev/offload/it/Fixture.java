package dev.offload.it;

import dev.offload.testkit.TestTools;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Copy a project that tests run Offload on. They are the folders of `src/test/resources/fixtures`.
public final class Fixture {
  private Fixture() {}

  /// Copy the project of this name into a folder and return the folder.
  public static Path copy(String name, Path target) {
    Path source =
        OffloadCommand.sourceRoot()
            .resolve("offload-integration-tests/src/test/resources/fixtures")
            .resolve(name);
    try (Stream<Path> all = Files.walk(source)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      for (Path file : files) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  /// Return the command for a project, with a `python` on the path that has the newest pytest.
  public static OffloadCommand withPytest(Path project) {
    Path bin = TestTools.require("pytest-9/bin/python").getParent();
    return OffloadCommand.in(project)
        .with("PATH", bin + File.pathSeparator + System.getenv("PATH"));
  }
}
