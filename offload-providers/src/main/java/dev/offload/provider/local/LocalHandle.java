package dev.offload.provider.local;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessMark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Name what a local sandbox leaves in the machine: marked processes and a folder. Written
/// `local:MARK:FOLDER`.
record LocalHandle(ProcessMark mark, Path folder) {
  private static final Pattern FORM = Pattern.compile("local:([0-9a-f]{16}):(/.+)", Pattern.DOTALL);

  private static final Pattern OWNED = Pattern.compile(".*-(\\d+)-([0-9a-f]{16})");

  /// Name a new sandbox. Its folder tells of which run and which process it is, so that it is found
  /// when that was killed before it wrote down the name.
  static LocalHandle of(SandboxSpec spec, ProcessMark mark, Path temporary) {
    String owner = tag(spec.runId()) + "-" + ProcessHandle.current().pid();
    String name = "offload-" + spec.id() + "-" + owner + "-" + mark.token();
    return new LocalHandle(mark, temporary.resolve(name));
  }

  /// Return a glob for the folders of a run's sandboxes.
  static String foldersOf(String runId) {
    return "offload-sb-*-" + tag(runId) + "-*";
  }

  private static String tag(String runId) {
    return "%08x".formatted(runId.hashCode());
  }

  /// Return what a folder that [#of] named in another process belongs to: a resumed run has the
  /// name of the killed one, and must not end itself.
  static Optional<LocalHandle> ofOther(Path folder) {
    Matcher form = OWNED.matcher(folder.getFileName().toString());
    return form.matches() && !form.group(1).equals("" + ProcessHandle.current().pid())
        ? Optional.of(new LocalHandle(new ProcessMark(form.group(2)), folder))
        : Optional.empty();
  }

  /// Read what [#toString] wrote; a folder that Offload cannot have made is not accepted.
  static Optional<LocalHandle> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    ProcessMark mark = new ProcessMark(form.group(1));
    Path folder = Path.of(form.group(2)).normalize();
    String name = String.valueOf(folder.getFileName());
    return name.startsWith("offload-") && name.endsWith("-" + mark.token())
        ? Optional.of(new LocalHandle(mark, folder))
        : Optional.empty();
  }

  /// Kill the processes and remove the folder. Harmless when called again.
  void end() throws SandboxException {
    List<ProcessHandle> left = mark.killCarriers();
    if (!left.isEmpty()) {
      String pids =
          left.stream().map(process -> "" + process.pid()).collect(Collectors.joining(", "));
      throw new SandboxException.Transient("these processes could not be killed: " + pids, null);
    }
    try {
      Folders.remove(folder);
    } catch (IOException e) {
      throw new SandboxException.Transient(
          "the temporary folder '" + folder + "' could not be removed: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "local:" + mark.token() + ":" + folder;
  }
}
