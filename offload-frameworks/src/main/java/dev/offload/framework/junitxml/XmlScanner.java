package dev.offload.framework.junitxml;

import java.util.LinkedHashMap;
import java.util.Map;

/// Walk over XML text, part by part, forgiving what test tools get wrong: several documents in one
/// text, characters that XML forbids, names of entities that nobody declared.
///
/// Nothing is ever fetched or expanded: entities other than XML's own five stay as they are
/// written, and a declaration of entities ends the text.
final class XmlScanner {
  /// One part of the text.
  sealed interface Part {
    /// The start of an element; when it is closed at once, its end follows.
    record Start(String name, Map<String, String> attributes) implements Part {}

    /// The end of an element.
    record End(String name) implements Part {}

    /// Text.
    record Text(String text) implements Part {}

    /// There is no more.
    ///
    /// @param problem what is wrong with the text, or empty when it ended well
    record Finish(String problem) implements Part {}
  }

  private final String text;
  private int at;
  private String pendingEnd = "";
  private String problem = "";

  XmlScanner(String text) {
    this.text = text;
  }

  /// Return the next part; [Part.Finish] for ever after the last.
  Part next() {
    if (!pendingEnd.isEmpty()) {
      String name = pendingEnd;
      pendingEnd = "";
      return new Part.End(name);
    }
    while (at < text.length() && problem.isEmpty()) {
      if (text.charAt(at) != '<') {
        return new Part.Text(plainText());
      }
      if (text.startsWith("<![CDATA[", at)) {
        int start = at + 9;
        return new Part.Text(clean(text.substring(start, skipTo("]]>", start))));
      }
      if (text.startsWith("<!--", at)) {
        skipTo("-->", at + 4);
      } else if (text.startsWith("<?", at)) {
        skipTo("?>", at + 2);
      } else if (text.startsWith("<!", at)) {
        declaration();
      } else {
        return tag();
      }
    }
    return new Part.Finish(problem);
  }

  private String plainText() {
    int end = text.indexOf('<', at);
    end = end < 0 ? text.length() : end;
    String found = unescape(text.substring(at, end));
    at = end;
    return found;
  }

  /// Move behind the next place of some characters and return that place; at the end of the text,
  /// note that it is cut off.
  private int skipTo(String characters, int from) {
    int end = text.indexOf(characters, from);
    if (end < 0) {
      problem = "it is cut off";
      at = text.length();
      return at;
    }
    at = end + characters.length();
    return end;
  }

  private void declaration() {
    int end = text.indexOf('>', at);
    int subset = text.indexOf('[', at);
    if (subset >= 0 && subset < end) {
      problem = "it declares entities, which is refused";
    } else {
      skipTo(">", at);
    }
  }

  private Part tag() {
    int start = at++;
    boolean closing = at < text.length() && text.charAt(at) == '/';
    if (closing) {
      at++;
    }
    String name = name();
    if (name.isEmpty()) {
      return broken(start);
    }
    Map<String, String> attributes = new LinkedHashMap<>();
    while (at < text.length()) {
      skipBlanks();
      if (text.startsWith("/>", at)) {
        at += 2;
        pendingEnd = name;
        return new Part.Start(name, attributes);
      }
      if (at < text.length() && text.charAt(at) == '>') {
        at++;
        return closing ? new Part.End(name) : new Part.Start(name, attributes);
      }
      if (!attribute(attributes)) {
        return broken(start);
      }
    }
    return broken(start);
  }

  private boolean attribute(Map<String, String> attributes) {
    String name = name();
    skipBlanks();
    if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
      return false;
    }
    at++;
    skipBlanks();
    if (at >= text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\'')) {
      return false;
    }
    int end = text.indexOf(text.charAt(at), at + 1);
    if (end < 0) {
      at = text.length();
      return false;
    }
    attributes.put(name, unescape(text.substring(at + 1, end)));
    at = end + 1;
    return true;
  }

  private Part broken(int start) {
    boolean isCut = at >= text.length();
    long line = 1 + text.substring(0, start).chars().filter(c -> c == '\n').count();
    problem = isCut ? "it is cut off in line " + line : "line " + line + " is not XML";
    return new Part.Finish(problem);
  }

  private String name() {
    int start = at;
    while (at < text.length() && isNameCharacter(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isNameCharacter(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == ':' || c == '.';
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static String unescape(String raw) {
    if (raw.indexOf('&') < 0) {
      return clean(raw);
    }
    StringBuilder plain = new StringBuilder(raw.length());
    int from = 0;
    for (int mark = raw.indexOf('&'); mark >= 0; mark = raw.indexOf('&', from)) {
      plain.append(raw, from, mark);
      int end = raw.indexOf(';', mark);
      String character = end > mark && end - mark < 12 ? entity(raw.substring(mark + 1, end)) : "";
      plain.append(character.isEmpty() ? "&" : character);
      from = character.isEmpty() ? mark + 1 : end + 1;
    }
    return clean(plain.append(raw, from, raw.length()).toString());
  }

  /// Return what an entity stands for, or empty when it is none of XML's own.
  private static String entity(String name) {
    return switch (name) {
      case "lt" -> "<";
      case "gt" -> ">";
      case "amp" -> "&";
      case "quot" -> "\"";
      case "apos" -> "'";
      default -> name.startsWith("#") ? codePoint(name.substring(1)) : "";
    };
  }

  private static String codePoint(String number) {
    try {
      boolean isHex = number.startsWith("x") || number.startsWith("X");
      int code =
          isHex ? Integer.parseInt(number, 1, number.length(), 16) : Integer.parseInt(number);
      return Character.isValidCodePoint(code) ? Character.toString(code) : "";
    } catch (NumberFormatException _) {
      return "";
    }
  }

  /// Bring line ends into one form.
  private static String clean(String text) {
    return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n");
  }
}
