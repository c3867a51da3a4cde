package dev.offload.framework.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.junitxml.JUnitCase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportMatchTest {
  private static JUnitCase of(String classname, String name, Outcome outcome) {
    return new JUnitCase(
        classname, name, "", AttemptReport.of(outcome, Duration.ofSeconds(1), "m", "d"));
  }

  private static JUnitCase of(String classname, String name) {
    return of(classname, name, Outcome.PASSED);
  }

  private static ReportMatch match(String format, String... ids) {
    return new ReportMatch(
        List.of(ids), new CommandOptions("d {filters}", "r", format, "", "", false));
  }

  @Test
  void the_format_decides_exactly() {
    Map<Integer, AttemptReport> reports =
        match("{classname} > {name}", "a > x", "b > x").match(List.of(of("b", "x"), of("a", "x")));

    assertThat(reports).containsOnlyKeys(0, 1);
  }

  @Test
  void names_that_look_like_placeholders_stay_as_they_are() {
    assertThat(
            match("{name} ({classname})", "{classname} (c)").match(List.of(of("c", "{classname}"))))
        .containsOnlyKeys(0);
  }

  @Test
  void node_ids_of_pytest_are_found_in_its_dotted_class_names() {
    ReportMatch match =
        match("{name}", "tests/test_a.py::test_x", "tests/test_b.py::TestK::test_x");

    assertThat(
            match.match(List.of(of("tests.test_a", "test_x"), of("tests.test_b.TestK", "test_x"))))
        .containsOnlyKeys(0, 1);
    assertThat(match.unmatched()).isEmpty();
  }

  @Test
  void the_end_of_a_name_counts_only_when_nobody_else_fits() {
    assertThat(match("{name}", "pkg.C.x", "pkg.D.y").match(List.of(of("C", "x"))))
        .containsOnlyKeys(0);

    ReportMatch ambiguous = match("{name}", "p.C.x", "q.C.x");
    assertThat(ambiguous.match(List.of(of("C", "x")))).isEmpty();
    assertThat(ambiguous.unmatched()).hasSize(1);

    ReportMatch other = match("{classname}.{name}", "x");
    assertThat(other.match(List.of(of("p", "x"), of("q", "x")))).isEmpty();
    assertThat(other.unmatched()).hasSize(2);
  }

  @Test
  void a_common_last_letter_is_no_match() {
    ReportMatch match = match("{name}", "t.py::test_d", "t.py::test_good");

    assertThat(match.match(List.of(of("", "t.test_bad", Outcome.ERRORED)))).isEmpty();
    assertThat(match.unmatched()).hasSize(1);
  }

  @Test
  void the_worst_of_several_cases_of_one_test_is_its_outcome() {
    Map<Integer, AttemptReport> reports =
        match("{name}", "x")
            .match(List.of(of("", "x"), of("", "x", Outcome.FAILED), of("", "x", Outcome.SKIPPED)));

    assertThat(requireNonNull(reports.get(0)).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(requireNonNull(reports.get(0)).duration()).isEqualTo(Duration.ofSeconds(3));
  }
}
