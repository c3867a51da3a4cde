package dev.offload.provider.example;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Start sandboxes that are folders of this machine.
record FolderProvider(Path base, Set<FolderSandbox> open) implements SandboxProvider {
  FolderProvider(Path base) {
    this(base, ConcurrentHashMap.newKeySet());
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress) {
    return SandboxImage.NONE;
  }

  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec) throws SandboxException {
    try {
      ProcessMark mark = ProcessMark.fresh();
      Path folder = Files.createDirectories(base.resolve(mark.token()));
      FolderSandbox sandbox = new FolderSandbox(spec.id(), folder, mark, open::remove);
      open.add(sandbox);
      return sandbox;
    } catch (IOException e) {
      throw new SandboxException.Transient("no folder for " + spec.id() + ": " + e, e);
    }
  }

  @Override
  public boolean reap(String handle) throws SandboxException {
    end(base.resolve(handle), new ProcessMark(handle));
    return true;
  }

  @Override
  public void close() throws SandboxException {
    for (FolderSandbox sandbox : open) {
      sandbox.close();
    }
  }

  static void end(Path folder, ProcessMark mark) throws SandboxException {
    try {
      mark.killCarriers();
      Folders.remove(folder);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + folder + "' stays behind: " + e, e);
    }
  }
}
