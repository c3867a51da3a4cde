package dev.offload.framework.junit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// Pack the test runner, which is on our class path, into a jar for a sandbox.
final class RunnerJar {
  /// Its classes. They are part of Offload's distribution, and are not loaded here.
  static final List<String> CLASSES =
      List.of(
          "Batch",
          "BatchListener",
          "Capture",
          "Capture$Tee",
          "ClassTemplates",
          "Container",
          "Failure",
          "Frames",
          "Json",
          "Lister",
          "Lister$FilterOf",
          "Main",
          "Orders",
          "Output",
          "Plan",
          "RunningTest",
          "TestClasses",
          "TestTree");

  static final String FOLDER = "/dev/offload/junitrunner/";

  private static final long SOME_DAY = 1_000_000_000_000L;
  private static final int LINE = 76;

  private RunnerJar() {}

  /// Return the jar as text, in lines.
  static String base64() {
    return Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(bytes()) + "\n";
  }

  private static byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (String name : CLASSES) {
        String file = FOLDER + name + ".class";
        JarEntry entry = new JarEntry(file.substring(1));
        entry.setTime(SOME_DAY);
        jar.putNextEntry(entry);
        try (InputStream in = RunnerJar.class.getResourceAsStream(file)) {
          if (in == null) {
            throw new IllegalStateException("the class " + file + " is missing");
          }
          in.transferTo(jar);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
