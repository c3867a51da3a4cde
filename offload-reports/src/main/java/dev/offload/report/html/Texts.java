package dev.offload.report.html;

import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestId;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Number the texts of attempts and write them in blocks, so that a reader of one text need not
/// read them all.
final class Texts {
  private static final int BLOCK = 1 << 19;

  private final Map<AttemptKey, AttemptReport> passedOutput;
  private final List<AttemptReport> reports = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private int inBlock = BLOCK;

  Texts(Map<AttemptKey, AttemptReport> passedOutput) {
    this.passedOutput = passedOutput;
  }

  /// Return the number of an attempt's texts, or -1 when it has none.
  int place(TestId test, TestResult.Attempt attempt) {
    AttemptReport report =
        passedOutput.getOrDefault(new AttemptKey(test, attempt.number()), attempt.report());
    int length = report.details().length() + report.stdout().length() + report.stderr().length();
    if (length == 0) {
      return -1;
    }
    if (inBlock + length > BLOCK) {
      starts.add(reports.size());
      inBlock = 0;
    }
    inBlock += length;
    reports.add(report);
    return reports.size() - 1;
  }

  /// Write the number of the first text in each block.
  void writeStarts(JsonGenerator json) {
    json.writeRaw('\n');
    json.writeName("texts").writeStartArray();
    starts.forEach(json::writeNumber);
    json.writeEndArray();
    json.writeRaw('\n');
  }

  /// Write the blocks, as elements of the page.
  void write(JsonFactory factory, Writer out) throws IOException {
    for (int block = 0; block < starts.size(); block++) {
      int end = block + 1 < starts.size() ? starts.get(block + 1) : reports.size();
      out.write("<script type=\"application/json\" id=\"texts-" + block + "\">");
      try (JsonGenerator json =
          factory.createGenerator(ObjectWriteContext.empty(), new InertJson(out))) {
        json.writeStartArray();
        for (AttemptReport report : reports.subList(starts.get(block), end)) {
          json.writeStartArray();
          json.writeString(report.details());
          json.writeString(report.stdout());
          json.writeString(report.stderr());
          json.writeEndArray();
        }
        json.writeEndArray();
      }
      out.write("</script>\n");
    }
  }
}
