package dev.offload.provider.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Say which files of a folder stay out of an image, by the rules of `.dockerignore`: the last line
/// that fits a path, or a folder it is in, decides; `!` takes back in; `*` and `?` stay within one
/// name; `**` spans folders; lines that begin with `#` are remarks.
///
/// @param rules the rules in file order
record IgnoreFile(List<Rule> rules) {
  private static final String NAME = ".dockerignore";

  /// One line.
  ///
  /// @param pattern what it fits, a path from the folder with `/` between names
  /// @param takesIn whether what it fits goes into the image after all
  record Rule(Pattern pattern, boolean takesIn) {}

  /// Read the file of a folder; where there is none, nothing is ignored.
  static IgnoreFile of(Path folder) throws IOException {
    try {
      return parse(Files.readAllLines(folder.resolve(NAME)));
    } catch (NoSuchFileException _) {
      return new IgnoreFile(List.of());
    }
  }

  static IgnoreFile parse(List<String> lines) {
    List<Rule> rules = new ArrayList<>();
    for (String line : lines) {
      String text = line.strip();
      if (text.startsWith("#")) {
        continue;
      }
      boolean takesIn = text.startsWith("!");
      String path = trim(takesIn ? text.substring(1).strip() : text);
      if (!path.isEmpty() && !path.equals(".")) {
        rules.add(new Rule(Pattern.compile(regex(path)), takesIn));
      }
    }
    return new IgnoreFile(rules);
  }

  private static String trim(String path) {
    String trimmed = path.startsWith("./") ? path.substring(2) : path;
    int begin = 0;
    int end = trimmed.length();
    while (begin < end && trimmed.charAt(begin) == '/') {
      begin++;
    }
    while (end > begin && trimmed.charAt(end - 1) == '/') {
      end--;
    }
    return trimmed.substring(begin, end);
  }

  private static String regex(String path) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < path.length()) {
      char c = path.charAt(i);
      if (path.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 3;
      } else if (path.startsWith("**", i)) {
        regex.append(".*");
        i += 2;
      } else if (c == '[' && path.indexOf(']', i + 2) > 0) {
        int end = path.indexOf(']', i + 2);
        String members = path.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(members).append(']');
        i = end + 1;
      } else {
        if (c == '\\' && i + 1 < path.length()) {
          i++;
          regex.append(Pattern.quote(path.substring(i, i + 1)));
        } else {
          regex.append(
              switch (c) {
                case '*' -> "[^/]*";
                case '?' -> "[^/]";
                default -> Pattern.quote(String.valueOf(c));
              });
        }
        i++;
      }
    }
    return regex.append("(?:/.*)?").toString();
  }

  /// Return whether a file or folder stays out.
  ///
  /// @param path from the folder, with `/` between names
  boolean ignores(String path) {
    boolean ignored = false;
    for (Rule rule : rules) {
      if (rule.takesIn() == ignored && rule.pattern().matcher(path).matches()) {
        ignored = !rule.takesIn();
      }
    }
    return ignored;
  }

  /// Return whether something inside an ignored folder may go into the image all the same.
  boolean hasExceptions() {
    return rules.stream().anyMatch(Rule::takesIn);
  }
}
