package dev.offload.provider.shell;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.command.Exit;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Stdin;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Carry files into and out of one sandbox through what runs shell text there.
public final class ExecFiles {
  /// What our own scripts exit with when there is no such file.
  private static final int MISSING = 66;

  /// How much of what a failing script says is told.
  private static final int MOST_LINES = 5;

  private final ShellRun sandbox;

  /// Make it.
  public ExecFiles(ShellRun sandbox) {
    this.sandbox = sandbox;
  }

  /// Copy a file into the sandbox, making its folder. Standard input must be handed on.
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    upload(local, "", remote);
  }

  /// Copy a file to a place in a folder of the sandbox. When the folder is removed meanwhile this
  /// fails, and does not make it again.
  public void uploadInto(String folder, Path local, String name)
      throws SandboxException, InterruptedException {
    upload(local, "cd -- " + quote(folder) + " && ", "./" + name);
  }

  private void upload(Path local, String enter, String remote)
      throws SandboxException, InterruptedException {
    String file = quote(remote);
    String store = makeFolder(remote) + "cat >" + file + " && wc -c <" + file;
    String size = succeed(enter + store, new Stdin.FromFile(local)).strip();
    if (!size.equals(String.valueOf(size(local)))) {
      throw new SandboxException.Transient(
          "'%s' arrived in the sandbox with %s of %s bytes".formatted(remote, size, size(local)),
          null);
    }
  }

  /// Return shell text that makes the folder of a file, and goes on.
  public static String makeFolder(String remote) {
    String folder = remote.substring(0, Math.max(0, remote.lastIndexOf('/')));
    return folder.isEmpty() ? "" : "mkdir -p -- " + quote(folder) + " && ";
  }

  /// Copy a file out of the sandbox.
  ///
  /// @return whether it was there
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    String file = quote(remote);
    return store("if [ -f " + file + " ]; then cat <" + file + "; else exit 66; fi", remote, local);
  }

  /// Write what a piece of shell prints in the sandbox to a local file.
  ///
  /// @param what names it for people
  /// @return false when the shell ended with 66
  public boolean store(String shell, String what, Path local)
      throws SandboxException, InterruptedException {
    Path part = local.resolveSibling(local.getFileName() + ".part");
    try {
      Files.createDirectories(part.toAbsolutePath().getParent());
      try (OutputStream out = Files.newOutputStream(part)) {
        ExecFile sink = new ExecFile(out);
        Exit exit = sandbox.run(shell, Stdin.empty(), sink);
        if (exit.equals(new Exit.Exited(MISSING))) {
          return false;
        }
        sink.check(what, exit);
      }
      Files.move(part, local, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be written: " + e, e);
    } finally {
      deleteQuietly(part);
    }
  }

  /// Return whether there is something under a name in the sandbox.
  public boolean isThere(String remote) throws SandboxException, InterruptedException {
    String look = "[ -e " + quote(remote) + " ] || exit " + MISSING;
    return !sandbox.run(look, Stdin.empty(), new ExecText()).equals(new Exit.Exited(MISSING));
  }

  private static void deleteQuietly(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException _) {
      return; // a leftover part of a file beside it harms nothing
    }
  }

  /// Run a piece of shell in the sandbox that must succeed.
  ///
  /// @return its standard output
  public String succeed(String shell, Stdin stdin) throws SandboxException, InterruptedException {
    ExecText text = new ExecText();
    Exit exit = sandbox.run(shell, stdin, text);
    if (!exit.isSuccess()) {
      throw new SandboxException.Transient(
          "'%s' in the sandbox ended with %s: %s"
              .formatted(
                  shell.length() > 200 ? shell.substring(0, 200) + "…" : shell,
                  exit.inWords(),
                  cause(text.stderr())),
          null);
    }
    return text.stdout();
  }

  /// Return the line that says most: a tool that finds a disk full says so of each file.
  private static String cause(String words) {
    List<String> lines = words.strip().lines().toList();
    return lines.stream()
        .filter(line -> line.contains("No space left on device"))
        .findFirst()
        .orElseGet(() -> String.join("\n", lines.subList(0, Math.min(lines.size(), MOST_LINES))));
  }

  private static long size(Path local) throws SandboxException {
    try {
      return Files.size(local);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be read: " + e, e);
    }
  }
}
