package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Hold files to published schemas.
final class Schemas {
  private static final Path OWN = Path.of("../offload-cli/src/main/dist/share");

  private Schemas() {}

  static void checkSummary(String json) throws IOException {
    checkJson(Files.readString(OWN.resolve("summary.schema.json")), json);
  }

  static void checkCtrf(String json) throws IOException {
    try (var in = Objects.requireNonNull(resource("ctrf-schema-0.0.json").openStream())) {
      checkJson(new String(in.readAllBytes(), StandardCharsets.UTF_8), json);
    }
  }

  private static void checkJson(String schema, String json) {
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON)
                .validate(json, InputFormat.JSON))
        .isEmpty();
  }

  /// Check what Maven's Surefire would write, without what `docs/reference/junit-xml.md` names as
  /// additions. Its schema knows single suites.
  static void checkSurefire(Path file) throws IOException {
    Document document = withoutAdditions(file);
    for (Element suite : elements(document, "testsuite")) {
      suite.removeAttribute("flakes");
      suite.removeAttribute("timestamp");
      validate("surefire-test-report.xsd", suite);
    }
  }

  /// Check what Jenkins' xUnit plugin reads, in the same way.
  static void checkJenkins(Path file) throws IOException {
    Document document = withoutAdditions(file);
    document.getDocumentElement().removeAttribute("flakes");
    document.getDocumentElement().removeAttribute("skipped");
    elements(document, "testsuite").forEach(suite -> suite.removeAttribute("flakes"));
    validate("jenkins-junit-10.xsd", document);
  }

  private static Document withoutAdditions(Path file) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      Document document = factory.newDocumentBuilder().parse(file.toFile());
      for (Element test : elements(document, "testcase")) {
        test.removeAttribute("file");
        test.removeAttribute("line");
      }
      for (Element properties : elements(document, "properties")) {
        Objects.requireNonNull(properties.getParentNode()).removeChild(properties);
      }
      return document;
    } catch (SAXException | ParserConfigurationException e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static void validate(String name, Node node) throws IOException {
    try {
      Schema schema =
          SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(resource(name));
      schema.newValidator().validate(new DOMSource(node));
    } catch (SAXException e) {
      throw new AssertionError("not valid by " + name + ": " + e.getMessage(), e);
    }
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(Schemas.class.getResource("schema/" + name), name);
  }
}
