package dev.offload.framework.junit;

import java.util.List;
import java.util.Map;

/// Hold what the configuration says about JUnit.
///
/// @param java the words that start Java; empty for that of `JAVA_HOME` or on `PATH`
/// @param jvmArgs words for the JVM that runs tests
/// @param maven the words that start Maven; empty for the project's wrapper, or `mvn`
/// @param mavenArgs more words when Maven compiles
/// @param classpathCommand a shell command that prints class paths, in the place of Maven; empty
///   for Maven
/// @param testJars patterns for names of jars on the class path whose tests run too
/// @param configuration configuration parameters of JUnit
record JunitOptions(
    List<String> java,
    List<String> jvmArgs,
    List<String> maven,
    List<String> mavenArgs,
    String classpathCommand,
    List<String> testJars,
    Map<String, String> configuration) {
  JunitOptions {
    java = List.copyOf(java);
    jvmArgs = List.copyOf(jvmArgs);
    maven = List.copyOf(maven);
    mavenArgs = List.copyOf(mavenArgs);
    testJars = List.copyOf(testJars);
    configuration = Map.copyOf(configuration);
  }

  /// Return a name for the class paths that these options lead to.
  String store() {
    int hash = List.of(maven, mavenArgs, classpathCommand, testJars).hashCode();
    return "junit-" + Integer.toHexString(hash);
  }
}
