package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// Check a file against the structure that readers of Surefire's dialect expect: which elements and
/// attributes there are, in which order, and that the counters are right. `file`, `line` and the
/// `properties` of a case are the only additions.
final class JunitStructure {
  private static final Map<String, List<String>> CHILDREN =
      Map.ofEntries(
          Map.entry("testsuites", List.of("testsuite")),
          Map.entry("testsuite", List.of("properties", "testcase")),
          Map.entry("properties", List.of("property")),
          Map.entry("property", List.of()),
          Map.entry(
              "testcase",
              List.of(
                  "properties",
                  "failure",
                  "rerunFailure",
                  "flakyFailure",
                  "skipped",
                  "error",
                  "rerunError",
                  "flakyError",
                  "system-out",
                  "system-err")),
          Map.entry("failure", List.of()),
          Map.entry("error", List.of()),
          Map.entry("skipped", List.of()),
          Map.entry("rerunFailure", List.of("stackTrace", "system-out", "system-err")),
          Map.entry("rerunError", List.of("stackTrace", "system-out", "system-err")),
          Map.entry("flakyFailure", List.of("stackTrace", "system-out", "system-err")),
          Map.entry("flakyError", List.of("stackTrace", "system-out", "system-err")),
          Map.entry("stackTrace", List.of()),
          Map.entry("system-out", List.of()),
          Map.entry("system-err", List.of()));

  private static final Map<String, Set<String>> REQUIRED =
      Map.of(
          "testsuite", Set.of("name", "tests", "failures", "errors", "skipped", "time"),
          "testcase", Set.of("name", "classname", "time"),
          "property", Set.of("name", "value"),
          "failure", Set.of("type", "message"),
          "error", Set.of("type", "message"),
          "rerunFailure", Set.of("type", "message"),
          "rerunError", Set.of("type", "message"),
          "flakyFailure", Set.of("type", "message"),
          "flakyError", Set.of("type", "message"));

  private JunitStructure() {}

  /// Return the test cases of a file, after checking it.
  static List<Element> check(Path file) throws IOException {
    Element root = parse(file);
    assertThat(root.getTagName()).isEqualTo("testsuites");
    checkElement(root);
    List<Element> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Element suite : children(root)) {
      List<Element> cases = children(suite);
      checkCounts(suite, cases);
      for (Element test : cases) {
        assertThat(names.add(test.getAttribute("classname") + "\n" + test.getAttribute("name")))
            .as("unique: " + test.getAttribute("name"))
            .isTrue();
      }
      all.addAll(cases);
    }
    checkCounts(root, all);
    return all;
  }

  private static Element parse(Path file) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(file.toFile())
          .getDocumentElement();
    } catch (SAXException | ParserConfigurationException e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
  }

  private static void checkElement(Element element) {
    String name = element.getTagName();
    for (String attribute : REQUIRED.getOrDefault(name, Set.of())) {
      assertThat(element.hasAttribute(attribute)).as(name + " has " + attribute).isTrue();
    }
    if (element.hasAttribute("time")) {
      assertThat(element.getAttribute("time")).matches("[0-9]+\\.[0-9]{3}");
    }
    List<String> order = CHILDREN.get(name);
    assertThat(order).as("known element " + name).isNotNull();
    int last = 0;
    for (Element child : children(element)) {
      assertThat(order).contains(child.getTagName());
      assertThat(order.indexOf(child.getTagName()))
          .as("place of " + child.getTagName())
          .isGreaterThanOrEqualTo(last);
      last = order.indexOf(child.getTagName());
      checkElement(child);
    }
  }

  private static void checkCounts(Element element, List<Element> cases) {
    assertThat(element.getAttribute("tests")).isEqualTo(String.valueOf(cases.size()));
    assertThat(element.getAttribute("failures")).isEqualTo(count(cases, "failure"));
    assertThat(element.getAttribute("errors")).isEqualTo(count(cases, "error"));
    assertThat(element.getAttribute("skipped")).isEqualTo(count(cases, "skipped"));
  }

  private static String count(List<Element> cases, String child) {
    return String.valueOf(
        cases.stream().filter(test -> test.getElementsByTagName(child).getLength() > 0).count());
  }

  private static List<Element> children(Element element) {
    List<Element> children = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }
}
