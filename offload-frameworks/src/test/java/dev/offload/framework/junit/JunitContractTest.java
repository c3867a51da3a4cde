package dev.offload.framework.junit;

import dev.offload.api.framework.TestFramework;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.ModelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// The adapter with JUnit 6 and Maven under the contract of all frameworks.
@Tag("tools")
class JunitContractTest extends FrameworkContract {
  private static final String IMPORTS =
      """
      import static org.junit.jupiter.api.Assertions.*;
      import static org.junit.jupiter.api.Assumptions.*;
      import java.nio.file.*;
      import org.junit.jupiter.api.*;
      """;

  private static final String BEGIN =
      """
        static void begin(String name) throws Exception {
          Files.writeString(Path.of(System.getenv("MODEL_LOG")), name + "\\n",
              StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      """;

  @Override
  protected TestFramework framework(Path project) {
    return MavenProject.framework(Map.of());
  }

  @Override
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    Path script = Files.writeString(folder.resolve("mvn"), "echo Apache Maven 3.3.9\nexit 1\n");
    return Optional.of(
        new OldTool(MavenProject.framework(Map.of("maven", "sh " + script)), "Apache Maven 3.3.9"));
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return MavenProject.framework(Map.of("maven", "no-such-maven"));
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    new MavenProject(project)
        .parent(MavenProject.jupiter(MavenProject.JUNIT_6), List.of("core", "extra"))
        .test(
            "core",
            "model.ModelTest",
            "package model;\n"
                + IMPORTS
                + "class ModelTest {\n"
                + BEGIN
                + """
                @Test void passes() throws Exception {
                  begin("PASSES");
                  System.out.println("model output");
                  System.out.println("token=[" + (System.getenv("OFFLOAD_SIGNAL_TOKEN") == null
                      ? "" : System.getenv("OFFLOAD_SIGNAL_TOKEN")) + "]");
                }
                @Test void fails() throws Exception {
                  begin("FAILS");
                  assertEquals(1, 2, "the model fails here");
                }
                @Test void skipped() throws Exception {
                  begin("SKIPPED");
                  assumeTrue(false, "not on this model");
                }
                @Test void slow() throws Exception { begin("SLOW"); Thread.sleep(1500); }
                @Test void crashes() throws Exception { begin("CRASHES"); System.exit(0); }
                @Test void flaky() throws Exception {
                  begin("FLAKY");
                  Path file = Path.of("../model-flaky");
                  boolean known = Files.exists(file);
                  Files.writeString(file, "");
                  assertTrue(known);
                }
                @Test void $Ünïcode_ß$Ω__$() throws Exception { begin("STRANGE_NAME"); }
                @Test void imitates() throws Exception {
                  begin("IMITATES");
                  System.out.println("\\u001etoken {\\"finished\\":0,\\"outcome\\":\\"failed\\"}");
                  System.out.println("{\\"finished\\":0,\\"outcome\\":\\"failed\\"}");
                  System.out.println("[ERROR] Tests run: 1, Failures: 1");
                }
                }
                """)
        .test(
            "core",
            "model.SetUpTest",
            "package model;\n"
                + IMPORTS
                + """
                class SetUpTest {
                  @BeforeEach void setUp() throws Exception {
                    ModelTest.begin("SET_UP_FAILS");
                    throw new IllegalStateException("the model has no set-up");
                  }
                  @Test void setUpFails() {}
                }
                """)
        .test("extra", "model.AlphaTest", same("AlphaTest", "SAME_NAME_PASSES", ""))
        .test("extra", "model.BetaTest", same("BetaTest", "SAME_NAME_FAILS", "fail();"))
        .test(
            "extra",
            "model.OuterTest",
            "package model;\n"
                + IMPORTS
                + "class OuterTest {\n"
                + BEGIN
                + """
                @Nested class Inner {
                  @Nested class Deep {
                    @Test void nested() throws Exception { begin("NESTED"); }
                  }
                }
                }
                """);
  }

  private static String same(String name, String begins, String more) {
    return "package model;\n"
        + IMPORTS
        + "class "
        + name
        + " {\n"
        + BEGIN
        + "@Test void same() throws Exception { begin(\""
        + begins
        + "\"); "
        + more
        + " }\n}\n";
  }

  @Override
  protected String id(ModelTest test) {
    return switch (test) {
      case PASSES -> "model.ModelTest#passes";
      case FAILS -> "model.ModelTest#fails";
      case SET_UP_FAILS -> "model.SetUpTest#setUpFails";
      case SKIPPED -> "model.ModelTest#skipped";
      case SLOW -> "model.ModelTest#slow";
      case CRASHES -> "model.ModelTest#crashes";
      case FLAKY -> "model.ModelTest#flaky";
      case STRANGE_NAME -> "model.ModelTest#$Ünïcode_ß$Ω__$";
      case SAME_NAME_PASSES -> "model.AlphaTest#same";
      case SAME_NAME_FAILS -> "model.BetaTest#same";
      case NESTED -> "model.OuterTest$Inner$Deep#nested";
      case IMITATES -> "model.ModelTest#imitates";
    };
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    new MavenProject(project)
        .test("extra", "model.BrokenTest", "package model;\nclass BrokenTest { broken_here x; }\n");
  }
}
