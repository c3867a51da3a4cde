package dev.offload.framework.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunnerJarTest {
  private static final int JAVA_8 = 52;

  private static List<String> compiled() throws Exception {
    URI main =
        Objects.requireNonNull(RunnerJar.class.getResource(RunnerJar.FOLDER + "Main.class"))
            .toURI();
    if (!main.getScheme().equals("jar")) {
      return names(Objects.requireNonNull(Path.of(main).getParent()));
    }
    try (FileSystem jar = FileSystems.newFileSystem(main, Map.of())) {
      return names(jar.getPath(RunnerJar.FOLDER));
    }
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("package-info.class"))
          .map(name -> name.replace(".class", ""))
          .toList();
    }
  }

  @Test
  void every_class_of_the_runner_is_packed_and_runs_on_java_8() throws Exception {
    byte[] bytes = Base64.getMimeDecoder().decode(RunnerJar.base64());
    List<String> packed = new ArrayList<>();
    try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(bytes))) {
      for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
        byte[] content = jar.readAllBytes();
        assertThat(content[7]).as(entry.getName()).isEqualTo((byte) JAVA_8);
        packed.add(entry.getName().replaceAll(".*/|\\.class", ""));
      }
    }
    assertThat(packed).containsExactlyInAnyOrderElementsOf(compiled());
  }
}
