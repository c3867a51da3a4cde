package dev.offload.framework.junit;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.nio.file.FileSystems;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/// Make the adapter for the JUnit Platform out of `[framework] type = "junit"`.
public final class JunitFactory implements FrameworkFactory {
  /// Make the factory; for `ServiceLoader`.
  public JunitFactory() {}

  @Override
  public String type() {
    return "junit";
  }

  @Override
  public TestFramework create(Settings settings) {
    String classpathCommand = settings.string("classpath_command", "");
    if (settings.has("classpath_command") && classpathCommand.isBlank()) {
      settings.problem("classpath_command", "must not be empty; leave it out for Maven");
    }
    for (String key : List.of("maven", "maven_args")) {
      if (!classpathCommand.isBlank() && settings.has(key)) {
        settings.warning(key, "has no effect beside classpath_command, since Maven is not asked");
      }
    }
    List<String> testJars = settings.strings("test_jars");
    for (String glob : testJars) {
      checkGlob(settings, glob);
    }
    return new JunitFramework(
        new JunitOptions(
            settings.words("java"),
            settings.words("jvm_args"),
            settings.words("maven"),
            settings.words("maven_args"),
            classpathCommand,
            testJars,
            settings.stringTable("configuration")));
  }

  private static void checkGlob(Settings settings, String glob) {
    try {
      boolean _ = FileSystems.getDefault().getPathMatcher("glob:" + glob) == null;
    } catch (PatternSyntaxException e) {
      settings.problem("test_jars", "'" + glob + "' is no pattern: " + e.getDescription() + ".");
    }
  }
}
