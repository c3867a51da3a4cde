package dev.offload.provider.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.docker.Engine.Gone;
import dev.offload.provider.process.ProcessMark;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Start sandboxes that are containers.
final class DockerProvider implements SandboxProvider {
  private static final Duration ENGINE_PAUSE = Duration.ofSeconds(3);

  /// The main process of a container does nothing; commands are run beside it. Asked to end, it
  /// does so at once, with the exit code that tells.
  private static final List<String> IDLE =
      List.of(
          "sh",
          "-c",
          "trap 'exit " + Deaths.STOPPED + "' TERM INT; while :; do sleep 3600 & wait $!; done");

  private final DockerSettings settings;
  private final String watcher = ProcessMark.fresh().token();
  private final ReentrantLock connecting = new ReentrantLock();
  private final Set<DockerSandbox> open = ConcurrentHashMap.newKeySet();

  /// Containers that are still to be removed, mostly because the engine did not answer before.
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  private @Nullable Engine engine;
  private @Nullable Deaths deaths;

  DockerProvider(DockerSettings settings) {
    this.settings = settings;
  }

  private Engine engine() throws SandboxException {
    connecting.lock();
    try {
      Engine known = engine;
      if (known == null) {
        known = Engine.at(settings.host());
        known.check();
        engine = known;
      }
      return known;
    } finally {
      connecting.unlock();
    }
  }

  private Deaths deaths() throws SandboxException, InterruptedException {
    Engine with = engine();
    connecting.lockInterruptibly();
    try {
      Deaths known = deaths;
      if (known == null) {
        known = new Deaths(with, watcher, settings.container().memoryBytes());
        known.start();
        deaths = known;
      }
      return known;
    } finally {
      connecting.unlock();
    }
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException {
    return new SandboxImage(new ImageBuild(engine(), progress).make(settings, request.useCache()));
  }

  @Override
  public Optional<String> imageKey() throws SandboxException {
    return new ImageBuild(engine(), _ -> {}).key(settings);
  }

  @Override
  public boolean hasImage(SandboxImage image) throws SandboxException {
    Engine with = engine();
    try {
      with.call(() -> with.client().inspectImageCmd(image.id()).exec());
      return true;
    } catch (Gone _) {
      return false;
    }
  }

  /// An engine that stopped in the middle of a run is waited for: it may be on its way back.
  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    Engine with = engine();
    try {
      return start(with, image, spec);
    } catch (SandboxException.Transient e) {
      if (with.answers()) {
        throw e;
      }
      throw new SandboxException.Unavailable(e.getMessage(), ENGINE_PAUSE);
    }
  }

  private Sandbox start(Engine with, SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    Deaths listening = deaths();
    String container = create(with, image, spec);
    boolean started = false;
    try {
      String root = settings.root().isEmpty() ? workingDirectory(with, container) : settings.root();
      DockerSandbox sandbox =
          new DockerSandbox(
              spec.id(),
              container,
              with,
              listening,
              root,
              settings.source().inWords(),
              ProcessMark.fresh().token(),
              open::remove);
      begin(with, container);
      openFirst(sandbox);
      open.add(sandbox);
      started = true;
      return sandbox;
    } catch (Gone e) {
      throw new SandboxException.SandboxDead(
          Death.of(Death.Cause.NEVER_STARTED, String.valueOf(e.getMessage())));
    } finally {
      if (!started) {
        listening.forget(container);
        giveUp(with, container);
      }
    }
  }

  /// Start a container. Some mistakes in what is asked for an engine finds only here, and calls
  /// them what it calls a trouble of its own, which may pass.
  private void begin(Engine with, String container) throws Gone, SandboxException {
    try {
      with.call(() -> with.client().startContainerCmd(container).exec());
    } catch (Gone | SandboxException e) {
      String words = String.valueOf(e.getMessage());
      Optional<String> setting = WrongSetting.behind(words);
      if (setting.isPresent()) {
        throw new SandboxException.Fatal(
            "no container of %s can be started: %s; see %s in [provider]"
                .formatted(settings.source().inWords(), words, setting.get()),
            e);
      }
      throw e;
    }
  }

  /// Remove what could not be used; what went wrong with it is told, not that it cannot be removed.
  private void giveUp(Engine with, String container) {
    try {
      Removal.remove(with, container);
    } catch (SandboxException e) {
      left.add(container);
      System.getLogger(DockerProvider.class.getName())
          .log(System.Logger.Level.DEBUG, "a container is left until the end", e);
    }
  }

