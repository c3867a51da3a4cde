package dev.offload.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JunitImportTest {
  @TempDir private Path project;

  private Path report(String cases) throws IOException {
    Path file = project.resolve("junit.xml");
    return Files.writeString(
        file,
        "<testsuites><testsuite name='s' timestamp='2026-01-02T03:04:05'>"
            + cases
            + "</testsuite></testsuites>");
  }

  private History read(String framework, String cases) throws IOException {
    JunitImport reports = new JunitImport(project, framework, "c");
    reports.read(report(cases));
    History history = new History();
    reports.addTo(history, 20);
    reports.addTo(history, 20);
    return history;
  }

  private static TestRecord record(History history, String id) {
    return history.find(new HistoryKey("c", id)).orElse(TestRecord.NONE);
  }

  @Test
  void knowsPytestsNamesByTheFilesThereAre() throws IOException {
    Files.createDirectories(project.resolve("tests/unit"));
    Files.writeString(project.resolve("tests/unit/test_a.py"), "");

    History history =
        read(
            "pytest",
            "<testcase classname='tests.unit.test_a.TestB' name='test_c[x.y]' time='1.5'/>");

    assertThat(record(history, "tests/unit/test_a.py::TestB::test_c[x.y]").passes())
        .containsExactly(new Sample("695735a5", 1_767_323_045_000L, 1.5));
  }

  @Test
  void knowsTheNamesOfOtherFrameworks() throws IOException {
    String one = "<testcase classname='bin' name='mod::works' time='1'/>";
    String two = "<testcase classname='a.test.ts' name='math > adds' time='2'/>";
    String three = "<testcase classname='example.com/shop/cart' name='TestAdd' time='3'/>";
    String four = "<testcase classname='shop.CartTest$WhenEmpty' name='adds' time='4'/>";

    assertThat(record(read("nextest", one), "bin mod::works").attempts()).isEqualTo(1);
    assertThat(record(read("vitest", two), "a.test.ts > math > adds").attempts()).isEqualTo(1);
    assertThat(record(read("go", three), "example.com/shop/cart TestAdd").attempts()).isEqualTo(1);
    assertThat(record(read("junit", four), "shop.CartTest$WhenEmpty#adds").attempts()).isEqualTo(1);
  }

  @Test
  void countsFailuresAndLeavesOutWhatDidNotRun() throws IOException {
    History history =
        read(
            "default",
            """
            <testcase classname='k' name='bad' time='1'><failure message='no'>x</failure></testcase>
            <testcase classname='k' name='flaky' time='1'><flakyFailure><a/></flakyFailure></testcase>
            <testcase classname='k' name='left out' time='0'><skipped/></testcase>
            <testcase classname='k' name='unknown'/>
            """);

    assertThat(record(history, "bad").failures()).isEqualTo(1);
    assertThat(record(history, "bad").attempts()).isEqualTo(1);
    assertThat(record(history, "flaky").failures()).isEqualTo(1);
    assertThat(record(history, "flaky").attempts()).isEqualTo(2);
    assertThat(history.size()).isEqualTo(2);
  }

  @Test
  void saysWhereAReportIsBroken() throws IOException {
    Path file = Files.writeString(project.resolve("bad.xml"), "<testsuite>\n<oops");

    assertThatThrownBy(() -> new JunitImport(project, "pytest", "c").read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2");
  }
}
