package dev.offload.framework.junitxml;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Hold what a JUnit XML file says.
///
/// @param cases its test cases in order, also those before a place where the file is damaged
/// @param problem what is wrong with the file, one phrase; empty when nothing is
public record JUnitReport(List<JUnitCase> cases, String problem) {
  private static final Pattern ENCODING =
      Pattern.compile("^\\s*<\\?xml[^>]*encoding\\s*=\\s*[\"']([^\"']+)[\"']");

  /// Copy.
  public JUnitReport {
    cases = List.copyOf(cases);
  }

  /// Read a file; one that cannot be read is a report with a problem.
  public static JUnitReport read(Path file) {
    try {
      return parse(decode(Files.readAllBytes(file)));
    } catch (IOException e) {
      return new JUnitReport(List.of(), "it cannot be read: " + e);
    }
  }

  /// Read the text of one or several documents.
  public static JUnitReport parse(String text) {
    return new JUnitReader(text).read();
  }

  private static String decode(byte[] bytes) {
    if (bytes.length >= 2 && (bytes[0] & 0xff) + (bytes[1] & 0xff) == 0xfe + 0xff) {
      return new String(bytes, StandardCharsets.UTF_16);
    }
    String head = new String(bytes, 0, Math.min(200, bytes.length), StandardCharsets.ISO_8859_1);
    Matcher declared = ENCODING.matcher(head);
    String text =
        new String(bytes, declared.find() ? charset(declared.group(1)) : StandardCharsets.UTF_8);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static Charset charset(String name) {
    try {
      boolean isWide =
          name.regionMatches(true, 0, "utf-16", 0, 6); // then the name were not legible
      return isWide ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (IllegalArgumentException _) {
      return StandardCharsets.UTF_8;
    }
  }
}
