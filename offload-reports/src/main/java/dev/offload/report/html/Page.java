package dev.offload.report.html;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/// Hold the fixed parts of the page. Nothing of a run is ever written into markup: all of it is
/// data, which the page's script shows as text.
///
/// @param frame the markup, with a mark where each of the other parts belongs
/// @param style the style sheet
/// @param script the script
record Page(String frame, String style, String script) {
  private static final String DATA = "@DATA@";

  static Page load() throws IOException {
    return new Page(text("report.html"), text("report.css"), text("report.js"));
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void write(RunData data, Writer out) throws IOException {
    String filled =
        frame.replace("@POLICY@", policy()).replace("@STYLE@", style).replace("@SCRIPT@", script);
    int at = filled.indexOf(DATA);
    out.write(filled, 0, at);
    data.write(out);
    out.write(filled, at + DATA.length(), filled.length() - at - DATA.length());
  }

  /// Allow the page's own script and style, known by their hashes, and nothing else: no network, no
  /// other script.
  private String policy() {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-"
        + hash(script)
        + "'; style-src 'sha256-"
        + hash(style)
        + "'";
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
