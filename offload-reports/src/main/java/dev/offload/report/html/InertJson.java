package dev.offload.report.html;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/// Write JSON that can stand inside a `script` element: `<`, which JSON has inside texts only, is
/// written as an escape, so that no text can end the element or begin another.
final class InertJson extends FilterWriter {
  private static final String ESCAPE = "\\u003c";

  InertJson(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    if (c == '<') {
      out.write(ESCAPE);
    } else {
      out.write(c);
    }
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (text[i] == '<') {
        out.write(text, from, i - from);
        out.write(ESCAPE);
        from = i + 1;
      }
    }
    out.write(text, from, offset + length - from);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.toCharArray(), offset, length);
  }

  /// The page goes on behind the data.
  @Override
  public void close() throws IOException {
    flush();
  }
}
