package dev.offload.provider.local;

import dev.offload.api.sandbox.SandboxException;
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
