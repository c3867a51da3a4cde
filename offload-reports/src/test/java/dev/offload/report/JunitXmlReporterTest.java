package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.ReporterFactory;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.report.junitxml.JunitXmlReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

final class JunitXmlReporterTest {
  @TempDir Path folder;

  private Path write(ScriptedRun run) throws IOException {
    Path file = folder.resolve("junit.xml");
    run.play(new JunitXmlReporter(file));
    Schemas.checkSurefire(file);
    Schemas.checkJenkins(file);
    return file;
  }

  private static AttemptReport failure(String text) {
    return new AttemptReport(Outcome.FAILED, Duration.ofMillis(1), text, text, text, text);
  }

  @Test
  void itHoldsTheWholeRun() throws IOException {
    Path file = write(ScriptedRun.everything());
    JunitStructure.check(file);
    Golden.check("junit.xml", Files.readString(file));
  }

  @Test
  void noTestIsMissingWhenTheRunWasCutOff() throws IOException {
    ScriptedRun run = new ScriptedRun().begin().group("unit", "a", "b").passed("a", 1, 1);
    List<Element> cases = JunitStructure.check(write(run));
    assertThat(cases).hasSize(2);
    Element error = (Element) cases.get(1).getElementsByTagName("error").item(0);
    assertThat(error.getAttribute("type")).isEqualTo("offload.NotRun");
    assertThat(error.getAttribute("message")).isEqualTo("not run: the run was cut off");
    assertThat(error.getOwnerDocument().getDocumentElement().getAttribute("time"))
        .isEqualTo("3.000");
  }

  @Test
  void anyTextGivesAWellFormedFile() throws IOException {
    Random random = new Random(7);
    ScriptedRun run = new ScriptedRun().begin();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ids.add("tests/test_x.py::test_" + i + "[" + noise(random) + "]");
    }
    run.group(noise(random), ids.toArray(String[]::new));
    for (String id : ids) {
      run.attempt(id, 1, 1, failure(noise(random)));
      boolean flaky = random.nextBoolean();
      run.attempt(
          id,
          2,
          1,
          flaky ? AttemptReport.of(Outcome.PASSED, Duration.ZERO) : failure(noise(random)));
      run.decided(id, flaky ? Verdict.FLAKY : Verdict.FAILED, noise(random));
    }
    assertThat(JunitStructure.check(write(run.finish(1, "")))).hasSize(300);
  }

  private static String noise(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(200); i >= 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> text.append((char) random.nextInt(32));
        case 1 -> text.append((char) random.nextInt(65536));
        case 2 -> text.append((char) (0xd800 + random.nextInt(2048)));
        case 3 -> text.appendCodePoint(0x1f600 + random.nextInt(64));
        case 4 ->
            text.append(
                List.of("]]>", "<![CDATA[", "&amp;", "\u001b[31m", "\r\n", "\"'<")
                    .get(random.nextInt(6)));
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  @Test
  void namesThatLookAlikeAreToldApart() throws IOException {
    String[] ids = {
      "a/b.py::test_x",
      "a.b.py::test_x",
      "a/b.py::test[\n]",
      "a/b.py::test[\\n]",
      "a/b.py::C::D::t[::]",
    };
    ScriptedRun run = new ScriptedRun().begin().group("unit", ids);
    for (String id : ids) {
      run.passed(id, 1, 1);
    }
    assertThat(JunitStructure.check(write(run.finish(0, ""))))
        .extracting(test -> test.getAttribute("classname") + " | " + test.getAttribute("name"))
        .containsExactly(
            "a.b | test_x",
            "a.b | test_x (2)",
            "a.b | test[\\n]",
            "a.b | test[\\n] (2)",
            "a.b.C.D | t[::]");
  }

  @Test
  void namesOfOtherFrameworksAreSplitWhereTheyCanBe() throws IOException {
    ScriptedRun run =
        new ScriptedRun()
            .begin()
            .group("unit", "src/cart.test.ts::x", "com.example", "pkg TestA/b");
    assertThat(JunitStructure.check(write(run.finish(3, ""))))
        .extracting(test -> test.getAttribute("classname") + " | " + test.getAttribute("name"))
        .containsExactly("src/cart.test.ts | x", "unit | com.example", "unit | pkg TestA/b");
  }

  @Test
  void aFileThatIsKnownByALongerPathDoesNotLengthenTheNames() throws IOException {
    TestCase test =
        new TestCase(new TestId("tests/test_a.py::C::t"), "unit", "app/tests/test_a.py", 3, "");
    ScriptedRun run =
        new ScriptedRun().begin().add(new RunEvent.TestsDiscovered("unit", 0, List.of(test)));
    Element written = JunitStructure.check(write(run.finish(3, ""))).getFirst();
    assertThat(written.getAttribute("classname")).isEqualTo("tests.test_a.C");
    assertThat(written.getAttribute("name")).isEqualTo("t");
    assertThat(written.getAttribute("file")).isEqualTo("app/tests/test_a.py");
  }

  @Test
  void theClassOfAMethodIsItsClassnameAlsoWhereItIsNestedOrOfAModule() throws IOException {
    List<TestCase> tests =
        List.of(
            new TestCase(new TestId("p.ATest#t(int)"), "unit", "p.ATest", 0, ""),
            new TestCase(new TestId("p.ATest$In$Deep#t"), "unit", "core/p.ATest", 0, ""));
    ScriptedRun run = new ScriptedRun().begin().add(new RunEvent.TestsDiscovered("unit", 0, tests));
    assertThat(JunitStructure.check(write(run.finish(3, ""))))
        .extracting(test -> test.getAttribute("classname") + " | " + test.getAttribute("name"))
        .containsExactly("p.ATest | t(int)", "p.ATest$In$Deep | t");
  }

  @Test
  void hugeTextsAreShortenedAndTheFileStaysSmall() throws IOException {
    ScriptedRun run = new ScriptedRun().begin();
    String[] ids = new String[2000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "tests/test_x.py::test_" + i;
    }
    run.group("unit", ids);
    String huge = "0123456789".repeat(13_000);
    for (String id : ids) {
      run.attempt(id, 1, 1, failure(huge)).decided(id, Verdict.FAILED, "");
    }
    Path file = write(run.finish(1, ""));
    assertThat(JunitStructure.check(file)).hasSize(2000);
    assertThat(Files.size(file)).isLessThan(14_000_000);
  }

  @Test
  void theReportsAreFoundByTheirFactories() {
    ReportContext context = new ReportContext(folder, true, "junit.xml");
    assertThat(ServiceLoader.load(ReporterFactory.class))
        .extracting(ReporterFactory::type)
        .containsExactlyInAnyOrder("ctrf", "github", "html", "junit", "summary", "trace");
    assertThat(ServiceLoader.load(ReporterFactory.class))
        .filteredOn(factory -> !factory.onByDefault(context))
        .extracting(ReporterFactory::type)
        .containsExactlyInAnyOrder("ctrf", "github", "trace");
    assertThat(folder).isEmptyDirectory();
  }
}
