package dev.offload.framework.pytest;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Copy the fixture projects of the test resources, or make small ones.
final class Projects {
  private Projects() {}

  static Path copy(String name, Path target) throws IOException {
    Path source = resource("/pytest-projects/" + name);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path place = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(place);
        } else {
          Files.copy(file, place);
        }
      }
    }
    return target;
  }

  /// Return the lines of a resource, without blank ones.
  static List<String> lines(String name) throws IOException {
    return Files.readAllLines(resource(name)).stream().filter(line -> !line.isBlank()).toList();
  }

  /// Write a file of a project.
  static void write(Path project, String name, String content) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Path resource(String name) {
    URL url = Projects.class.getResource(name);
    if (url == null) {
      throw new AssertionError("no resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
