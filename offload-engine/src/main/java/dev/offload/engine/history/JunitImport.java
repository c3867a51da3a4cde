package dev.offload.engine.history;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// Read the attempts that a JUnit report tells of, so that a history can begin with what another
/// runner has measured. Importing the same report twice adds nothing.
public final class JunitImport {
  private static final Set<String> FAILED = Set.of("failure", "error");
  private static final Set<String> FAILED_TOO =
      Set.of("flakyFailure", "flakyError", "rerunFailure", "rerunError");

  private final Path project;
  private final String framework;
  private final String config;
  private final List<Attempt> attempts = new ArrayList<>();

  /// Make it.
  ///
  /// @param project the directory that the tests' files are relative to
  /// @param framework the type of the framework, which says how a test is named
  /// @param config the base name of the configuration file
  public JunitImport(Path project, String framework, String config) {
    this.project = project;
    this.framework = framework;
    this.config = config;
  }

  private record Attempt(HistoryKey key, Sample sample, boolean passed) {}

  /// Read one report.
  ///
  /// @return how many attempts it tells of
  /// @throws IOException with words for the user when it cannot be read
  public int read(Path file) throws IOException {
    int before = attempts.size();
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    long written = Files.getLastModifiedTime(file).toMillis();
    try (InputStream in = Files.newInputStream(file)) {
      new Reading(factory.createXMLStreamReader(in), written).read();
    } catch (XMLStreamException e) {
      throw new IOException("it is not XML: " + oneLine(e), e);
    }
    return attempts.size() - before;
  }

  private static String oneLine(XMLStreamException e) {
    return "line "
        + e.getLocation().getLineNumber()
        + ", column "
        + e.getLocation().getColumnNumber();
  }

  /// Add what was read, without what is there already.
  ///
  /// @param capacity how many samples to keep of each outcome of a test
  public void addTo(History history, int capacity) {
    for (Attempt attempt : attempts) {
      TestRecord known = history.find(attempt.key()).orElse(TestRecord.NONE);
      List<Sample> there = attempt.passed() ? known.passes() : known.fails();
      if (!there.contains(attempt.sample())) {
        history.add(attempt.key(), attempt.sample(), attempt.passed(), capacity);
      }
    }
  }

  /// Reads one file.
  private final class Reading {
    private final XMLStreamReader xml;
    private long at;

    Reading(XMLStreamReader xml, long written) {
      this.xml = xml;
      at = written;
    }

    void read() throws XMLStreamException {
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "testsuite" -> at = time(attribute("timestamp"), at);
            case "testcase" -> testCase();
            default -> {}
          }
        }
      }
    }

    private void testCase() throws XMLStreamException {
      String id = id(attribute("classname"), attribute("name"), attribute("file"));
      double seconds = number(attribute("time"));
      boolean failed = false;
      boolean skipped = false;
      int failedToo = 0;
      for (int depth = 1; depth > 0; ) {
        int event = xml.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          String name = xml.getLocalName();
          failed |= depth == 1 && FAILED.contains(name);
          skipped |= depth == 1 && name.equals("skipped");
          failedToo += depth == 1 && FAILED_TOO.contains(name) ? 1 : 0;
          depth++;
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          depth--;
        }
      }
      if (skipped || id.isEmpty() || seconds < 0) {
        return;
      }
      for (int attempt = 0; attempt <= failedToo; attempt++) {
        boolean last = attempt == failedToo;
        add(id, seconds, attempt, last && !failed);
      }
    }

    private void add(String id, double seconds, int attempt, boolean passed) {
      // Attempts of one report lie a millisecond apart, so that each is its own.
      Sample sample =
          new Sample(HexFormat.of().toHexDigits((int) (at / 1000)), at + attempt, seconds);
      attempts.add(new Attempt(new HistoryKey(config, id), sample, passed));
    }

    private String attribute(String name) {
      String value = xml.getAttributeValue(null, name);
      return value == null ? "" : value;
    }
  }

  /// Return the name under which Offload knows a test.
  private String id(String classname, String name, String file) {
    if (name.isEmpty() || classname.isEmpty()) {
      return name;
    }
    return switch (framework) {
      // The earlier Offload put the whole id into the name.
      case "pytest" -> name.contains("::") ? name : pytest(classname, name, file);
      case "nextest", "go" -> classname + " " + name;
      case "junit" -> classname + "#" + name;
      case "vitest" -> classname + " > " + name;
      default -> name;
    };
  }

  /// pytest names a test by its module and class, joined by dots; which part is the file is seen on
  /// the disk.
  private String pytest(String classname, String name, String file) {
    String[] parts = classname.split("\\.");
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      path.append(i == 0 ? "" : "/").append(parts[i]);
      String candidate = path + ".py";
      boolean isFile =
          file.isEmpty() ? Files.isRegularFile(project.resolve(candidate)) : file.equals(candidate);
      if (isFile) {
        return String.join("::", idParts(candidate, parts, i + 1, name));
      }
    }
    return name;
  }

  private static List<String> idParts(String file, String[] parts, int from, String name) {
    List<String> all = new ArrayList<>();
    all.add(file);
    all.addAll(List.of(parts).subList(from, parts.length));
    all.add(name);
    return all;
  }

  private static double number(@Nullable String text) {
    try {
      double seconds = text == null ? -1 : Double.parseDouble(text.replace(",", ""));
      return seconds >= 0 && seconds < 1e6 ? seconds : -1;
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private static long time(String text, long otherwise) {
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException _) {
      return localTime(text, otherwise);
    }
  }

  private static long localTime(String text, long otherwise) {
    try {
      Instant instant = LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
      return instant.toEpochMilli();
    } catch (DateTimeException _) {
      return otherwise;
    }
  }
}
