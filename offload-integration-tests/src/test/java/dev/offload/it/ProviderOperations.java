package dev.offload.it;

import dev.offload.api.command.Command;
import dev.offload.api.command.OutputSink;
import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.config.ConfigLoader;
import dev.offload.engine.config.ConfigOverrides;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;

/// Measure single operations of the provider of an `offload.toml` in the current directory, for
/// `bench/providers`: prints `NAME SECONDS` for each time an operation was done.
final class ProviderOperations {
  private static final int STARTS = 10;
  private static final int EXECS = 20;
  private static final int TRANSFERS = 3;
  private static final long TRANSFER_BYTES = 50_000_000;

  private ProviderOperations() {}

  private interface Operation {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path project = Path.of("").toAbsolutePath();
    try (SandboxProvider provider =
        ConfigLoader.load(
                Path.of("offload.toml"),
                project,
                ConfigOverrides.NONE,
                System.getenv(),
                all(FrameworkFactory.class),
                all(ProviderFactory.class))
            .config()
            .provider()
            .provider()) {
      SandboxImage image = provider.prepare(new PrepareRequest(true), _ -> {});
      measure(provider, image);
    }
  }

  private static <T> List<T> all(Class<T> factories) {
    return ServiceLoader.load(factories).stream().map(ServiceLoader.Provider::get).toList();
  }

  private static void measure(SandboxProvider provider, SandboxImage image) throws Exception {
    List<Sandbox> started = new ArrayList<>();
    for (int i = 1; i <= STARTS; i++) {
      SandboxSpec spec = new SandboxSpec(new SandboxId(i), "bench");
      timed("start", () -> started.add(provider.start(image, spec)));
      if (i > 1) {
        timed("close", () -> started.removeLast().close());
      }
    }
    Sandbox sandbox = started.getFirst();
    for (int i = 0; i < EXECS; i++) {
      timed("exec", () -> sandbox.run(Command.of("true"), OutputSink.discard()));
    }
    Path folder = Files.createTempDirectory("offload-bench-");
    Path sent = folder.resolve("sent");
    Path received = folder.resolve("received");
    try (RandomAccessFile file = new RandomAccessFile(sent.toFile(), "rw")) {
      file.setLength(TRANSFER_BYTES);
    }
    String remote = sandbox.scratch() + "/file";
    for (int i = 0; i < TRANSFERS; i++) {
      timed("upload", () -> sandbox.upload(sent, remote));
      timed("download", () -> sandbox.download(remote, received));
      if (Files.mismatch(sent, received) != -1) {
        throw new IllegalStateException("the file came back changed");
      }
    }
    Files.delete(sent);
    Files.delete(received);
    Files.delete(folder);
    sandbox.close();
  }

  private static void timed(String name, Operation operation) throws Exception {
    long begin = System.nanoTime();
    operation.run();
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.println(name + " " + String.format(Locale.ROOT, "%.6f", seconds));
  }
}
