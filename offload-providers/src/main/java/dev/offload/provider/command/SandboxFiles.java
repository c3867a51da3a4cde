package dev.offload.provider.command;

import static dev.offload.provider.command.Script.quote;

import dev.offload.api.command.Exit;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carry files into and out of one sandbox: with the commands of the configuration, or else through
/// the exec command.
final class SandboxFiles {
  /// What our own scripts exit with when there is no such file.
  private static final int MISSING = 66;

  private static final int CHUNK = 14_000;

  private final InSandbox sandbox;
  private final CommandSettings settings;
  private final Variables variables;
  private final Set<String> madeFolders = ConcurrentHashMap.newKeySet();

  SandboxFiles(InSandbox sandbox, CommandSettings settings, Variables variables) {
    this.sandbox = sandbox;
    this.settings = settings;
    this.variables = variables;
  }

  /// Copy a file into the sandbox.
  void upload(Path local, String remote) throws SandboxException, InterruptedException {
    if (settings.upload().isPresent()) {
      String makeFolder = makeFolder(remote);
      if (!makeFolder.isEmpty() && !madeFolders.contains(makeFolder)) {
        succeed(makeFolder + "true", Stdin.empty());
        madeFolders.add(makeFolder);
      }
      sandbox.check(
          sandbox.ask(
              settings.upload(), paths(local, remote, Direction.UPLOAD), settings.timeout()));
    } else if (variables.hasStdin(sandbox)) {
      uploadThroughStdin(local, remote);
    } else {
      uploadInPieces(local, remote);
    }
  }

  /// Return shell text that makes the folder of a file, and goes on.
  private static String makeFolder(String remote) {
    String folder = remote.substring(0, Math.max(0, remote.lastIndexOf('/')));
    return folder.isEmpty() ? "" : "mkdir -p -- " + quote(folder) + " && ";
  }

  private void uploadThroughStdin(Path local, String remote)
      throws SandboxException, InterruptedException {
    String file = quote(remote);
    String size =
        succeed(
                makeFolder(remote) + "cat >" + file + " && wc -c <" + file,
                new Stdin.FromFile(local))
            .strip();
    if (!size.equals(String.valueOf(size(local)))) {
      throw new SandboxException.Transient(
          "'%s' arrived in the sandbox with %s of %s bytes".formatted(remote, size, size(local)),
          null);
    }
  }

  /// `printf` is in every shell, and it can write any byte.
  private void uploadInPieces(Path local, String remote)
      throws SandboxException, InterruptedException {
    String file = quote(remote);
    succeed(makeFolder(remote) + ": >" + file, Stdin.empty());
    try (InputStream in = Files.newInputStream(local)) {
      for (byte[] piece = in.readNBytes(CHUNK); piece.length > 0; piece = in.readNBytes(CHUNK)) {
        succeed("printf '" + octal(piece) + "' >>" + file, Stdin.empty());
      }
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be read: " + e, e);
    }
  }

  private static String octal(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length * 4);
    for (byte b : bytes) {
      int value = b & 0xff;
      boolean plain =
          (value >= 'a' && value <= 'z')
              || (value >= 'A' && value <= 'Z')
              || " _/.,:;=()[]{}#\"".indexOf(value) >= 0;
      if (plain) {
        text.append((char) value);
      } else {
        text.append('\\').append((char) ('0' + (value >> 6)));
        text.append((char) ('0' + ((value >> 3) & 7))).append((char) ('0' + (value & 7)));
      }
    }
    return text.toString();
  }

  /// Copy a file out of the sandbox.
  ///
  /// @return whether it was there
  boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    try {
      Files.createDirectories(local.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new SandboxException.Transient("no folder for '" + local + "': " + e, e);
    }
    return settings.download().isPresent()
        ? downloadByCommand(remote, local)
        : downloadThroughExec(remote, local);
  }

  private boolean downloadByCommand(String remote, Path local)
      throws SandboxException, InterruptedException {
    Answer answer =
        sandbox.ask(
            settings.download(), paths(local, remote, Direction.DOWNLOAD), settings.timeout());
    if (answer.exit().isSuccess()) {
      sandbox.check(answer);
      return Files.exists(local);
    }
    // Many tools fail for a file that is not there as they fail for everything else.
    if (!isThere(remote)) {
      return false;
    }
    sandbox.check(answer);
    return true;
  }

  private boolean isThere(String remote) throws SandboxException, InterruptedException {
    String look = "[ -e " + quote(remote) + " ] || exit " + MISSING;
    ExecText text = new ExecText();
    return !sandbox.run(Script.of(look, Stdin.empty()), text).equals(new Exit.Exited(MISSING));
  }

  private boolean downloadThroughExec(String remote, Path local)
      throws SandboxException, InterruptedException {
    Path part = local.resolveSibling(local.getFileName() + ".part");
    String file = quote(remote);
    String send = "if [ -f " + quote(remote) + " ]; then cat <" + file + "; else exit 66; fi";
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        ExecFile sink = new ExecFile(out);
        Exit exit = sandbox.run(Script.of(send, Stdin.empty()), sink);
        if (exit.equals(new Exit.Exited(MISSING))) {
          return false;
        }
        sink.check(remote, exit);
      }
      Files.move(part, local, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be written: " + e, e);
    } finally {
      deleteQuietly(part);
    }
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
  String succeed(String shell, Stdin stdin) throws SandboxException, InterruptedException {
    ExecText text = new ExecText();
    Exit exit = sandbox.run(Script.of(shell, stdin), text);
    if (!exit.isSuccess()) {
      throw new SandboxException.Transient(
          "'%s' in the sandbox ended with %s: %s"
              .formatted(
                  shell.length() > 200 ? shell.substring(0, 200) + "…" : shell,
                  exit.inWords(),
                  text.stderr().strip()),
          null);
    }
    return text.stdout();
  }

  private enum Direction {
    UPLOAD,
    DOWNLOAD
  }

  private static Map<String, String> paths(Path local, String remote, Direction direction) {
    String here = quoted(local.toString());
    String there = quoted(remote);
    String pair =
        switch (direction) {
          case UPLOAD -> here + ":" + there;
          case DOWNLOAD -> there + ":" + here;
        };
    return Map.of("paths", pair, "local", here, "remote", there);
  }

  /// Quote a name even if it is plain, as the protocol has it for `{paths}`.
  private static String quoted(String name) {
    return "'" + name.replace("'", "'\\''") + "'";
  }

  private static long size(Path local) throws SandboxException {
    try {
      return Files.size(local);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be read: " + e, e);
    }
  }
}
