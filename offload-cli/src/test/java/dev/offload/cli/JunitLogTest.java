package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JunitLogTest {
  @TempDir private Path folder;

  @Test
  void aPythonTestHasTheIdThatItsReportSplit() throws IOException {
    assertThat(idOf("tests.test_a.TestB", "test_c[x]", "tests/test_a.py"))
        .isEqualTo("tests/test_a.py::TestB::test_c[x]");
  }

  @Test
  void aTestOfAProjectBelowTheRootKeepsItsId() throws IOException {
    assertThat(idOf("sub.tests.test_a", "tests/test_a.py::test_c[x]", "sub/tests/test_a.py"))
        .isEqualTo("tests/test_a.py::test_c[x]");
  }

  @Test
  void aFileOfALongerPathIsShortenedToThatOfTheReport() throws IOException {
    assertThat(idOf("tests.test_a.TestB", "test_c[x]", "sub/tests/test_a.py"))
        .isEqualTo("tests/test_a.py::TestB::test_c[x]");
  }

  @Test
  void aFileThatWasNotCollectedIsNamedByItself() throws IOException {
    assertThat(idOf("sub.tests.test_a", "tests/test_a.py", "sub/tests/test_a.py"))
        .isEqualTo("tests/test_a.py");
    assertThat(idOf("tests.test_a", "tests/test_a.py", "tests/test_a.py"))
        .isEqualTo("tests/test_a.py");
  }

  @Test
  void aFailedTestHasItsTextOnceHoweverOftenItWasTried() throws IOException {
    Path report = folder.resolve("junit.xml");
    Files.writeString(
        report,
        """
        <testsuites><testsuite><testcase classname='c' name='n'>
          <failure message='no'>no, at a.py:1</failure>
          <rerunFailure message='no'><stackTrace>no, at a.py:1</stackTrace></rerunFailure>
        </testcase></testsuite></testsuites>
        """);
    assertThat(JunitLog.read(report).getFirst().text()).containsExactly("no, at a.py:1");
  }

  private String idOf(String classname, String name, String file) throws IOException {
    Path report = folder.resolve("junit.xml");
    Files.writeString(
        report,
        "<testsuites><testsuite><testcase classname='%s' name='%s' file='%s'/></testsuite></testsuites>"
            .formatted(classname, name, file));
    return JunitLog.read(report).getFirst().id();
  }
}
