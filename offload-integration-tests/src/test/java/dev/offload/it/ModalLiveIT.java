package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.testkit.FakeModal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small run at the real Modal. It needs an account, which not everybody has, so this is the one
/// test that may be skipped: it runs when `MODAL_TOKEN_ID` and `MODAL_TOKEN_SECRET` are set.
class ModalLiveIT {
  @TempDir private Path project;

  @Test
  void aSmallSuiteRunsAtModal() throws Exception {
    boolean account =
        !System.getenv().getOrDefault("MODAL_TOKEN_ID", "").isEmpty()
            && !System.getenv().getOrDefault("MODAL_TOKEN_SECRET", "").isEmpty();
    Assumptions.assumeTrue(
        account, "no account: MODAL_TOKEN_ID and MODAL_TOKEN_SECRET are not set");
    Files.writeString(
        project.resolve("test_small.py"),
        """
        import pytest

        @pytest.mark.parametrize("n", range(20))
        def test_passes(n):
            assert n >= 0
        """);
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "/app"
        max_parallel = 2
        [provider]
        type = "modal"
        include_cwd = true
        timeout_secs = 600
        sdk = "%s"
        [framework]
        type = "pytest"
        command = "python -m pytest"
        [groups.all]
        """
            .formatted(FakeModal.python()));
    String bin = String.valueOf(Path.of(FakeModal.python()).getParent());
    Result result =
        OffloadCommand.in(project)
            .with("PATH", bin + ":" + System.getenv("PATH"))
            .within(Duration.ofMinutes(15))
            .run("run", "--show-estimated-cost");
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("20 passed", "estimated cost");
  }
}
