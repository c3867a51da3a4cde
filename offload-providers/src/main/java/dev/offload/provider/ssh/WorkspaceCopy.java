package dev.offload.provider.ssh;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Running;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Bring a folder on a host to the state of a local one, sending only what differs.
///
/// What was sent is listed beside the folder on the host; only that is ever compared, replaced or
/// removed there. What else is in the folder, a virtual environment for example, stays.
final class WorkspaceCopy {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Pattern SUM = Pattern.compile("([0-9]+) ([0-9]+) (?:\\./)?(.+)");

  private final ExecFiles files;
  private final LocalShell shell;

  WorkspaceCopy(ExecFiles files, LocalShell shell) {
    this.files = files;
    this.shell = shell;
  }

  /// Copy.
  ///
  /// @param remote the absolute folder on the host
  /// @return how many files were sent
  int copy(LocalTree tree, String remote) throws SandboxException, InterruptedException {
    try {
      Path folder = Files.createTempDirectory("offload-copy-");
      try {
        return copy(tree, remote, folder);
      } finally {
        dev.offload.provider.process.Folders.remove(folder);
      }
    } catch (IOException e) {
      throw new SandboxException.Fatal("no temporary folder could be used: " + e, e);
    }
  }

  private int copy(LocalTree tree, String remote, Path folder)
      throws IOException, SandboxException, InterruptedException {
    String list = remote + ".offload-files";
    String enter = "cd -- " + quote(remote) + " && ";
    files.succeed("mkdir -p -- " + quote(remote), Stdin.empty());

    Path before = folder.resolve("before");
    boolean _ = files.download(list, before);
    List<Listed> known = Listed.read(before);
    Map<String, Checksum> there = known.isEmpty() ? Map.of() : checksums(enter, list, folder);

    Set<String> changed = new TreeSet<>();
    tree.files()
        .forEach((name, entry) -> {
          boolean same =
              entry instanceof LocalTree.Entry.Plain plain
                  && plain.checksum().equals(there.get(name))
                  && known.contains(new Listed(plain.executable(), name));
          if (!same) {
            changed.add(name);
          }
        });
    Set<String> gone = new TreeSet<>();
    known.stream()
        .map(Listed::name)
        .filter(name -> !tree.files().containsKey(name))
        .forEach(gone::add);
    if (!gone.isEmpty()) {
      Path names = folder.resolve("gone");
      write(names, gone);
      files.succeed(enter + "xargs -0 rm -f --", new Stdin.FromFile(names));
    }
    if (!changed.isEmpty()) {
      Path tar = folder.resolve("changed.tar");
      pack(tree.root(), changed, folder, tar);
      files.succeed(enter + "tar -xf -", new Stdin.FromFile(tar));
    }
    if (!changed.isEmpty() || !gone.isEmpty()) {
      Path now = folder.resolve("now");
      Files.writeString(now, Listed.write(tree), StandardCharsets.UTF_8);
      files.upload(now, list);
    }
    return changed.size();
  }

  private Map<String, Checksum> checksums(String enter, String list, Path folder)
      throws IOException, SandboxException, InterruptedException {
    Path sums = folder.resolve("sums");
    // Each entry of the list is one letter and a name; sed would stumble over names with line ends.
    String names =
        "tr '\\n\\000' '\\000\\n' <" + quote(list) + " | sed 's/^.//' | tr '\\n\\000' '\\000\\n'";
    boolean _ =
        files.store(
            enter + names + " | xargs -0 cksum -- 2>/dev/null; true", "the check sums", sums);
    Map<String, Checksum> found = new HashMap<>();
    for (String line : Files.readString(sums, StandardCharsets.ISO_8859_1).split("\n")) {
      Matcher matcher = SUM.matcher(line);
      if (matcher.matches()) {
        String name =
            new String(
                matcher.group(3).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        found.put(
            name, new Checksum(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
      }
    }
    return found;
  }

  private void pack(Path root, Set<String> names, Path folder, Path tar)
      throws IOException, SandboxException, InterruptedException {
    Path list = folder.resolve("changed");
    write(list, names);
    String line =
        "exec tar -C "
            + quote(root.toString())
            + " -cf "
            + quote(tar.toString())
            + " --null -T "
            + quote(list.toString());
    LocalShell.Line pack = new LocalShell.Line("tar", line, Map.of(), Stdin.empty());
    shell.check(shell.ask(pack, LONGEST, _ -> {}, new Running()));
  }

  /// Names begin with `./`, so that none of them looks like an option.
  private static void write(Path list, Set<String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append("./").append(name).append('\0'));
    Files.writeString(list, text, StandardCharsets.UTF_8);
  }

  /// Describe one entry of the list on the host: a letter for whether it is executable, its name,
  /// and a NUL.
  private record Listed(boolean executable, String name) {
    static List<Listed> read(Path list) throws IOException {
      List<Listed> entries = new ArrayList<>();
      if (Files.exists(list)) {
        for (String entry : Files.readString(list, StandardCharsets.UTF_8).split("\0")) {
          if (entry.length() > 1) {
            entries.add(new Listed(entry.charAt(0) == 'x', entry.substring(1)));
          }
        }
      }
      return entries;
    }

    static String write(LocalTree tree) {
      StringBuilder text = new StringBuilder();
      tree.files()
          .forEach((name, entry) -> {
            boolean executable = entry instanceof LocalTree.Entry.Plain plain && plain.executable();
            text.append(executable ? 'x' : '-').append(name).append('\0');
          });
      return text.toString();
    }
  }
}
