package dev.offload.framework.junit;

import static dev.offload.framework.junit.MavenProject.JUNIT_5;

import dev.offload.api.test.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/// JUnit 5, with tests of JUnit 4 beside it and no launcher among the dependencies.
@Tag("tools")
class Junit5Test extends JunitBehaviour {
  @Override
  String dependencies() {
    return MavenProject.jupiter(JUNIT_5)
        + MavenProject.dependency("org.junit.vintage", "junit-vintage-engine", JUNIT_5);
  }

  @Override
  void addMore(MavenProject project) throws Exception {
    project.test(
        "demo.OldTest",
        """
        package demo;
        import static org.junit.Assert.*;
        import java.util.*;
        import org.junit.*;
        import org.junit.runner.RunWith;
        import org.junit.runners.Parameterized;
        @RunWith(Parameterized.class)
        public class OldTest {
          @Parameterized.Parameters(name = "{0}, x") public static List<Integer> all() {
            return Arrays.asList(1, 2);
          }
          @Parameterized.Parameter public int n;
          @Before public void before() { System.out.println("before " + n); }
          @Test public void small() { assertTrue("too large: " + n, n < 2); }
          @Test @Ignore("some day") public void ignored() {}
        }
        """);
  }

  @Override
  Map<String, Outcome> more() {
    return Map.of(
        "demo.OldTest#small[1, x]", Outcome.PASSED,
        "demo.OldTest#small[2, x]", Outcome.FAILED,
        "demo.OldTest#ignored[1, x]", Outcome.SKIPPED,
        "demo.OldTest#ignored[2, x]", Outcome.SKIPPED);
  }
}