  private String create(Engine with, SandboxImage image, SandboxSpec spec) throws SandboxException {
    DockerSettings.Container wanted = settings.container();
    CreateContainerCmd command =
        with.client()
            .createContainerCmd(image.id())
            .withEntrypoint(IDLE)
            .withCmd(List.of())
            .withHostConfig(hostConfig(wanted))
            .withLabels(
                Map.of(
                    Labels.OWNED,
                    "sandbox",
                    Labels.RUN,
                    spec.runId(),
                    Labels.SANDBOX,
                    spec.id().toString(),
                    Labels.WATCHER,
                    watcher));
    if (!wanted.user().isEmpty()) {
      command.withUser(wanted.user());
    }
    if (!wanted.platform().isEmpty()) {
      command.withPlatform(wanted.platform());
    }
    try {
      return with.call(() -> command.exec().getId());
    } catch (Gone e) {
      throw new SandboxException.Fatal(
          "no container can be made from %s: %s"
              .formatted(settings.source().inWords(), e.getMessage()),
          e);
    }
  }

  private static HostConfig hostConfig(DockerSettings.Container wanted) {
    HostConfig config = HostConfig.newHostConfig().withInit(true);
    if (wanted.cpuCores() > 0) {
      config.withNanoCPUs((long) (wanted.cpuCores() * 1e9));
    }
    if (wanted.memoryBytes() > 0) {
      config.withMemory(wanted.memoryBytes()).withMemorySwap(wanted.memoryBytes());
    }
    if (wanted.shmBytes() > 0) {
      config.withShmSize(wanted.shmBytes());
    }
    if (!wanted.network().isEmpty()) {
      config.withNetworkMode(wanted.network());
    }
    if (!wanted.mounts().isEmpty()) {
      config.withMounts(wanted.mounts().stream().map(DockerProvider::mount).toList());
    }
    if (wanted.gpus() != 0) {
      config.withDeviceRequests(
          List.of(
              new DeviceRequest()
                  .withCount(wanted.gpus())
                  .withCapabilities(List.of(List.of("gpu")))));
    }
    return config;
  }

  /// A folder that is not there is an error of the engine then; `Binds` would make it.
  private static Mount mount(DockerSettings.MountPoint wanted) {
    return new Mount()
        .withType(wanted.isFolder() ? MountType.BIND : MountType.VOLUME)
        .withSource(wanted.source())
        .withTarget(wanted.target())
        .withReadOnly(wanted.readOnly());
  }

  private static void openFirst(DockerSandbox sandbox)
      throws SandboxException, InterruptedException {
    try {
      sandbox.open();
    } catch (SandboxException.SandboxDead e) {
      throw new SandboxException.SandboxDead(
          new Death(Death.Cause.NEVER_STARTED, e.death().exitCode(), e.death().message()));
    }
  }

  private static String workingDirectory(Engine with, String container)
      throws Gone, SandboxException {
    String folder =
        with.call(() -> with.client().inspectContainerCmd(container).exec())
            .getConfig()
            .getWorkingDir();
    return folder == null || folder.isEmpty() ? "/" : folder;
  }

  @Override
  public boolean reap(String handle) throws SandboxException {
    Removal.remove(engine(), handle);
    return true;
  }

  @Override
  public int reapRun(String runId) throws SandboxException {
    Engine with = engine();
    try {
      List<Container> left =
          with.call(() ->
              with.client()
                  .listContainersCmd()
                  .withShowAll(true)
                  .withLabelFilter(Map.of(Labels.OWNED, "sandbox", Labels.RUN, runId))
                  .exec());
      Removal.removeAll(with, left.stream().map(Container::getId).toList());
      return left.size();
    } catch (Gone e) {
      throw new SandboxException.Transient(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws SandboxException {
    connecting.lock();
    try {
      for (DockerSandbox sandbox : List.copyOf(open)) {
        sandbox.handOver();
        left.add(sandbox.handle());
        open.remove(sandbox);
      }
      if (!left.isEmpty()) {
        Removal.removeAll(engine(), left);
        left.clear();
      }
    } finally {
      if (deaths != null) {
        deaths.close();
        deaths = null;
      }
      if (engine != null) {
        engine.close();
        engine = null;
      }
      connecting.unlock();
    }
  }
}
