package dev.offload.junitrunner;

import java.io.PrintWriter;
import java.io.StringWriter;

/// Put a failure into words.
final class Failure {
  private static final int TEXT_CHARS = 256 * 1024;
  private static final int MESSAGE_CHARS = 2000;

  private Failure() {}

  /// Return one line.
  static String message(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    String text;
    try {
      text = failure.getMessage();
    } catch (RuntimeException | LinkageError e) {
      text = "its message cannot be made: " + e;
    }
    if (text == null || text.trim().isEmpty()) {
      return name;
    }
    return name + ": " + firstLine(text);
  }

  /// Return the first line that says something.
  static String firstLine(String text) {
    String stripped = text.trim();
    int end = stripped.length();
    for (int i = 0; i < end; i++) {
      char c = stripped.charAt(i);
      if (c == '\n' || c == '\r') {
        end = i;
      }
    }
    return stripped.substring(0, Math.min(end, MESSAGE_CHARS));
  }

  /// Return the whole text with all causes.
  static String details(Throwable failure) {
    StringWriter text = new StringWriter();
    try (PrintWriter writer = new PrintWriter(text)) {
      failure.printStackTrace(writer);
    } catch (RuntimeException | LinkageError e) {
      return failure.getClass().getName() + ", whose text cannot be made: " + e;
    }
    String whole = text.toString();
    return whole.length() <= TEXT_CHARS
        ? whole.trim()
        : whole.substring(0, TEXT_CHARS) + "\n… (shortened)";
  }

  /// Return whether a method around the test failed, such as one with `@BeforeEach`: the test was
  /// not judged then.
  static boolean isAroundTheTest(Throwable failure) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      String owner = frame.getClassName();
      String method = frame.getMethodName();
      boolean isJupiter =
          owner.startsWith("org.junit.jupiter.engine.descriptor.")
              && (method.contains("invokeBeforeEach") || method.contains("invokeAfterEach"));
      boolean isVintage =
          method.equals("invokeMethod")
              && (owner.endsWith(".statements.RunBefores")
                  || owner.endsWith(".statements.RunAfters"));
      if (isJupiter || isVintage) {
        return true;
      }
    }
    return false;
  }
}
