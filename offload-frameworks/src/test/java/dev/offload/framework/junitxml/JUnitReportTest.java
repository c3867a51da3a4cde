package dev.offload.framework.junitxml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JUnitReportTest {
  private static JUnitCase only(String text) {
    JUnitReport report = JUnitReport.parse(text);
    assertThat(report.problem()).isEmpty();
    assertThat(report.cases()).hasSize(1);
    return report.cases().getFirst();
  }

  private static List<String> names(JUnitReport report) {
    return report.cases().stream().map(JUnitCase::name).toList();
  }

  @Test
  void an_empty_failure_element_is_a_failure() {
    JUnitCase found = only("<testsuite><testcase name='a'><failure/></testcase></testsuite>");

    assertThat(found.report().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void the_text_of_a_failure_may_be_cdata_with_markup_in_it() {
    JUnitCase found =
        only(
            """
            <testsuite><testcase name="a" classname="c"><failure message="1 &lt; 2" type="E"><![CDATA[
            <!DOCTYPE html> <b>&amp; ]]></failure><system-out><![CDATA[said]]></system-out></testcase></testsuite>
            """);

    assertThat(found.report().message()).isEqualTo("1 < 2");
    assertThat(found.report().details()).isEqualTo("<!DOCTYPE html> <b>&amp;");
    assertThat(found.report().stdout()).isEqualTo("said");
  }

  @Test
  void cases_before_within_and_after_nested_suites_count() {
    JUnitReport report =
        JUnitReport.parse(
            """
            <?xml version="1.0"?><testsuites><testsuite><testcase name="a"/><testsuite>
            <testcase name="b"/></testsuite><testcase name="c"/></testsuite></testsuites>
            """);

    assertThat(names(report)).containsExactly("a", "b", "c");
    assertThat(report.problem()).isEmpty();
  }

  @Test
  void documents_that_follow_each_other_are_all_read() {
    String one = "<?xml version=\"1.0\"?>\n<testsuite><testcase name='%s'/></testsuite>\n";

    assertThat(names(JUnitReport.parse(one.formatted("a") + one.formatted("b"))))
        .containsExactly("a", "b");
  }

  @Test
  void what_comes_before_the_place_where_a_file_is_cut_off_counts() {
    JUnitReport report =
        JUnitReport.parse("<testsuite><testcase name='a'/><testcase name='b'><failure message='");

    assertThat(names(report)).containsExactly("a");
    assertThat(report.problem()).contains("cut off in line 1");
    assertThat(JUnitReport.parse("<testsuite><testcase name='a'/>").problem())
        .contains("<testsuite> is not closed");
  }

  @Test
  void a_case_that_is_cut_off_does_not_count_as_passed() {
    assertThat(JUnitReport.parse("<testsuite><testcase name='a'>").cases()).isEmpty();
  }

  @Test
  void declared_entities_are_refused() {
    JUnitReport report =
        JUnitReport.parse(
            "<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"
                + "<testsuite><testcase name='&c;'/></testsuite>");

    assertThat(report.cases()).isEmpty();
    assertThat(report.problem()).contains("refused");
  }

  @Test
  void names_of_unknown_entities_and_forbidden_characters_stay() {
    JUnitCase found =
        only("<testsuite><testcase name='a&nbsp;&#27;[31m\u0001 &#x1F600;'/></testsuite>");

    assertThat(found.name()).isEqualTo("a&nbsp;\u001b[31m\u0001 😀");
  }

  @Test
  void surefire_marks_of_reruns_do_not_change_the_outcome() {
    JUnitReport report =
        JUnitReport.parse(
            """
            <testsuite><testcase name="flaky" classname="C" time="0.1"><flakyFailure message="m">
            <stackTrace>at x</stackTrace></flakyFailure></testcase>
            <testcase name="bad" classname="C"><failure message="m1">t1</failure>
            <rerunFailure message="m2"><stackTrace>t2</stackTrace></rerunFailure></testcase></testsuite>
            """);

    assertThat(report.cases().get(0).report().outcome()).isEqualTo(Outcome.PASSED);
    assertThat(report.cases().get(1).report().details()).isEqualTo("t1");
  }

  @Test
  void tests_that_ctest_and_googletest_did_not_run_are_skipped() {
    JUnitReport report =
        JUnitReport.parse(
            """
            <testsuite><testcase name="a" status="disabled"/><testcase name="b" status="notrun"/>
            <testcase name="c" status="run"/><testcase name="d" status="fail"><failure message="x"/></testcase>
            </testsuite>
            """);

    assertThat(report.cases().stream().map(found -> found.report().outcome()))
        .containsExactly(Outcome.SKIPPED, Outcome.SKIPPED, Outcome.PASSED, Outcome.FAILED);
  }

  @Test
  void an_error_in_the_tear_down_of_a_skipped_test_is_an_error() {
    JUnitCase found =
        only("<testsuite><testcase name='a'><skipped/><error message='x'/></testcase></testsuite>");

    assertThat(found.report().outcome()).isEqualTo(Outcome.ERRORED);
  }

  @Test
  void encodings_are_respected(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("r.xml");
    String text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><t><testcase name=\"ä\"/></t>";
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(names(JUnitReport.read(file))).containsExactly("ä");

    Files.write(file, ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE));
    assertThat(names(JUnitReport.read(file))).containsExactly("ä");

    Files.writeString(file, "\ufeff<t><testcase name=\"ä\"/></t>");
    assertThat(names(JUnitReport.read(file))).containsExactly("ä");
  }

  @Test
  void what_is_not_xml_is_a_problem_and_no_exception() {
    assertThat(JUnitReport.parse("<testsuite <<< garbage").problem()).isNotEmpty();
    assertThat(JUnitReport.parse("</testsuite>").problem()).isNotEmpty();
    assertThat(JUnitReport.parse("<a></b>").problem()).isNotEmpty();
    assertThat(JUnitReport.parse("").problem()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,234.5|1234500",
        "0,5|500",
        "1,234|1234000",
        "-1|0",
        "NaN|0",
        "x|0",
        "1.5e-3|2",
        "inf|0"
      })
  void times_are_read_as_the_world_writes_them(String written, long millis) {
    assertThat(Durations.parse(written)).isCloseTo(Duration.ofMillis(millis), Duration.ofMillis(1));
  }
}
