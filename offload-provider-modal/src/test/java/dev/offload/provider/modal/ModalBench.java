package dev.offload.provider.modal;

import dev.offload.api.command.Command;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.FakeModal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/// Measure the bridge to Modal: `bench/modal`. What many streaming sandboxes cost, how soon a death
/// is known, and what an operation costs against one Python start for each.
final class ModalBench {
  private static final Command CHATTY =
      Command.shell("while :; do echo a line of output; sleep 0.5; done");

  private ModalBench() {}

  public static void main(String[] args) throws Exception {
    int sandboxes = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    Path project = Path.of("/");
    try (FakeModal modal = Providers.server();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        SandboxProvider provider =
            Providers.of(modal, 2, project, Map.of("create_rate_per_sec", 1000))) {
      List<Sandbox> started = start(sandboxes, provider, threads);
      LongAdder chunks = new LongAdder();
      for (Sandbox sandbox : started) {
        threads.execute(() -> stream(sandbox, chunks));
      }
      Thread.sleep(Duration.ofSeconds(3));
      streaming(started.size(), seconds, chunks);
      deaths(started.subList(0, Math.min(40, sandboxes / 2)), modal, threads);
      overhead(started.getLast(), modal);
    }
  }

  private static List<Sandbox> start(
      int sandboxes, SandboxProvider provider, ExecutorService threads) throws Exception {
    long begin = System.nanoTime();
    List<Future<Sandbox>> starting = new ArrayList<>();
    for (int i = 1; i <= sandboxes; i++) {
      SandboxSpec spec = new SandboxSpec(new SandboxId(i), "bench");
      starting.add(threads.submit(() -> provider.start(SandboxImage.NONE, spec)));
    }
    List<Sandbox> started = new ArrayList<>();
    for (Future<Sandbox> future : starting) {
      started.add(future.get());
    }
    say("%d sandboxes started in %.1f s", sandboxes, seconds(System.nanoTime() - begin));
    return started;
  }

  private static void stream(Sandbox sandbox, LongAdder chunks) {
    try {
      sandbox.run(
          CHATTY,
          new OutputSink() {
            @Override
            public void stdout(byte[] buffer, int offset, int length) {
              chunks.increment();
            }

            @Override
            public void stderr(byte[] buffer, int offset, int length) {}
          });
    } catch (SandboxException _) {
      return; // its end was part of the measurement
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void streaming(int sandboxes, int seconds, LongAdder chunks)
      throws InterruptedException {
    Duration bridge = bridgeCpu();
    Duration java = cpu(ProcessHandle.current());
    long before = chunks.sum();
    long begin = System.nanoTime();
    Thread.sleep(Duration.ofSeconds(seconds));
    double wall = seconds(System.nanoTime() - begin);
    say(
        "%d sandboxes with a line each 0.5 s: %.0f chunks/s; bridge %.1f %% of a core (aim: under 25 %%), Java %.1f %%"
            + " (aim: under 50 %%)",
        sandboxes,
        (chunks.sum() - before) / wall,
        100 * seconds(bridgeCpu().minus(bridge).toNanos()) / wall,
        100 * seconds(cpu(ProcessHandle.current()).minus(java).toNanos()) / wall);
  }

  private static void deaths(List<Sandbox> victims, FakeModal modal, ExecutorService threads)
      throws Exception {
    List<Double> millis = new ArrayList<>();
    for (Sandbox victim : victims) {
      Future<Instant> known =
          threads.submit(() -> {
            victim.awaitDeath();
            return Instant.now();
          });
      double told = modal.kill(victim.handle(), 8, 0);
      Instant at = known.get();
      millis.add((at.getEpochSecond() + at.getNano() / 1e9 - told) * 1000);
    }
    Collections.sort(millis);
    say(
        "death in the middle of a command, from the server's word to the engine: median %.1f ms, most %.1f ms (aim: under"
            + " 200 ms)",
        millis.get(millis.size() / 2), millis.getLast());
  }

  private static void overhead(Sandbox sandbox, FakeModal modal) throws Exception {
    int operations = 50;
    long begin = System.nanoTime();
    for (int i = 0; i < operations; i++) {
      sandbox.run(Command.of("true"), OutputSink.discard());
    }
    double throughBridge = seconds(System.nanoTime() - begin) / operations;
    int starts = 5;
    begin = System.nanoTime();
    for (int i = 0; i < starts; i++) {
      List<String> command = new ArrayList<>(List.of(modal.sdk(2).split(" ")));
      command.add(Providers.BUNDLED.resolve("modal_sandbox.py").toString());
      command.addAll(List.of("exec", sandbox.handle(), "true"));
      new ProcessBuilder(command).start().waitFor();
    }
    double eachAPython = seconds(System.nanoTime() - begin) / starts;
    say(
        "one command: %.1f ms through the bridge, %.0f ms with a Python start: %.0f times less (aim: 20)",
        throughBridge * 1000, eachAPython * 1000, eachAPython / throughBridge);
  }

  private static Duration bridgeCpu() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains("modal_bridge.py"))
        .map(ModalBench::cpu)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
