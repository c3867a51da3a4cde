package dev.offload.framework.junit;

import static dev.offload.framework.junit.MavenProject.JUNIT_6;

import dev.offload.api.test.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/// JUnit 6, which has classes with parameters.
@Tag("tools")
class Junit6Test extends JunitBehaviour {
  @Override
  String dependencies() {
    return MavenProject.jupiter(JUNIT_6);
  }

  @Override
  void addMore(MavenProject project) throws Exception {
    project.test(
        "demo.ClassWithParametersTest",
        """
        package demo;
        import static org.junit.jupiter.api.Assertions.*;
        import org.junit.jupiter.api.*;
        import org.junit.jupiter.params.*;
        import org.junit.jupiter.params.provider.*;
        @ParameterizedClass @ValueSource(ints = {1, 2, 3})
        class ClassWithParametersTest {
          @Parameter int n;
          @Test void small() { assertTrue(n < 3); }
          @Test void fine() {}
          @Nested class Inside { @Test void deep() { System.out.println("deep " + n); } }
        }
        """);
  }

  @Override
  Map<String, Outcome> more() {
    // Its tests are known only while it runs.
    return Map.of("demo.ClassWithParametersTest", Outcome.FAILED);
  }
}
