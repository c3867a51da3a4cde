package dev.offload.provider.docker;

import com.github.dockerjava.api.command.BuildImageResultCallback;
import dev.offload.provider.image.ImageFolder;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// The smallest image a sandbox may have, made on the spot: busybox and nothing else.
final class BusyboxImage {
  private static final List<String> APPLETS =
      List.of(
          "sh", "cat", "grep", "mkdir", "sleep", "kill", "printf", "ls", "touch", "rm", "pwd", "id",
          "head", "dd", "tail", "env", "seq", "setsid", "wc", "chmod", "ps", "true");

  private BusyboxImage() {}

  /// Build it and return its id.
  ///
  /// @param folder an empty folder
  static String make(Engine engine, Path folder, boolean shell)
      throws IOException, InterruptedException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path busybox = TestTools.require("busybox/busybox").toRealPath();
    Files.copy(busybox, bin.resolve("busybox"));
    for (String applet : shell ? APPLETS : List.<String>of()) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Path tar = Files.createTempFile("offload-busybox-", ".tar");
    try {
      new ContextTar("FROM scratch\nCOPY bin /bin\nWORKDIR /tmp\nWORKDIR /app\n")
          .withFolder(ImageFolder.context(folder), "")
          .writeTo(tar);
      try (InputStream in = Files.newInputStream(tar)) {
        return engine
            .client()
            .buildImageCmd(in)
            .withDockerfilePath(ContextTar.DOCKERFILE)
            .withTags(Set.of("offload-test-busybox:" + (shell ? "1" : "without-shell")))
            .exec(new BuildImageResultCallback())
            .awaitImageId();
      }
    } finally {
      Files.delete(tar);
    }
  }
}
