package dev.offload.cli;

import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.engine.discovery.TestCatalog;
import java.io.PrintWriter;
import java.util.List;

/// Write a catalog of tests as text or as JSON.
final class CatalogText {
  private CatalogText() {}

  /// Write the ids below the name of their group; groups without tests are left out.
  static void groups(TestCatalog catalog, PrintWriter out) {
    for (TestCatalog.Group group : catalog.groups()) {
      if (!group.tests().isEmpty()) {
        out.println();
        out.println("Group '" + group.settings().name() + "':");
        group.tests().forEach(test -> out.println("  " + Console.oneLine(test.id().value())));
      }
    }
  }

  /// Return `12 tests across 2 groups`.
  static String count(TestCatalog catalog) {
    List<TestCatalog.Group> groups =
        catalog.groups().stream().filter(group -> !group.tests().isEmpty()).toList();
    int tests = groups.stream().mapToInt(group -> group.tests().size()).sum();
    return tests
        + (tests == 1 ? " test" : " tests")
        + " across "
        + groups.size()
        + (groups.size() == 1 ? " group" : " groups");
  }

  /// Tell people what could not be collected.
  ///
  /// @return whether there was anything
  static boolean showErrors(TestCatalog catalog, Console console) {
    boolean any = false;
    for (TestCatalog.Group group : catalog.groups()) {
      for (CollectionError error : group.errors()) {
        any = true;
        console.say("error: " + error.name() + " could not be collected: " + error.message());
        if (!error.details().isBlank()) {
          console.say(error.details().stripTrailing().indent(2).stripTrailing());
        }
      }
    }
    return any;
  }

  /// Write an array of objects, one for each test.
  static void json(TestCatalog catalog, PrintWriter out) {
    String separator = "";
    out.print("[");
    for (TestCatalog.Group group : catalog.groups()) {
      for (TestCase test : group.tests()) {
        String id = test.id().value();
        out.println(separator);
        out.println("  {");
        out.println("    \"id\": " + JsonText.quoted(id) + ",");
        out.println("    \"name\": " + JsonText.quoted(id.substring(nameStart(id))) + ",");
        out.println(
            "    \"file\": "
                + (test.file().isEmpty() ? "null" : JsonText.quoted(test.file()))
                + ",");
        out.println("    \"retry_count\": " + group.settings().retryCount() + ",");
        out.println("    \"group\": " + JsonText.quoted(group.settings().name()) + ",");
        out.println("    \"schedule_individual\": " + group.settings().scheduleIndividually());
        out.print("  }");
        separator = ",";
      }
    }
    out.println(separator.isEmpty() ? "]" : System.lineSeparator() + "]");
  }

  /// The name follows the last `::` that is not inside of parameters.
  private static int nameStart(String id) {
    int parameters = id.indexOf('[');
    int separator = id.lastIndexOf("::", parameters < 0 ? id.length() : parameters);
    return separator < 0 ? 0 : separator + 2;
  }
}
