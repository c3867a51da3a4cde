package dev.offload.junitrunner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Hold the lines of a plan: a word, a blank, and a value in which `\n`, `\r`, `\\` and `\` with
/// `u` and four digits stand for what they mean.
final class Plan {
  private static final int DIGITS = 4;
  private static final int HEXADECIMAL = 16;

  private final List<String> words = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  Plan(List<String> lines) {
    for (String line : lines) {
      int blank = line.indexOf(' ');
      if (blank > 0) {
        words.add(line.substring(0, blank));
        values.add(unescaped(line.substring(blank + 1)));
      }
    }
  }

  static Plan read(Path file) throws IOException {
    return new Plan(Files.readAllLines(file, StandardCharsets.UTF_8));
  }

  /// Return the values of a word, in order.
  List<String> all(String word) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals(word)) {
        found.add(values.get(i));
      }
    }
    return found;
  }

  /// Return the parameters for JUnit: `config` with `name=value`.
  Map<String, String> configuration() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : all("config")) {
      int sign = pair.indexOf('=');
      parameters.put(pair.substring(0, sign), pair.substring(sign + 1));
    }
    return parameters;
  }

  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i);
        if (c == 'u') {
          plain.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + DIGITS), HEXADECIMAL));
          i += DIGITS;
        } else {
          plain.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
        }
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
