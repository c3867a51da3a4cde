package dev.offload.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.config.OffloadConfig.ProviderChoice;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
  @TempDir private Path folder;
  private final Builder builder = new Builder();
  private final List<String> said = new ArrayList<>();

  @Test
  void anImageOfTheSameIsUsedAgainInLaterRuns() throws Exception {
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(builder.requests).hasSize(1);
    assertThat(said).containsExactly("using image-1, made earlier from the same");
  }

  @Test
  void anImageOfSomethingElseIsMade() throws Exception {
    assertThat(get(true)).isEqualTo("image-1");
    builder.key = Optional.of("changed");
    assertThat(get(true)).isEqualTo("image-2");
    builder.key = Optional.of("first");
    assertThat(get(true)).isEqualTo("image-1");
  }

  @Test
  void anImageThatIsGoneIsMadeAgainOnce() throws Exception {
    assertThat(get(true)).isEqualTo("image-1");
    builder.gone.add("image-1");
    assertThat(get(true)).isEqualTo("image-2");
    assertThat(get(true)).isEqualTo("image-2");
    assertThat(said).first().asString().contains("image-1 does not exist any more");
  }

  @Test
  void anImageThatVanishesInTheMiddleOfARunIsMadeAgainAndRemembered() throws Exception {
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(images().again(new SandboxImage("image-1"), said::add).id()).isEqualTo("image-2");
    assertThat(said)
        .containsExactly("warning: the image image-1 does not exist any more; it is made again");
    assertThat(get(true)).isEqualTo("image-2");
  }

  @Test
  void withoutTheCacheTheImageIsMadeAndThenRemembered() throws Exception {
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(get(false)).isEqualTo("image-2");
    assertThat(get(true)).isEqualTo("image-2");
    assertThat(builder.requests).containsExactly(true, false);
  }

  @Test
  void aProviderWithoutSuchImagesIsAskedEveryTime() throws Exception {
    builder.key = Optional.empty();
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(get(true)).isEqualTo("image-2");
    assertThat(folder.resolve("images")).doesNotExist();
  }

  @Test
  void aBuildThatFailsInPassingIsTriedAgainAndOneThatCannotWorkIsNot() throws Exception {
    builder.failures.add(new SandboxException.Transient("a blip", null));
    assertThat(get(true)).isEqualTo("image-1");
    assertThat(builder.requests).hasSize(2);
    builder.key = Optional.of("broken");
    builder.failures.add(new SandboxException.Fatal("RUN failed", null));
    assertThatThrownBy(() -> get(true)).hasMessage("RUN failed");
    assertThat(builder.requests).hasSize(3);
  }

  private String get(boolean useCache) throws Exception {
    return images().get(useCache, said::add).id();
  }

  private Images images() {
    RetrySettings retry =
        new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(1), 1);
    Duration second = Duration.ofSeconds(1);
    ProviderChoice choice =
        new ProviderChoice(
            "builder", builder, Map.of(), retry, new SilenceSettings(second, second, second));
    return new Images(choice, new ImageStore(folder.resolve("images")));
  }

  /// Makes images in name only.
  private static final class Builder implements SandboxProvider {
    private Optional<String> key = Optional.of("first");
    private final Set<String> gone = new HashSet<>();
    private final List<Boolean> requests = new ArrayList<>();
    private final Deque<SandboxException> failures = new ArrayDeque<>();
    private int made;

    @Override
    public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
        throws SandboxException {
      requests.add(request.useCache());
      if (!failures.isEmpty()) {
        throw failures.removeFirst();
      }
      made++;
      return new SandboxImage("image-" + made);
    }

    @Override
    public Optional<String> imageKey() {
      return key;
    }

    @Override
    public boolean hasImage(SandboxImage image) {
      return !gone.contains(image.id());
    }

    @Override
    public Sandbox start(SandboxImage image, SandboxSpec spec) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
