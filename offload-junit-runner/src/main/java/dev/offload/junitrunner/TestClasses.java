package dev.offload.junitrunner;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Find the names of the classes that may hold tests.
final class TestClasses {
  private static final String SUFFIX = ".class";

  private final List<Pattern> included = new ArrayList<>();
  private final List<Pattern> excluded = new ArrayList<>();
  private final List<String> includedPackages;
  private final List<String> excludedPackages;
  private final SortedSet<String> names = new TreeSet<>();

  TestClasses(Plan plan) {
    plan.all("include-classname").forEach(regex -> included.add(Pattern.compile(regex)));
    plan.all("exclude-classname").forEach(regex -> excluded.add(Pattern.compile(regex)));
    includedPackages = plan.all("include-package");
    excludedPackages = plan.all("exclude-package");
  }

  /// Look into a folder of classes.
  void inFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(
          file -> take(folder.relativize(file).toString().replace(File.separatorChar, '/')));
    }
  }

  /// Look into those jars of the class path whose names match.
  ///
  /// @param globs patterns of file names
  void inJars(List<String> globs) throws IOException {
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
      Path path = Paths.get(entry);
      for (String glob : globs) {
        if (Files.isRegularFile(path)
            && path.getFileSystem().getPathMatcher("glob:" + glob).matches(path.getFileName())) {
          try (JarFile jar = new JarFile(path.toFile())) {
            jar.stream().forEach(file -> take(file.getName()));
          }
          break;
        }
      }
    }
  }

  private void take(String file) {
    if (!file.endsWith(SUFFIX) || file.startsWith("META-INF/")) {
      return;
    }
    String name = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
    boolean isClass = !name.endsWith("package-info") && !name.endsWith("module-info");
    if (isClass && matches(included, name) && !matches(excluded, name) && isInPackage(name)) {
      names.add(name);
    }
  }

  private boolean isInPackage(String name) {
    return (includedPackages.isEmpty() || within(includedPackages, name))
        && !within(excludedPackages, name);
  }

  private static boolean within(List<String> packages, String name) {
    return packages.stream().anyMatch(one -> name.startsWith(one + "."));
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  /// Return the names in order.
  List<String> names() {
    return new ArrayList<>(names);
  }
}
