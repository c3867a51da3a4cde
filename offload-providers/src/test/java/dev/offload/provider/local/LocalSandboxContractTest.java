package dev.offload.provider.local;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.SandboxContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class LocalSandboxContractTest extends SandboxContract {
  @Override
  protected SandboxProvider provider() throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    return new LocalProviderFactory()
        .create(
            MapSettings.of(Map.of("shell", shell())),
            new ProviderContext(project, project, "/app", "", List.of(), 4));
  }

  String shell() {
    return "/bin/sh";
  }

  @Override
  protected String projectRoot(Sandbox sandbox) {
    return folder.resolve("project").toString();
  }

  @Override
  protected List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.map(Path::toString).filter(name -> name.contains("/offload-sb-")).toList();
    }
  }
}
