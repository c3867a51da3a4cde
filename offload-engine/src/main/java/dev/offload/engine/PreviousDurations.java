package dev.offload.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Read how long tests took in the run before this one, from what it left.
///
/// `summary.json` is preferred; a `junit.xml` whose test cases are named by id, as the earlier
/// Offload wrote it, serves too. What cannot be read is as if it were not there: durations only
/// steer the order.
final class PreviousDurations {
  private PreviousDurations() {}

  static Map<String, Duration> read(Path outputDirectory, String junitFile) {
    Map<String, Duration> known = new HashMap<>();
    try {
      if (!readSummary(outputDirectory.resolve("summary.json"), known)) {
        readJunit(outputDirectory.resolve(junitFile), known);
      }
    } catch (IOException | JacksonException | XMLStreamException e) {
      System.getLogger(PreviousDurations.class.getName())
          .log(System.Logger.Level.DEBUG, "no durations of an earlier run", e);
    }
    return known;
  }

  private static boolean readSummary(Path file, Map<String, Duration> known) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (JsonParser json =
        JsonFactory.builder().build().createParser(ObjectReadContext.empty(), file.toFile())) {
      String id = "";
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token != JsonToken.PROPERTY_NAME) {
          continue;
        }
        String name = json.currentName();
        if ("id".equals(name)) {
          id = json.nextStringValue();
        } else if ("outcome".equals(name)) {
          readAttempt(json, id == null ? "" : id, known);
        }
      }
    }
    return true;
  }

  /// Read the rest of an attempt: its duration counts when it passed.
  private static void readAttempt(JsonParser json, String id, Map<String, Duration> known) {
    boolean passed = "passed".equals(json.nextStringValue());
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.END_OBJECT;
        token = json.nextToken()) {
      if (token == JsonToken.PROPERTY_NAME && "duration_secs".equals(json.currentName())) {
        json.nextToken();
        if (passed) {
          remember(id, json.getDoubleValue(), known);
        }
      }
    }
  }

  private static void readJunit(Path file, Map<String, Duration> known)
      throws IOException, XMLStreamException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (InputStream in = Files.newInputStream(file)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT
            && "testcase".equals(xml.getLocalName())) {
          String name = xml.getAttributeValue(null, "name");
          String time = xml.getAttributeValue(null, "time");
          if (name != null && time != null) {
            remember(name, number(time), known);
          }
        }
      }
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.replace(",", ""));
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private static void remember(String id, double seconds, Map<String, Duration> known) {
    if (!id.isEmpty() && seconds >= 0 && seconds < 1e6) {
      known.merge(
          id, Duration.ofNanos((long) (seconds * 1e9)), (a, b) -> a.compareTo(b) >= 0 ? a : b);
    }
  }
}
