package dev.offload.report.junitxml;

import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.Verdict;
import dev.offload.report.text.PlainText;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Render the results of a run in JUnit's format: one suite for each group, one case for each test.
///
/// @param results all that is known
/// @param begin when the run began
record JunitXml(RunResults results, Instant begin) {

  void write(Writer target) throws IOException {
    Map<String, List<JunitCase>> suites = new LinkedHashMap<>();
    Set<CaseName> taken = new HashSet<>();
    for (TestResult test : results.tests()) {
      suites
          .computeIfAbsent(test.test().group(), _ -> new ArrayList<>())
          .add(new JunitCase(test, unique(test, taken), results.isFinished()));
    }
    try {
      XMLStreamWriter out = XMLOutputFactory.newFactory().createXMLStreamWriter(target);
      out.writeStartDocument("UTF-8", "1.0");
      newLine(out, 0);
      out.writeStartElement("testsuites");
      out.writeAttribute("name", "offload");
      writeCounts(out, suites.values().stream().flatMap(List::stream).toList());
      out.writeAttribute("time", seconds(results.duration()));
      for (Map.Entry<String, List<JunitCase>> suite : suites.entrySet()) {
        writeSuite(out, suite.getKey(), suite.getValue());
      }
      newLine(out, 0);
      out.writeEndElement();
      newLine(out, 0);
      out.writeEndDocument();
      out.flush();
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  /// Readers know a case by its two names alone, and count only the first of several.
  private static CaseName unique(TestResult test, Set<CaseName> taken) {
    CaseName split = CaseName.of(test.test());
    CaseName name = new CaseName(PlainText.name(split.classname()), PlainText.name(split.name()));
    CaseName free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = new CaseName(name.classname(), name.name() + " (" + i + ")");
    }
    return free;
  }

  private void writeSuite(XMLStreamWriter out, String group, List<JunitCase> cases)
      throws XMLStreamException {
    newLine(out, 1);
    out.writeStartElement("testsuite");
    out.writeAttribute("name", PlainText.name(group));
    writeCounts(out, cases);
    Duration time = Duration.ZERO;
    for (JunitCase test : cases) {
      time = time.plus(test.result().decidingDuration());
    }
    out.writeAttribute("time", seconds(time));
    out.writeAttribute(
        "timestamp",
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss")
            .format(begin.atOffset(ZoneOffset.UTC)));
    for (JunitCase test : cases) {
      test.write(out);
    }
    newLine(out, 1);
    out.writeEndElement();
  }

  private static void writeCounts(XMLStreamWriter out, List<JunitCase> cases)
      throws XMLStreamException {
    int failures = 0;
    int errors = 0;
    int skipped = 0;
    int flakes = 0;
    for (JunitCase test : cases) {
      switch (test.kind()) {
        case FAILURE -> failures++;
        case ERROR -> errors++;
        case SKIPPED -> skipped++;
        case NONE -> flakes += test.result().verdict() == Verdict.FLAKY ? 1 : 0;
      }
    }
    out.writeAttribute("tests", Integer.toString(cases.size()));
    out.writeAttribute("failures", Integer.toString(failures));
    out.writeAttribute("errors", Integer.toString(errors));
    out.writeAttribute("skipped", Integer.toString(skipped));
    out.writeAttribute("flakes", Integer.toString(flakes));
  }

  static void newLine(XMLStreamWriter out, int depth) throws XMLStreamException {
    out.writeCharacters("\n" + "  ".repeat(depth));
  }

  static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .add(BigDecimal.valueOf(duration.getNano(), 9))
        .setScale(3, RoundingMode.HALF_UP)
        .toPlainString();
  }
}
