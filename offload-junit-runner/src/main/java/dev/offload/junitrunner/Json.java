package dev.offload.junitrunner;

/// Write one flat JSON object, in ASCII only.
final class Json {
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_ASCII = 0x7e;

  private final StringBuilder text = new StringBuilder("{");

  Json text(String name, String value) {
    name(name);
    quoted(value);
    return this;
  }

  Json number(String name, double value) {
    name(name);
    text.append(value);
    return this;
  }

  Json number(String name, int value) {
    name(name);
    text.append(value);
    return this;
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quoted(name);
    text.append(':');
  }

  private void quoted(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE || c > LAST_ASCII) {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
