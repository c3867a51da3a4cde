package dev.offload.provider.modal;

import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxPrice;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Start sandboxes at Modal.
final class ModalProvider implements SandboxProvider {
  private static final Duration BUILD = Duration.ofHours(2);
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration QUICKLY = Duration.ofSeconds(30);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration END = Duration.ofSeconds(12);

  private final ModalSettings settings;
  private final ModalImage image;
  private final Bridge bridge;
  private final StartGate gate;
  private final Set<ModalSandbox> open = ConcurrentHashMap.newKeySet();
  private final Set<String> runs = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  ModalProvider(ModalSettings settings, ProviderContext context) {
    this.settings = settings;
    this.image = new ModalImage(settings, context.projectDirectory());
    this.bridge = new Bridge(settings, context.projectDirectory());
    this.gate = new StartGate(settings.createRate());
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException {
    Map<?, ?> built =
        bridge.ask(
            new Bridge.Request("build", image.request(!request.useCache()), BUILD),
            OutputSink.discard(),
            progress::line,
            _ -> {});
    return new SandboxImage(Reply.text(built, "image"));
  }

  @Override
  public Optional<String> imageKey() throws SandboxException {
    return Optional.of(image.key());
  }

  @Override
  public boolean hasImage(SandboxImage known) throws SandboxException, InterruptedException {
    return Reply.truth(
        bridge.ask(new Bridge.Request("image", Map.of("image", known.id()), QUICKLY)), "exists");
  }

  @Override
  public Optional<SandboxPrice> price() {
    return Optional.of(ModalPrices.of(settings));
  }

  @Override
  public Sandbox start(SandboxImage from, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    runs.add(spec.runId());
    Map<?, ?> created;
    try (StartGate _ = gate.enter()) {
      created = bridge.ask(new Bridge.Request("create", create(from, spec), START));
    }
    ModalSandbox sandbox =
        new ModalSandbox(
            spec.id(),
            Reply.text(created, "sandbox"),
            Reply.text(created, "scratch"),
            this,
            bridge,
            settings);
    open.add(sandbox);
    if (closed) {
      sandbox.close();
      throw new SandboxException.Transient("the provider was closed", null);
    }
    return sandbox;
  }

  private Map<String, Object> create(SandboxImage from, SandboxSpec spec) {
    Map<String, Object> options = new HashMap<>();
    options.put("timeout", wholeSeconds(settings.lifetime()));
    options.put("idle_timeout", wholeSeconds(settings.idleLimit()));
    options.put("cpu", settings.cpuCores());
    options.put("memory", (int) Math.ceil(settings.memoryGib() * 1024));
    options.put("block_network", settings.blockNetwork());
    putUnlessEmpty(options, "gpu", settings.gpu());
    putUnlessEmpty(options, "region", settings.region());
    putUnlessEmpty(options, "cloud", settings.cloud());
    Map<String, Object> experimental = Json.read(settings.experimentalOptions());
    if (!experimental.isEmpty()) {
      options.put("experimental_options", experimental);
    }
    return Map.of(
        "image", from.id(),
        "options", options,
        "secrets", settings.secrets(),
        "volumes", settings.volumes(),
        "tags", Map.of("offload_run", spec.runId(), "offload_sandbox", spec.id().toString()),
        "root", settings.workdir());
  }

  private static void putUnlessEmpty(Map<String, Object> options, String key, String value) {
    if (!value.isEmpty()) {
      options.put(key, value);
    }
  }

  static int wholeSeconds(Duration duration) {
    return (int) Math.max(1, duration.plusMillis(999).toSeconds());
  }

  /// Note that a sandbox was closed.
  void forget(ModalSandbox sandbox) {
    open.remove(sandbox);
  }

  @Override
  public boolean reap(String handle) throws SandboxException, InterruptedException {
    Map<?, ?> _ =
        bridge.askToEnd(new Bridge.Request("terminate", Map.of("sandbox", handle), QUICKLY));
    return true;
  }

  @Override
  public int reapRun(String runId) throws SandboxException, InterruptedException {
    return sweep(runId, QUICKLY);
  }

  private int sweep(String runId, Duration longest) throws SandboxException, InterruptedException {
    Map<String, Object> tags = Map.of("tags", Map.of("offload_run", runId));
    return Reply.number(
        bridge.askToEnd(new Bridge.Request("terminate_tagged", tags, longest)), "count", 0);
  }

  /// End the sandboxes, those too whose creation was never answered, and then the bridge.
  @Override
  public void close() throws SandboxException {
    if (closed) {
      return;
    }
    closed = true;
    if (!bridge.isStarted()) {
      bridge.close(Duration.ZERO);
      return;
    }
    List<String> problems = new ArrayList<>();
    List<Thread> closing = new ArrayList<>();
    for (ModalSandbox sandbox : open) {
      closing.add(Thread.ofVirtual().start(() -> end(sandbox, problems)));
    }
    Thread sweeping = Thread.ofVirtual().unstarted(this::sweepAll);
    boolean interrupted = false;
    try {
      for (Thread thread : closing) {
        thread.join(END);
      }
      sweeping.start();
      sweeping.join(SWEEP);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    bridge.close(END);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (problems) {
      if (!problems.isEmpty()) {
        throw new SandboxException.Transient(String.join("; ", problems), null);
      }
    }
  }

  private void sweepAll() {
    for (String run : runs) {
      try {
        int _ = sweep(run, SWEEP);
      } catch (SandboxException e) {
        // What is known was ended one by one; the rest ends by its own limits.
        System.getLogger(ModalProvider.class.getName())
            .log(System.Logger.Level.DEBUG, "sandboxes could not be listed", e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void end(ModalSandbox sandbox, List<String> problems) {
    @Nullable String problem = null;
    try {
      sandbox.close();
    } catch (SandboxException e) {
      problem = sandbox.handle() + ": " + e.getMessage();
    }
    if (problem != null) {
      synchronized (problems) {
        problems.add(problem);
      }
    }
  }
}
