package dev.offload.provider.local;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.process.ProcessMark;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Start sandboxes that are processes of this machine.
///
/// All share one working directory; each has a private temporary folder, to which `TMPDIR` points.
final class LocalProvider implements SandboxProvider {
  private final LocalPlace place;
  private final Path temporary;
  private final Set<LocalSandbox> open = ConcurrentHashMap.newKeySet();

  LocalProvider(LocalPlace place, Path temporary) {
    this.place = place;
    this.temporary = temporary;
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress) {
    return SandboxImage.NONE;
  }

  @Override
  public boolean sharesFiles() {
    return true;
  }

  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec) throws SandboxException {
    ProcessMark mark = ProcessMark.fresh();
    LocalHandle handle = LocalHandle.of(spec, mark, temporary);
    try {
      Files.createDirectory(
          handle.folder(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new SandboxException.Transient(
          "no temporary folder for " + spec.id() + " could be made: " + e, e);
    }
    LocalSandbox sandbox = new LocalSandbox(spec.id(), handle, place, open::remove);
    open.add(sandbox);
    return sandbox;
  }

  @Override
  public boolean reap(String handle) throws SandboxException {
    Optional<LocalHandle> named = LocalHandle.parse(handle);
    if (named.isEmpty()) {
      return false;
    }
    named.get().end();
    return true;
  }

  @Override
  public int reapRun(String runId) throws SandboxException {
    int found = 0;
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(temporary, LocalHandle.foldersOf(runId))) {
      for (Path folder : folders) {
        Optional<LocalHandle> handle = LocalHandle.ofOther(folder);
        if (handle.isPresent()) {
          handle.get().end();
          found++;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new SandboxException.Transient(
          "the temporary folder '" + temporary + "' could not be read: " + e, e);
    }
    return found;
  }

  @Override
  public void close() throws SandboxException {
    @Nullable SandboxException failure = null;
    for (LocalSandbox sandbox : open) {
      try {
        sandbox.close();
      } catch (SandboxException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
