package dev.offload.framework.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.testkit.FrameworkRun;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;

/// Projects that bring less than the usual: no JUnit Platform, no Maven.
@Tag("tools")
class JunitProjectsTest {
  @TempDir Path folder;
  private Path project;

  @BeforeEach
  void makeProject() throws Exception {
    project = Files.createDirectory(folder.resolve("project"));
  }

  private Map<String, Outcome> outcomes(Map<String, Object> settings) throws Exception {
    FrameworkRun adapter =
        new FrameworkRun(MavenProject.framework(settings), project, folder, Map.of());
    List<TestCase> tests = adapter.tests("");
    adapter.build(tests, true);
    return adapter.run(tests).outcomes();
  }

  @Test
  void a_project_with_nothing_but_junit_4_gets_what_it_needs() throws Exception {
    new MavenProject(project)
        .pom(MavenProject.dependency("junit", "junit", "4.13.2"))
        .test(
            "old.PlainTest",
            """
            package old;
            import static org.junit.Assert.*;
            import org.junit.*;
            public class PlainTest {
              @Test public void passes() {}
              @Test public void fails() { assertEquals(1, 2); }
              @Test(expected = IllegalStateException.class) public void expected() {
                throw new IllegalStateException();
              }
            }
            """)
        .test(
            "old.NamesTest",
            """
            package old;
            import java.util.*;
            import org.junit.*;
            import org.junit.runner.RunWith;
            import org.junit.runners.Parameterized;
            @RunWith(Parameterized.class)
            public class NamesTest {
              @Parameterized.Parameters(name = "{0}") public static List<String> all() {
                return Arrays.asList("a\\nb", "nul \\0", "half \\ud83d", "a, b", "]/[x:y");
              }
              @Parameterized.Parameter public String name;
              @Test public void it() { Assert.assertNotEquals("a, b", name); }
            }
            """)
        .test(
            "old.OlderTest",
            """
            package old;
            public class OlderTest extends junit.framework.TestCase { public void testIt() {} }
            """);

    assertThat(outcomes(Map.of()))
        .containsOnly(
            entry("old.PlainTest#passes", Outcome.PASSED),
            entry("old.PlainTest#fails", Outcome.FAILED),
            entry("old.PlainTest#expected", Outcome.PASSED),
            entry("old.NamesTest#it[a\nb]", Outcome.PASSED),
            entry("old.NamesTest#it[nul \0]", Outcome.PASSED),
            entry("old.NamesTest#it[half \ud83d]", Outcome.PASSED),
            entry("old.NamesTest#it[a, b]", Outcome.FAILED),
            entry("old.NamesTest#it[]/[x:y]", Outcome.PASSED),
            entry("old.OlderTest#testIt", Outcome.PASSED));
  }

  @Test
  void a_command_tells_the_class_path_and_tests_in_a_jar_run_too() throws Exception {
    write(
        "src/app/AppTest.java",
        "package app;\nclass AppTest { @org.junit.jupiter.api.Test void own() {} }\n");
    write(
        "kit/kit/KitTest.java",
        "package kit;\nclass KitTest { @org.junit.jupiter.api.Test void fromJar() { org.junit.jupiter.api.Assertions.fail(); } }\n");
    write(
        "kit/kit/MoreTest.java",
        "package kit;\nclass MoreTest { @org.junit.jupiter.api.Test void more() {} }\n");
    String libraries =
        String.join(
            ":",
            Stream.of(Test.class, JUnitException.class, AssertionFailedError.class, API.class)
                .map(JunitProjectsTest::jarOf)
                .toList());
    write(
        "class-path",
        """
        set -e
        bin=%s/bin
        mkdir out kit-out
        $bin/javac -d kit-out -cp %s kit/kit/*.java
        (cd kit-out && $bin/jar cf ../compat-kit-1.0-tests.jar kit)
        $bin/javac -d out -cp %2$s src/app/*.java
        echo out:compat-kit-1.0-tests.jar:%2$s
        """
            .formatted(System.getProperty("java.home"), libraries));

    assertThat(
            outcomes(
                Map.of(
                    "java",
                    System.getProperty("java.home") + "/bin/java",
                    "classpath_command",
                    "sh class-path",
                    "test_jars",
                    List.of("compat-kit-*-tests.jar"))))
        .containsOnly(
            entry("app.AppTest#own", Outcome.PASSED),
            entry("kit.KitTest#fromJar", Outcome.FAILED),
            entry("kit.MoreTest#more", Outcome.PASSED));
  }

  @Test
  void a_junit_that_is_too_old_is_told_with_its_version() throws Exception {
    write("out/some.properties", "");
    String classPath = "echo out:/nowhere/junit-platform-commons-1.3.2.jar";
    FrameworkRun adapter =
        new FrameworkRun(
            MavenProject.framework(Map.of("classpath_command", classPath)),
            project,
            folder,
            Map.of());
    Discovery.Found found = (Discovery.Found) adapter.discover("");
    assertThat(found.errors())
        .singleElement()
        .satisfies(error ->
            assertThat(error.message())
                .contains("JUnit 5.4 or newer is needed", "junit-platform-commons-1.3.2.jar"));
  }

  private void write(String name, String text) throws Exception {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String jarOf(Class<?> one) {
    try {
      return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
