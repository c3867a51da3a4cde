package dev.offload.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryCacheTest {
  private static final List<Discovery.Found> GROUPS =
      List.of(
          new Discovery.Found(
              List.of(
                  new TestCase(new TestId("t.py::a[\ud800 é]"), "one", "t.py", 7, "{}"),
                  new TestCase(new TestId("t.py::b" + "x".repeat(70_000)), "one", "t.py", 0, "{}")),
              List.of(),
              List.of("a warning")),
          new Discovery.Found(List.of(), List.of(), List.of()));

  private static final DiscoveryCache.Entry ENTRY =
      new DiscoveryCache.Entry("state", Map.of("t.py", "1", "u.py", "2"), GROUPS);

  @TempDir private Path folder;
  private DiscoveryCache cache;

  @BeforeEach
  void make() {
    cache = new DiscoveryCache(folder.resolve("new/folder"));
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("new/folder"))) {
      return files.toList().getFirst();
    }
  }

  @Test
  void remembersWhatItWasToldForTheSameState() {
    cache.remember("name", ENTRY);

    assertThat(cache.find("name", "state")).contains(ENTRY);
    assertThat(cache.find("name", "other")).isEmpty();
    assertThat(cache.find("other", "state")).isEmpty();
  }

  @Test
  void newChangedAndGoneFilesAreTold() {
    assertThat(ENTRY.changed(Map.of("t.py", "1", "u.py", "2"))).isEmpty();
    assertThat(ENTRY.changed(Map.of("t.py", "3", "new.py", "2")))
        .containsExactly("new.py", "t.py", "u.py");
  }

  @Test
  void errorsAreNotRemembered() {
    Discovery.CollectionError error = new Discovery.CollectionError("t.py", "t.py", "bad", "");
    cache.remember(
        "name",
        new DiscoveryCache.Entry(
            "state", Map.of(), List.of(new Discovery.Found(List.of(), List.of(error), List.of()))));
    assertThat(cache.find("name", "state")).isEmpty();
  }

  @Test
  void aDamagedFileIsNoList() throws IOException {
    cache.remember("name", ENTRY);
    byte[] bytes = Files.readAllBytes(file());
    for (int position : new int[] {0, 9, bytes.length / 2, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[position] ^= 1;
      Files.write(file(), damaged);
      assertThat(cache.find("name", "state")).as("byte %d", position).isEmpty();
    }
    Files.write(file(), new byte[3]);
    assertThat(cache.find("name", "state")).isEmpty();
  }

  @Test
  void aPlaceThatCannotBeWrittenOnlyForgets() throws IOException {
    Files.writeString(folder.resolve("new"), "a file");
    cache.remember("name", ENTRY);
    assertThat(cache.find("name", "state")).isEmpty();
  }
}
