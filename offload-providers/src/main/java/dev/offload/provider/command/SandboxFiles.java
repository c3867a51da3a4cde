package dev.offload.provider.command;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.Answer;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.InSandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carry files into and out of one sandbox: with the commands of the configuration, or else through
/// the exec command.
final class SandboxFiles {
  private static final int CHUNK = 14_000;

  private final InSandbox sandbox;
  private final CommandSettings settings;
  private final Variables variables;
  private final ExecFiles exec;
  private final Set<String> madeFolders = ConcurrentHashMap.newKeySet();

  SandboxFiles(InSandbox sandbox, CommandSettings settings, Variables variables) {
    this.sandbox = sandbox;
    this.settings = settings;
    this.variables = variables;
    this.exec = new ExecFiles(sandbox);
  }

  /// Run a piece of shell in the sandbox that must succeed, and return its standard output.
  String succeed(String shell, Stdin stdin) throws SandboxException, InterruptedException {
    return exec.succeed(shell, stdin);
  }

  /// Copy a file into the sandbox.
  void upload(Path local, String remote) throws SandboxException, InterruptedException {
    if (settings.upload().isPresent()) {
      String makeFolder = ExecFiles.makeFolder(remote);
      if (!makeFolder.isEmpty() && !madeFolders.contains(makeFolder)) {
        exec.succeed(makeFolder + "true", Stdin.empty());
        madeFolders.add(makeFolder);
      }
      sandbox.check(
          sandbox.ask(
              settings.upload(), paths(local, remote, Direction.UPLOAD), settings.timeout()));
    } else if (variables.hasStdin(sandbox)) {
      exec.upload(local, remote);
    } else {
      uploadInPieces(local, remote);
    }
  }

  /// `printf` is in every shell, and it can write any byte.
  private void uploadInPieces(Path local, String remote)
      throws SandboxException, InterruptedException {
    String file = quote(remote);
    exec.succeed(ExecFiles.makeFolder(remote) + ": >" + file, Stdin.empty());
    try (InputStream in = Files.newInputStream(local)) {
      for (byte[] piece = in.readNBytes(CHUNK); piece.length > 0; piece = in.readNBytes(CHUNK)) {
        exec.succeed("printf '" + octal(piece) + "' >>" + file, Stdin.empty());
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
    return settings.download().isPresent()
        ? downloadByCommand(remote, local)
        : exec.download(remote, local);
  }

  private boolean downloadByCommand(String remote, Path local)
      throws SandboxException, InterruptedException {
    try {
      Files.createDirectories(local.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new SandboxException.Transient("no folder for '" + local + "': " + e, e);
    }
    Answer answer =
        sandbox.ask(
            settings.download(), paths(local, remote, Direction.DOWNLOAD), settings.timeout());
    if (answer.exit().isSuccess()) {
      sandbox.check(answer);
      return Files.exists(local);
    }
    // Many tools fail for a file that is not there as they fail for everything else.
    if (!exec.isThere(remote)) {
      return false;
    }
    sandbox.check(answer);
    return true;
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
}
