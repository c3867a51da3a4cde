package dev.offload.framework.junit;

import dev.offload.testkit.MapSettings;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Write small Maven projects whose libraries `build-config/tools/junit.sh` has fetched.
final class MavenProject {
  static final String JUNIT_5 = "5.14.4";
  static final String JUNIT_5_OLD = "5.4.2";
  static final String JUNIT_6 = "6.1.3";

  private final Path folder;

  MavenProject(Path folder) {
    this.folder = folder;
  }

  /// Make an adapter that needs no network.
  static JunitFramework framework(Map<String, Object> more) {
    TestTools.require("junit/ready");
    Map<String, Object> all = new java.util.HashMap<>(more);
    if (!all.containsKey("classpath_command")) {
      all.putIfAbsent("maven_args", "-o -q");
    }
    MapSettings settings = MapSettings.of(all);
    JunitFramework framework = (JunitFramework) new JunitFactory().create(settings);
    if (!settings.problems().isEmpty()) {
      throw new AssertionError(settings.problems());
    }
    return framework;
  }

  static String jupiter(String version) {
    return dependency("org.junit.jupiter", "junit-jupiter", version);
  }

  static String dependency(String group, String artifact, String version) {
    return """
    <dependency>
      <groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version><scope>test</scope>
    </dependency>
    """
        .formatted(group, artifact, version);
  }

  MavenProject file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  /// Write a test class of the project itself.
  MavenProject test(String name, String text) throws IOException {
    return test("", name, text);
  }

  /// Write a test class of a module.
  MavenProject test(String module, String name, String text) throws IOException {
    String path = "src/test/java/" + name.replace('.', '/') + ".java";
    return file(module.isEmpty() ? path : module + "/" + path, text);
  }

  /// Write the `pom.xml` of a project with modules.
  MavenProject parent(String dependencies, List<String> modules) throws IOException {
    StringBuilder list = new StringBuilder("<modules>");
    modules.forEach(module -> list.append("<module>").append(module).append("</module>"));
    file("pom.xml", pom("<packaging>pom</packaging>" + list + "</modules>", "", dependencies));
    for (String module : modules) {
      String up =
          "<parent><groupId>fix</groupId><artifactId>fix</artifactId><version>1</version></parent>";
      file(module + "/pom.xml", HEAD + up + "<artifactId>" + module + "</artifactId></project>");
    }
    return this;
  }

  /// Write the `pom.xml` of a project without modules.
  MavenProject pom(String dependencies) throws IOException {
    return file("pom.xml", pom("", "", dependencies));
  }

  private static final String HEAD = "<project><modelVersion>4.0.0</modelVersion>";

  private static String pom(String more, String up, String dependencies) {
    return HEAD
        + up
        + """
        <groupId>fix</groupId><artifactId>fix</artifactId><version>1</version>
        """
        + more
        + """
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencies>
        """
        + dependencies
        + """
        </dependencies>
        <build><plugins>
          <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
          <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
        </plugins></build>
        </project>
        """;
  }
}
