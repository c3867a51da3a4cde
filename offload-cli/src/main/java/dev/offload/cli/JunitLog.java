package dev.offload.cli;

import dev.offload.cli.LogEntry.Status;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Read the tests of a JUnit report, whoever wrote it. Where a test occurs several times the entry
/// with the worst end wins.
final class JunitLog {
  private final Map<String, LogEntry> entries = new HashMap<>();

  private JunitLog() {}

  /// Read a report.
  ///
  /// @throws IOException when it cannot be read or is not XML
  static List<LogEntry> read(Path file) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    JunitLog log = new JunitLog();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      XMLStreamReader reader = factory.createXMLStreamReader(in);
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT
            && reader.getLocalName().equals("testcase")) {
          log.add(testcase(reader));
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException("not well-formed XML at line " + e.getLocation().getLineNumber(), e);
    }
    return List.copyOf(log.entries.values());
  }

  private void add(LogEntry entry) {
    entries.merge(
        entry.id(), entry, (old, more) -> rank(more.status()) > rank(old.status()) ? more : old);
  }

  private static int rank(Status status) {
    return switch (status) {
      case SKIPPED -> 0;
      case PASSED -> 1;
      case FLAKY -> 2;
      case FAILED, ERROR -> 3;
    };
  }

  private static LogEntry testcase(XMLStreamReader reader) throws XMLStreamException {
    String id = id(reader);
    Status status = Status.PASSED;
    List<String> text = new ArrayList<>();
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      String element = reader.getLocalName();
      Status found = status(element);
      status = rank(found) >= rank(status) || element.equals("skipped") ? found : status;
      String message = attribute(reader, "message");
      String body = body(reader);
      if (element.equals("system-out") || element.equals("system-err")) {
        text.add(LogEntry.titled(element.equals("system-out") ? "stdout" : "stderr", body));
      } else if (!element.equals("properties") && !element.startsWith("rerun")) {
        // Surefire's rerunFailure and rerunError are further attempts, which --attempts shows.
        text.add(body.contains(message) ? body : (message + "\n" + body).strip());
      }
    }
    text.removeIf(String::isBlank);
    return new LogEntry(id, status, text);
  }

  private static Status status(String element) {
    return switch (element) {
      case "failure" -> Status.FAILED;
      case "error" -> Status.ERROR;
      case "skipped" -> Status.SKIPPED;
      case "flakyFailure", "flakyError" -> Status.FLAKY;
      default -> Status.PASSED;
    };
  }

  /// Return the id a test has in Offload: the name, or for a Python test, whose report splits it,
  /// the file, the classes and the name.
  private static String id(XMLStreamReader reader) {
    String name = attribute(reader, "name");
    String file = attribute(reader, "file");
    String classname = attribute(reader, "classname");
    if (file.endsWith(".py") && !isWhole(name, file)) {
      // The id has the file relative to pytest's root folder, the attribute relative to the
      // project's.
      for (int start = 0; start >= 0; start = nextFolder(file, start)) {
        String named = file.substring(start);
        String module = named.substring(0, named.length() - 3).replace('/', '.');
        if (classname.equals(module) || classname.startsWith(module + ".")) {
          return named + classname.substring(module.length()).replace(".", "::") + "::" + name;
        }
      }
    }
    return name;
  }

  private static int nextFolder(String file, int start) {
    int end = file.indexOf('/', start);
    return end < 0 ? -1 : end + 1;
  }

  /// Return whether a name says its file already, which stands in it relative to pytest's root
  /// folder: that may be a folder below the project's.
  private static boolean isWhole(String name, String file) {
    int end = name.indexOf("::");
    String named = end < 0 ? name : name.substring(0, end);
    return named.endsWith(".py") && (file.equals(named) || file.endsWith("/" + named));
  }

  private static String attribute(XMLStreamReader reader, String name) {
    String value = reader.getAttributeValue(null, name);
    return value == null ? "" : value;
  }

  /// Return all text inside the element, and stop at its end.
  private static String body(XMLStreamReader reader) throws XMLStreamException {
    StringBuilder body = new StringBuilder();
    int depth = 1;
    while (depth > 0) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            body.append(reader.getText());
        default -> {}
      }
    }
    return body.toString().strip();
  }
}
