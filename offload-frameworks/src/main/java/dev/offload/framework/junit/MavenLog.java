package dev.offload.framework.junit;

import dev.offload.api.framework.Discovery.CollectionError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Read what Maven says when something does not compile.
final class MavenLog {
  private static final Pattern COMPILER =
      Pattern.compile("^\\[ERROR] (/.*?\\.\\w+):\\[(\\d+),(\\d+)] (?:error: )?(.*)$");

  /// A compiler's message goes on in lines that begin with blanks.
  private static final Pattern MORE = Pattern.compile("^(\\[ERROR])? {2,}");

  private static final Pattern SKIPPED = Pattern.compile("^\\[INFO] (.+?) \\.{2,} SKIPPED.*$");
  private static final Pattern FAILED = Pattern.compile("^\\[ERROR] (Failed to execute goal .*)$");

  /// A project may ask for colours (`.mvn/maven.config`).
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  /// The name of an error that is not about one file or module.
  static final String MAVEN = "Maven";

  /// The oldest version that the plug-in runs with that tells class paths.
  static final String OLDEST = "3.6.3";

  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

  private MavenLog() {}

  /// Return whether a version, as `mvn --version` tells it, is older than the oldest that goes.
  static boolean isTooOld(String version) {
    return VERSION
        .matcher(version)
        .results()
        .map(MatchResult::group)
        .anyMatch(found -> Arrays.compare(numbers(found), numbers(OLDEST)) < 0);
  }

  private static int[] numbers(String version) {
    return Stream.of(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  /// Return one error for each source file that does not compile, and for each module that was left
  /// out because of that; where Maven failed for another reason, one for Maven itself.
  ///
  /// @param said the log
  /// @param root the folder of the project, as Maven names it
  static List<CollectionError> errors(String said, String root) {
    String log = COLOUR.matcher(said).replaceAll("");
    Map<String, List<String>> files = new LinkedHashMap<>();
    List<CollectionError> skipped = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    List<String> current = new ArrayList<>();
    for (String line : log.lines().toList()) {
      Matcher compiler = COMPILER.matcher(line);
      Matcher left = SKIPPED.matcher(line);
      Matcher goal = FAILED.matcher(line);
      if (compiler.matches()) {
        current = files.computeIfAbsent(compiler.group(1), _ -> new ArrayList<>());
        String text = compiler.group(2) + ":" + compiler.group(3) + ": " + compiler.group(4);
        if (current.contains(text)) {
          current = new ArrayList<>(); // Maven says everything twice
        } else {
          current.add(text);
        }
      } else if (MORE.matcher(line).lookingAt() && !current.isEmpty()) {
        current.add(MORE.matcher(line).replaceFirst("  ").stripTrailing());
      } else {
        current = new ArrayList<>();
        if (left.matches()) {
          String name = left.group(1).strip();
          String message = "not compiled, because a module that it needs failed";
          skipped.add(new CollectionError("module " + name, "", message, ""));
        } else if (goal.matches()) {
          failed.add(goal.group(1));
        }
      }
    }
    List<CollectionError> errors = new ArrayList<>();
    files.forEach((file, lines) -> {
      String name = file.startsWith(root + "/") ? file.substring(root.length() + 1) : file;
      String details = name + "\n" + String.join("\n", lines);
      errors.add(new CollectionError(name, name, "does not compile: " + lines.getFirst(), details));
    });
    if (errors.isEmpty()) {
      String message = failed.isEmpty() ? "Maven failed" : failed.getFirst();
      errors.add(new CollectionError(MAVEN, "", message, tail(log)));
    }
    errors.addAll(skipped);
    return errors;
  }

  /// Return what Maven says of its errors, or all of a log that says nothing of any.
  static String tail(String log) {
    List<String> lines =
        log.lines().filter(line -> line.startsWith("[ERROR]")).map(String::stripTrailing).toList();
    return lines.isEmpty() ? log.strip() : String.join("\n", lines);
  }
}
