package dev.offload.junitrunner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Take orders for batches, one after the other; Offload's `WarmProtocol` says how they are given.
final class Orders {
  private static final String END = "end of order";
  private static final long QUICK_MILLIS = 3;
  private static final long SLOW_MILLIS = 50;
  private static final long QUICK_NANOS = 5_000_000_000L;
  private static final long MEBIBYTE = 1024 * 1024;
  private static final int KIBIBYTES = 1024;

  private final Path folder;
  private final Frames frames;
  private final Batch batch;

  Orders(Path folder, Frames frames, Batch batch) {
    this.folder = folder;
    this.frames = frames;
    this.batch = batch;
  }

  /// Work until the order to stop.
  void work() throws IOException, InterruptedException {
    for (int number = 1; ; number++) {
      List<String> lines = await(folder.resolve("order-" + number));
      List<String> text = lines.subList(1, lines.size() - 1);
      if (text.equals(Arrays.asList("stop"))) {
        return;
      }
      int exit = batch.run(new Plan(text));
      frames.sendOnBoth("@done " + number + " " + exit + " " + memory());
    }
  }

  private static List<String> await(Path file) throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (true) {
      List<String> lines = whole(file);
      if (lines != null) {
        Files.delete(file);
        return lines;
      }
      Thread.sleep(System.nanoTime() - began < QUICK_NANOS ? QUICK_MILLIS : SLOW_MILLIS);
    }
  }

  private static @Nullable List<String> whole(Path file) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return text.endsWith("\n" + END + "\n") ? Arrays.asList(text.split("\n")) : null;
  }

  /// Return the memory of this process in mebibytes: what the system says, else the heap.
  private static long memory() {
    try {
      Path status = java.nio.file.Paths.get("/proc/self/status");
      for (String line : Files.readAllLines(status, StandardCharsets.US_ASCII)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / KIBIBYTES;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Runtime.getRuntime().totalMemory() / MEBIBYTE;
    }
    return Runtime.getRuntime().totalMemory() / MEBIBYTE;
  }
}
