package dev.offload.provider.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.FakeModal;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a user can get wrong: one message each, and nothing left running.
@Tag("tools")
@Timeout(120)
class ModalMistakesTest {
  private static FakeModal modal;

  @TempDir private Path project;

  @BeforeAll
  static void startServer() throws IOException {
    modal = Providers.server("--token", "ak-1:as-1", "--run", ": here;");
  }

  @AfterAll
  static void endServer() throws IOException {
    modal.close();
  }

  private void isFatal(Map<String, ?> settings, String... words) throws Exception {
    try (SandboxProvider provider = Providers.of(modal, 2, project, settings)) {
      assertThatThrownBy(() -> provider.prepare(new PrepareRequest(true), _ -> {}))
          .isInstanceOf(SandboxException.Fatal.class)
          .message()
          .contains(words)
          .doesNotContain("Traceback");
    }
    for (ProcessHandle bridge : bridges()) {
      bridge.onExit().get(20, TimeUnit.SECONDS);
    }
    assertThat(bridges()).isEmpty();
  }

  private static List<ProcessHandle> bridges() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains("modal_bridge.py"))
        .toList();
  }

  @Test
  void noCredentials() throws Exception {
    isFatal(
        Map.of(
            "sdk",
            "env -u MODAL_TOKEN_ID -u MODAL_TOKEN_SECRET MODAL_CONFIG_PATH=/none "
                + FakeModal.python()),
        "there are no credentials for Modal",
        "modal setup");
  }

  @Test
  void wrongCredentials() throws Exception {
    isFatal(
        Map.of("sdk", modal.sdk(2).replace("as-1", "wrong")),
        "Modal does not accept the credentials");
  }

  @Test
  void anUnknownSecret() throws Exception {
    isFatal(Map.of("secrets", List.of("no-such-secret")), "no-such-secret", "not found");
  }

  @Test
  void anUnknownVolume() throws Exception {
    isFatal(Map.of("volumes", Map.of("/data", "no-such-volume")), "no-such-volume", "not found");
  }

  @Test
  void aDockerfileThatFailsIsBuiltOnceAndItsLastLinesAreShown() throws Exception {
    Files.writeString(
        project.resolve("Dockerfile"),
        "FROM python:3.12\nRUN : here; i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 3\n");
    String builds = modal.order("{\"do\": \"builds\"}");
    isFatal(Map.of("dockerfile", "Dockerfile"), "line 39", "line 20", "exit code 3");
    assertThat(Integer.parseInt(modal.order("{\"do\": \"builds\"}")))
        .isEqualTo(Integer.parseInt(builds) + 1);
  }

  @Test
  void anSdkThatIsTooOld() throws Exception {
    Path old = Files.createDirectories(project.resolve("old/modal"));
    Files.writeString(old.resolve("__init__.py"), "__version__ = '1.4.3'\n");
    isFatal(
        Map.of("sdk", "env PYTHONPATH=" + old.getParent() + " " + FakeModal.python()),
        "Modal's SDK 1.4.3 is not supported",
        "modal>=1.5.4,<1.7");
  }

  @Test
  void aPythonWithoutTheSdk() throws Exception {
    isFatal(
        Map.of("sdk", TestTools.require("pytest-9/bin/python").toString()),
        "no usable package 'modal'",
        "Install uv");
  }

  @Test
  void aPythonThatIsNotThere() throws Exception {
    isFatal(Map.of("sdk", "/no/such/python -u"), "`sdk`", "/no/such/python");
  }

  @Test
  void aStartThatFailsShowsWhatWasSaid() throws Exception {
    isFatal(
        Map.of(
            "sdk", "sh -c 'exec >&-; sleep 0.2; echo no route to the package index >&2; exit 2'"),
        "the bridge to Modal did not start",
        "no route to the package index");
  }

  @Test
  void settingsThatCannotBeMeant() {
    MapSettings settings =
        MapSettings.of(
            Map.of(
                "dockerfile",
                "missing/Dockerfile",
                "copy_dirs",
                List.of("nowhere", "missing:/x"),
                "timeout_secs",
                90_000,
                "volumes",
                Map.of("relative", "v"),
                "sdk",
                "'open",
                "cpu_cores",
                0));
    SandboxProvider _ =
        new ModalProviderFactory().create(settings, Providers.context(project, ".", ""));
    assertThat(settings.problems())
        .anyMatch(problem -> problem.startsWith("workdir: must be an absolute path"))
        .anyMatch(problem -> problem.startsWith("dockerfile: The file"))
        .anyMatch(problem -> problem.startsWith("copy_dirs: 'nowhere' is not of the form"))
        .anyMatch(problem -> problem.startsWith("copy_dirs: The directory"))
        .anyMatch(problem -> problem.startsWith("timeout_secs: must be at most 86400"))
        .anyMatch(problem -> problem.startsWith("volumes: 'relative' is not an absolute path"))
        .anyMatch(problem -> problem.startsWith("sdk: cannot be split"))
        .anyMatch(problem -> problem.startsWith("cpu_cores: must be greater than 0"));
    assertThat(settings.unknownKeys()).isEmpty();
  }
}
