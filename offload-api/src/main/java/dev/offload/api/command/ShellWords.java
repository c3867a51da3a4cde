package dev.offload.api.command;

import java.util.ArrayList;
import java.util.List;

/// Split and quote words by the rules of the POSIX shell.
public final class ShellWords {
  private ShellWords() {}

  /// Split a line into words: blanks separate, single quotes keep all, double quotes keep blanks, a
  /// backslash keeps the next character. Nothing is expanded.
  ///
  /// @throws IllegalArgumentException when a quote is not closed or a backslash ends the line
  public static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i++);
      switch (c) {
        case ' ', '\t', '\n', '\r' -> {
          if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
          }
        }
        case '\'' -> {
          int end = line.indexOf('\'', i);
          if (end < 0) {
            throw new IllegalArgumentException("a single quote is not closed");
          }
          word.append(line, i, end);
          i = end + 1;
          inWord = true;
        }
        case '"' -> {
          i = doubleQuoted(line, i, word);
          inWord = true;
        }
        case '\\' -> {
          if (i == line.length()) {
            throw new IllegalArgumentException("a backslash ends the line");
          }
          char next = line.charAt(i++);
          if (next != '\n') {
            word.append(next);
            inWord = true;
          }
        }
        default -> {
          word.append(c);
          inWord = true;
        }
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  private static int doubleQuoted(String line, int start, StringBuilder word) {
    int i = start;
    while (i < line.length()) {
      char c = line.charAt(i++);
      if (c == '"') {
        return i;
      }
      if (c == '\\' && i < line.length() && "\"\\$`\n".indexOf(line.charAt(i)) >= 0) {
        char next = line.charAt(i++);
        if (next != '\n') {
          word.append(next);
        }
      } else {
        word.append(c);
      }
    }
    throw new IllegalArgumentException("a double quote is not closed");
  }

  /// Quote one word so that a POSIX shell reads it back exactly; plain words stay as they are.
  public static String quote(String word) {
    if (!word.isEmpty() && word.chars().allMatch(ShellWords::isPlain)) {
      return word;
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /// Quote words and join them with blanks.
  public static String join(Iterable<String> words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(quote(word));
    }
    return line.toString();
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_-./:=@%+,".indexOf(c) >= 0;
  }
}
