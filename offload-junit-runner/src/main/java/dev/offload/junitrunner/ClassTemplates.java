package dev.offload.junitrunner;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Knows by their unique ids the classes that JUnit runs several times, each time with other
/// arguments, such as those with `@ParameterizedClass`.
///
/// What is in such a class is made while it runs, once for each invocation. A test in it is asked
/// for, and told of, by its id without the invocation.
final class ClassTemplates {
  private static final Pattern TEMPLATE = Pattern.compile(".*/\\[(nested-)?class-template:[^/]*]");
  private static final Pattern INVOCATION = Pattern.compile("/\\[class-template-invocation:[^/]*]");

  private ClassTemplates() {}

  /// Return whether an id is that of such a class.
  static boolean isTemplate(String uniqueId) {
    return TEMPLATE.matcher(uniqueId).matches();
  }

  /// Return whether an id is that of one invocation of such a class.
  static boolean isInvocation(String uniqueId) {
    return uniqueId.startsWith("/[class-template-invocation:", uniqueId.lastIndexOf("/["));
  }

  /// Return an id without the invocations of the classes in it.
  static String plain(String uniqueId) {
    return INVOCATION.matcher(uniqueId).replaceAll("");
  }

  /// Return the ids of the invocations that something is in, the outermost first.
  static List<String> invocationsIn(String uniqueId) {
    List<String> found = new ArrayList<>();
    Matcher matcher = INVOCATION.matcher(uniqueId);
    while (matcher.find()) {
      found.add(uniqueId.substring(0, matcher.end()));
    }
    return found;
  }

  /// Return the id of what holds something.
  static String above(String uniqueId) {
    return uniqueId.substring(0, uniqueId.lastIndexOf("/["));
  }
}
