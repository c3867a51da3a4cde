package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.ImageGone;
import dev.offload.api.sandbox.SandboxImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunImageTest {
  private static ImageGone gone() {
    return new ImageGone("the image im-1 does not exist any more");
  }

  private final Builder builder = new Builder();

  @Test
  void itIsMadeOnceForAll() throws Exception {
    try (RunImage image = new RunImage(builder)) {
      image.begin();
      assertThat(image.now().image().id()).isEqualTo("im-1");
      assertThat(image.now().image().id()).isEqualTo("im-1");
      assertThat(builder.made).hasValue(1);
    }
  }

  @Test
  void whenItVanishesItIsMadeAgainOnceForAllWhoMissIt() throws Exception {
    try (RunImage image = new RunImage(builder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      image.begin();
      RunImage.Edition first = image.now();
      List<Future<SandboxImage>> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(threads.submit(() -> image.again(first, gone()).image()));
      }
      for (Future<SandboxImage> one : waiting) {
        assertThat(one.get().id()).isEqualTo("im-1");
      }
      assertThat(builder.made).hasValue(2);
      // One that comes late, and has not heard of the second edition, is no second disappearance.
      assertThat(image.again(first, gone()).image().id()).isEqualTo("im-1");
      assertThat(builder.made).hasValue(2);
    }
  }

  @Test
  void whenItVanishesOnceMoreThatIsTheEnd() throws Exception {
    try (RunImage image = new RunImage(builder)) {
      image.begin();
      RunImage.Edition second = image.again(image.now(), gone());
      assertThatThrownBy(() -> image.again(second, gone()))
          .isInstanceOf(SandboxException.Fatal.class)
          .hasMessageContaining("im-1 does not exist any more")
          .hasMessageContaining("made again in this run already");
    }
  }

  @Test
  void whatCannotBeMadeIsToldToAll() throws Exception {
    SandboxException broken = new SandboxException.Fatal("RUN failed", null);
    builder.failure = broken;
    try (RunImage image = new RunImage(builder)) {
      image.begin();
      assertThatThrownBy(() -> image.now().image()).isSameAs(broken);
      assertThatThrownBy(() -> image.now().image()).isSameAs(broken);
    }
  }

  @Test
  void closingEndsWhatIsBeingMade() throws Exception {
    RunImage image = new RunImage(builder);
    builder.hangs = true;
    image.begin();
    builder.begun.await();
    image.close();
    assertThat(builder.interrupted.getCount()).isZero();
  }

  @Test
  void whatNeverBeganIsClosed() {
    new RunImage(builder).close();
    assertThat(builder.made).hasValue(0);
  }

  private static final class Builder implements RunImage.Maker {
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private volatile @Nullable SandboxException failure;
    private volatile boolean hangs;

    @Override
    public SandboxImage first() throws SandboxException, InterruptedException {
      begun.countDown();
      SandboxException broken = failure;
      if (broken != null) {
        throw broken;
      }
      if (hangs) {
        try {
          new CountDownLatch(1).await();
        } finally {
          interrupted.countDown();
        }
      }
      made.incrementAndGet();
      return new SandboxImage("im-1");
    }

    @Override
    public SandboxImage again(SandboxImage gone) throws SandboxException, InterruptedException {
      return first();
    }
  }
}
