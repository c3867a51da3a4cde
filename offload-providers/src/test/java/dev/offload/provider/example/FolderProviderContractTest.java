package dev.offload.provider.example;

import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.SandboxContract;
import java.util.List;

class FolderProviderContractTest extends SandboxContract {
  @Override
  protected SandboxProvider provider() {
    return new FolderProvider(folder.resolve("sandboxes"));
  }

  @Override
  protected String projectRoot(Sandbox sandbox) {
    return sandbox.scratch();
  }

  @Override
  protected List<String> leftovers() {
    String[] names = folder.resolve("sandboxes").toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
