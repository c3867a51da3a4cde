package dev.offload.provider.local;

import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.SandboxContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class LocalSandboxContractTest extends SandboxContract {
  @Override
  protected SandboxProvider provider() throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    return new LocalProvider(new LocalPlace(project, "/bin/sh"), temporary());
  }

  private Path temporary() throws IOException {
    return Files.createDirectories(folder.resolve("temporary"));
  }

  @Override
  protected String projectRoot(Sandbox sandbox) {
    return folder.resolve("project").toString();
  }

  @Override
  protected List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(temporary())) {
      return files.map(Path::toString).toList();
    }
  }
}
