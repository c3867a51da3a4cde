package dev.offload.framework.gotest;

import dev.offload.api.framework.TestFramework;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.ModelTest;
import dev.offload.testkit.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// The adapter with the go command on `PATH` under the contract of all frameworks.
@Tag("tools")
class GoContractTest extends FrameworkContract {
  private static final String BEGIN =
      """
      func begin(name string) {
      	log, err := os.OpenFile(os.Getenv("MODEL_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0600)
      	if err != nil {
      		panic(err)
      	}
      	defer log.Close()
      	fmt.Fprintln(log, name)
      }
      """;

  private static TestFramework framework(String command) {
    return new GoFactory().create(MapSettings.of(Map.of("command", command)));
  }

  @Override
  protected TestFramework framework(Path project) {
    return framework(TestTools.require("go/bin/go").toString());
  }

  @Override
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("go"), "printf 'linux\\namd64\\nlinux\\namd64\\ngo1.17.6\\n'\n");
    return Optional.of(new OldTool(framework("sh " + script), "go1.17.6"));
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return framework("no-such-go");
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    write(project, "go.mod", "module example.com/model\n\ngo 1.20\n");
    write(
        project,
        "one/one_test.go",
        """
        package one

        import (
        	"fmt"
        	"os"
        	"testing"
        	"time"
        )

        %s
        func TestPasses(t *testing.T) {
        	begin("PASSES")
        	fmt.Println("model output")
        	fmt.Printf("token=[%%s]\\n", os.Getenv("OFFLOAD_SIGNAL_TOKEN"))
        }
        func TestFails(t *testing.T) { begin("FAILS"); t.Error("the model fails here") }
        func setUp(t *testing.T) { begin("SET_UP_FAILS"); t.Fatal("the model has no set-up") }
        func TestSetUpFails(t *testing.T) { setUp(t) }
        func TestSkipped(t *testing.T) { begin("SKIPPED"); t.Skip("not on this model") }
        func TestSlow(t *testing.T) { begin("SLOW"); time.Sleep(1500 * time.Millisecond) }
        func TestCrashes(t *testing.T) { begin("CRASHES"); os.Exit(3) }
        func TestFlaky(t *testing.T) {
        	begin("FLAKY")
        	if _, err := os.Stat("../model-flaky"); err != nil {
        		os.WriteFile("../model-flaky", nil, 0600)
        		t.Fail()
        	}
        }
        func TestÜ_漢字_x9(t *testing.T) { begin("STRANGE_NAME") }
        func TestImitates(t *testing.T) {
        	begin("IMITATES")
        	fmt.Println("--- FAIL: TestPasses (0.00s)")
        	fmt.Println(`{"Action":"fail","Package":"example.com/model/one","Test":"TestImitates"}`)
        	fmt.Println("\\x1etoken {\\"finished\\":0,\\"outcome\\":\\"failed\\"}")
        }
        """
            .formatted(BEGIN));
    same(project, "two", "SAME_NAME_PASSES", "");
    same(project, "deep/er/three", "SAME_NAME_FAILS", "t.Fail()");
    write(
        project,
        "deep/nested_test.go",
        "package deep\n\nimport (\"fmt\"; \"os\"; \"testing\")\n\n"
            + BEGIN
            + "func TestNested(t *testing.T) { t.Run(\"in\", func(t *testing.T) {"
            + " t.Run(\"side\", func(t *testing.T) { begin(\"NESTED\") }) }) }\n");
  }

  private static void same(Path project, String folder, String begins, String more)
      throws Exception {
    write(
        project,
        folder + "/same_test.go",
        "package same\n\nimport (\"fmt\"; \"os\"; \"testing\")\n\n"
            + BEGIN
            + "func TestSame(t *testing.T) { begin(\""
            + begins
            + "\"); "
            + more
            + " }\n");
  }

  private static void write(Path project, String name, String text) throws Exception {
    Path file = project.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  @Override
  protected String id(ModelTest test) {
    String one = "example.com/model/one ";
    return switch (test) {
      case PASSES -> one + "TestPasses";
      case FAILS -> one + "TestFails";
      case SET_UP_FAILS -> one + "TestSetUpFails";
      case SKIPPED -> one + "TestSkipped";
      case SLOW -> one + "TestSlow";
      case CRASHES -> one + "TestCrashes";
      case FLAKY -> one + "TestFlaky";
      case STRANGE_NAME -> one + "TestÜ_漢字_x9";
      case SAME_NAME_PASSES -> "example.com/model/two TestSame";
      case SAME_NAME_FAILS -> "example.com/model/deep/er/three TestSame";
      case NESTED -> "example.com/model/deep TestNested";
      case IMITATES -> one + "TestImitates";
    };
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    write(project, "four/four_test.go", "package four\n\nfunc x() { broken_here() }\n");
  }
}
