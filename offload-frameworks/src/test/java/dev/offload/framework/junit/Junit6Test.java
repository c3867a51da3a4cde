package dev.offload.framework.junit;

import static dev.offload.framework.junit.MavenProject.JUNIT_6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.offload.api.test.Outcome;
import dev.offload.testkit.BatchResult;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// JUnit 6, which has classes with parameters.
@Tag("tools")
class Junit6Test extends JunitBehaviour {
  @Override
  String dependencies() {
    return MavenProject.jupiter(JUNIT_6);
  }

  private static final String HEAD =
      """
      package demo;
      import static org.junit.jupiter.api.Assertions.*;
      import java.util.stream.*;
      import org.junit.jupiter.api.*;
      import org.junit.jupiter.params.*;
      import org.junit.jupiter.params.provider.*;
      """;

  private static final String MANY = "demo.ClassWithParametersTest#";

  @Override
  void addMore(MavenProject project) throws Exception {
    project
        .test(
            "demo.ClassWithParametersTest",
            HEAD
                + """
                @ParameterizedClass @ValueSource(ints = {1, 2, 3})
                class ClassWithParametersTest extends Base {
                  @Parameter int n;
                  @Test void small() { assertTrue(n < 3, "too large: " + n); }
                  @Test void fine() { System.out.println("fine " + n); }
                  @Test @Disabled("some day") void disabled() {}
                  @ParameterizedTest @ValueSource(strings = {"a", "b"}) void each(String s) {
                    assertFalse(n == 2 && s.equals("b"), "bad pair");
                  }
                  @TestFactory Stream<DynamicTest> made() {
                    return Stream.of(DynamicTest.dynamicTest("one", () -> {}));
                  }
                  @Nested class Inside { @Test void deep() { System.out.println("deep " + n); } }
                  @Nested @ParameterizedClass @ValueSource(ints = {7, 8})
                  class Again {
                    @Parameter int m;
                    @Test void product() { assertNotEquals(24, n * m); }
                  }
                }
                class Base { @Test void inherited() {} }
                """)
        .test(
            "demo.ArgumentsTest",
            HEAD
                + """
                @ParameterizedClass @ValueSource(strings = {"good", "bad"})
                class ArgumentsTest {
                  ArgumentsTest(String s) {
                    if (s.equals("bad")) throw new IllegalStateException("no " + s);
                  }
                  @Test void one() {}
                }
                """)
        .test(
            "demo.BeforeEachInvocationTest",
            HEAD
                + """
                @ParameterizedClass @ValueSource(ints = {1, 2})
                class BeforeEachInvocationTest {
                  @BeforeParameterizedClassInvocation static void before(int n) {
                    if (n == 2) throw new IllegalStateException("not for " + n);
                  }
                  @Parameter int n;
                  @Test void one() {}
                  @Test void two() {}
                }
                """)
        .test(
            "demo.AfterInvocationTest",
            HEAD
                + """
                @ParameterizedClass @ValueSource(ints = {1})
                class AfterInvocationTest {
                  @AfterAll static void after() { throw new IllegalStateException("a leak"); }
                  @Parameter int n;
                  @Test void one() {}
                }
                """)
        .test(
            "demo.NoArgumentsTest",
            HEAD
                + """
                @ParameterizedClass(allowZeroInvocations = true) @MethodSource("none")
                class NoArgumentsTest {
                  static Stream<Integer> none() { return Stream.of(); }
                  @Parameter int n;
                  @Test void one() {}
                }
                """);
  }

  @Override
  Map<String, Outcome> more() {
    return Map.ofEntries(
        entry(MANY + "small", Outcome.FAILED),
        entry(MANY + "fine", Outcome.PASSED),
        entry(MANY + "disabled", Outcome.SKIPPED),
        entry(MANY + "each(java.lang.String)", Outcome.FAILED),
        entry(MANY + "made", Outcome.PASSED),
        entry(MANY + "inherited", Outcome.PASSED),
        entry("demo.ClassWithParametersTest$Inside#deep", Outcome.PASSED),
        entry("demo.ClassWithParametersTest$Again#product", Outcome.FAILED),
        entry("demo.ArgumentsTest#one", Outcome.FAILED),
        entry("demo.BeforeEachInvocationTest#one", Outcome.ERRORED),
        entry("demo.BeforeEachInvocationTest#two", Outcome.ERRORED),
        entry("demo.AfterInvocationTest#one", Outcome.ERRORED),
        entry("demo.NoArgumentsTest#one", Outcome.SKIPPED));
  }

  @Test
  void a_method_of_a_class_with_parameters_runs_for_each_of_them_and_without_the_others()
      throws Exception {
    BatchResult small = run(MANY + "small");
    assertThat(small.outcomes()).containsOnly(entry(MANY + "small", Outcome.FAILED));
    assertThat(small.report(MANY + "small").message())
        .contains("3: AssertionFailedError: too large: 3");
    assertThat(small.stdout()).doesNotContain("fine", "deep");

    BatchResult fine = run(MANY + "fine", "demo.ClassWithParametersTest$Inside#deep");
    // Invocations run side by side.
    assertThat(fine.report(MANY + "fine").stdout().lines())
        .containsExactlyInAnyOrder("fine 1", "fine 2", "fine 3");
    assertThat(fine.report("demo.ClassWithParametersTest$Inside#deep").stdout().lines())
        .containsExactlyInAnyOrder("deep 1", "deep 2", "deep 3");
  }

  @Test
  void a_failure_names_the_invocations_it_is_in() throws Exception {
    BatchResult result =
        run(
            MANY + "each(java.lang.String)",
            "demo.ClassWithParametersTest$Again#product",
            "demo.BeforeEachInvocationTest#one",
            "demo.AfterInvocationTest#one");
    assertThat(result.report(MANY + "each(java.lang.String)").message())
        .matches("\\[2].*2 > \\[2].*b\"?: AssertionFailedError: bad pair.*");
    assertThat(result.report("demo.ClassWithParametersTest$Again#product").message())
        .matches("\\[3].*3 > \\[2].*8: AssertionFailedError: .*");
    assertThat(result.report("demo.BeforeEachInvocationTest#one").message())
        .matches("\\[2].*2: IllegalStateException: not for 2");
    assertThat(result.report("demo.AfterInvocationTest#one").message())
        .contains("after its last test: IllegalStateException: a leak");
  }
}
