package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.it.OffloadCommand.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups that cannot run like others, with real processes. Each test counts who of its group runs
/// beside it, and fails when there are too many.
class GroupRulesIT {
  private static final String TESTS =
      """
      import os, time, pytest

      def beside(group):
          folder = f"../{group}"
          os.makedirs(folder, exist_ok=True)
          mine = f"{folder}/{os.getpid()}"
          open(mine, "w").close()
          time.sleep(0.05)
          count = len(os.listdir(folder))
          os.remove(mine)
          return count

      @pytest.mark.parametrize("n", range(8))
      @pytest.mark.one
      def test_one(n): assert beside("one") == 1
      @pytest.mark.parametrize("n", range(8))
      @pytest.mark.two
      def test_two(n): assert beside("two") <= 2
      @pytest.mark.parametrize("n", range(3))
      @pytest.mark.fresh
      def test_fresh(n): pass
      @pytest.mark.parametrize("n", range(4))
      @pytest.mark.single
      def test_single(n): pass
      """;

  @TempDir private Path folder;

  @Test
  void theirRulesHold() throws Exception {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "."
        max_parallel = 4
        [provider]
        type = "local"
        [framework]
        type = "pytest"
        run_args = "-W ignore"
        [groups.one]
        filters = "-m one"
        serial = true
        [groups.two]
        filters = "-m two"
        max_parallel = 2
        [groups.fresh]
        filters = "-m fresh"
        fresh_sandbox = true
        [groups.single]
        filters = "-m single"
        schedule_individual = true
        """);
    Files.writeString(project.resolve("test_it.py"), TESTS);

    Result result = Fixture.withPytest(project).run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    List<RunEvent.BatchStarted> batches = batches(project);
    assertThat(batches).allSatisfy(batch -> assertThat(groups(batch)).hasSize(1));
    assertThat(batches)
        .filteredOn(batch -> groups(batch).contains("test_single"))
        .isNotEmpty()
        .allSatisfy(batch -> assertThat(batch.tests()).hasSize(1));
    List<SandboxId> used = new ArrayList<>();
    for (RunEvent.BatchStarted batch : batches) {
      if (groups(batch).contains("test_fresh")) {
        assertThat(batch.tests()).hasSize(1);
        assertThat(used).doesNotContain(batch.sandbox());
      }
      used.add(batch.sandbox());
    }
  }

  private static List<String> groups(RunEvent.BatchStarted batch) {
    return batch.tests().stream()
        .map(test -> test.value().replaceAll(".*::|\\[.*", ""))
        .distinct()
        .toList();
  }

  private static List<RunEvent.BatchStarted> batches(Path project) throws Exception {
    List<RunEvent.BatchStarted> batches = new ArrayList<>();
    try (EventJournalReader reader =
        EventJournalReader.open(project.resolve("test-results/events.jsonl"))) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (entry.get().event() instanceof RunEvent.BatchStarted batch) {
          batches.add(batch);
        }
      }
    }
    return batches;
  }
}
