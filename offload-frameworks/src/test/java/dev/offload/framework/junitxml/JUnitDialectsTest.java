package dev.offload.framework.junitxml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What well-known tools write, shortened: each case as class name, name, outcome and milliseconds.
class JUnitDialectsTest {
  static Stream<Arguments> dialects() {
    return Stream.of(
        Arguments.of(
            "phpunit",
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
              <testsuite name="tests" tests="3" assertions="2" errors="0" failures="1" skipped="1" time="0.010">
                <testsuite name="CartTest" file="/app/tests/CartTest.php" tests="3">
                  <testcase name="testAdds" file="/app/tests/CartTest.php" line="9" class="CartTest" classname="CartTest" assertions="1" time="0.004"/>
                  <testsuite name="CartTest::testRounds" tests="1">
                    <testcase name="testRounds with data set &quot;half&quot;" classname="CartTest" time="0.006">
                      <failure type="PHPUnit\\Framework\\ExpectationFailedException">CartTest::testRounds
            Failed asserting that 1 matches expected 2.</failure>
                    </testcase>
                  </testsuite>
                  <testcase name="testLater" classname="CartTest" time="0.000"><skipped/></testcase>
                </testsuite>
              </testsuite>
            </testsuites>
            """,
            List.of(
                "CartTest|testAdds|PASSED|4",
                "CartTest|testRounds with data set \"half\"|FAILED|6",
                "CartTest|testLater|SKIPPED|0")),
        Arguments.of(
            "ctest",
            """
            <testsuite name="Linux-c++" tests="6" failures="1" disabled="1" skipped="3" time="1">
              <testcase name="fast" classname="fast" time="0.25" status="run"><properties/><system-out>ok</system-out></testcase>
              <testcase name="bad" classname="bad" time="0.5" status="fail"><failure message=""/><system-out>no</system-out></testcase>
              <testcase name="off" classname="off" time="0" status="disabled"><disabled message="Disabled"/></testcase>
              <testcase name="code" classname="code" time="0.1" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
              <testcase name="text" classname="text" time="0.1" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
              <testcase name="gone" classname="gone" time="0" status="notrun"><skipped message="Unable to find executable"/></testcase>
            </testsuite>
            """,
            List.of(
                "fast|fast|PASSED|250",
                "bad|bad|FAILED|500",
                "off|off|SKIPPED|0",
                "code|code|SKIPPED|100",
                "text|text|SKIPPED|100",
                "gone|gone|ERRORED|0")),
        Arguments.of(
            "gotestsum",
            """
            <testsuites tests="2" failures="1" errors="0" time="0.5">
              <testsuite tests="2" failures="1" time="0.400000" name="example.com/shop" timestamp="2026-01-01T00:00:00Z">
                <properties><property name="go.version" value="go1.26"/></properties>
                <testcase classname="example.com/shop" name="TestSum/of_none" time="0.010000"></testcase>
                <testcase classname="example.com/shop" name="TestSum" time="0.020000">
                  <failure message="Failed" type="">=== RUN   TestSum&#xA;    sum_test.go:9: wrong&#xA;</failure>
                </testcase>
              </testsuite>
            </testsuites>
            """,
            List.of(
                "example.com/shop|TestSum/of_none|PASSED|10",
                "example.com/shop|TestSum|FAILED|20")),
        Arguments.of(
            "jest-junit",
            """
            <testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.1">
              <testsuite name="cart" errors="0" failures="1" skipped="1" tests="2">
                <testcase classname="cart adds" name="cart adds" time="0.003">
                  <failure>Error: expect(received).toBe(expected) // Object.is equality
                at Object.&lt;anonymous&gt; (cart.test.js:3:1)</failure>
                </testcase>
                <testcase classname="cart later" name="cart later" time="0"><skipped/></testcase>
              </testsuite>
            </testsuites>
            """,
            List.of("cart adds|cart adds|FAILED|3", "cart later|cart later|SKIPPED|0")),
        Arguments.of(
            "surefire",
            """
            <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="a.SlowTest" time="1,234.5" tests="2">
              <testcase name="long" classname="a.SlowTest" time="1,234.5"/>
              <testcase name="again(int)[1]" classname="a.SlowTest" time="0.1">
                <flakyFailure message="once" type="E"><stackTrace><![CDATA[E: once]]></stackTrace></flakyFailure>
              </testcase>
            </testsuite>
            """,
            List.of("a.SlowTest|long|PASSED|1234500", "a.SlowTest|again(int)[1]|PASSED|100")),
        Arguments.of(
            "nextest",
            """
            <testsuites name="nextest-run" tests="1" failures="1" errors="0" uuid="x" time="0.1">
              <testsuite name="shop::cart" tests="1" disabled="0" errors="0" failures="1">
                <testcase name="adds" classname="shop::cart" timestamp="2026-01-01T00:00:00.000+00:00" time="0.031">
                  <failure type="test failure with exit code 101" message="thread &apos;adds&apos; panicked">no</failure>
                  <system-out/>
                </testcase>
              </testsuite>
            </testsuites>
            """,
            List.of("shop::cart|adds|FAILED|31")),
        Arguments.of(
            "vitest",
            """
            <testsuites name="vitest tests" tests="2" failures="0" errors="0" time="0.2">
              <testsuite name="src/a.test.ts" timestamp="2026" hostname="h" tests="2" failures="0" errors="0" skipped="1" time="0.01">
                <testcase classname="src/a.test.ts" name="cart &gt; adds" time="0.0021"></testcase>
                <testcase classname="src/a.test.ts" name="cart &gt; todo" time="NaN"><skipped/></testcase>
              </testsuite>
            </testsuites>
            """,
            List.of("src/a.test.ts|cart > adds|PASSED|2", "src/a.test.ts|cart > todo|SKIPPED|0")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dialects")
  void what_tools_write_is_understood(String tool, String text, List<String> expected) {
    JUnitReport report = JUnitReport.parse(text);

    assertThat(report.problem()).as(tool).isEmpty();
    assertThat(
            report.cases().stream()
                .map(found ->
                    String.join(
                        "|",
                        found.classname(),
                        found.name(),
                        found.report().outcome().name(),
                        String.valueOf(found.report().duration().toMillis()))))
        .containsExactlyElementsOf(expected);
  }
}
