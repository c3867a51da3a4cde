package dev.offload.engine.image;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.CacheFolder;
import dev.offload.engine.config.OffloadConfig.ProviderChoice;
import dev.offload.engine.session.Retry;
import java.util.Optional;

/// Get the image that sandboxes are started from. One that was made from the same things is used
/// again, in this run and in later ones; one that no longer exists is made again.
public final class Images {
  private final ProviderChoice choice;
  private final ImageStore store;
  private final Retry retry;

  /// Make it with a store of one's own.
  public Images(ProviderChoice choice, ImageStore store) {
    this.choice = choice;
    this.store = store;
    this.retry = new Retry(choice.retry());
  }

  /// Make it with the store of this user.
  public static Images of(ProviderChoice choice) {
    return new Images(choice, new ImageStore(CacheFolder.locate().resolve("images")));
  }

  /// Return the image, making it when there is none to use.
  ///
  /// @param useCache whether an image made earlier may be used
  public SandboxImage get(boolean useCache, ProgressSink progress)
      throws SandboxException, InterruptedException {
    SandboxProvider provider = choice.provider();
    Optional<String> key = key();
    Optional<SandboxImage> known =
        useCache ? key.flatMap(store::find).map(SandboxImage::new) : Optional.empty();
    if (known.isPresent()) {
      if (retry.call(() -> provider.hasImage(known.get()))) {
        progress.line("using " + known.get().id() + ", made earlier from the same");
        return known.get();
      }
      progress.line(known.get().id() + " does not exist any more; it is made again");
    }
    return make(useCache, key, progress);
  }

  /// Make an image again that was there when it was asked for and has vanished since.
  public SandboxImage again(SandboxImage gone, ProgressSink progress)
      throws SandboxException, InterruptedException {
    progress.warning("the image " + gone.id() + " does not exist any more; it is made again");
    return make(true, key(), progress);
  }

  private Optional<String> key() throws SandboxException, InterruptedException {
    return choice.provider().imageKey().map(text -> choice.type() + "\n" + text);
  }

  private SandboxImage make(boolean useCache, Optional<String> key, ProgressSink progress)
      throws SandboxException, InterruptedException {
    SandboxProvider provider = choice.provider();
    SandboxImage made = retry.call(() -> provider.prepare(new PrepareRequest(useCache), progress));
    key.ifPresent(text -> store.put(text, made.id()));
    return made;
  }
}
