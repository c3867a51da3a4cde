package dev.offload.provider.ssh;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Hold the settings of `[provider] type = "ssh"`.
///
/// @param hosts the hosts, in the order of the file
/// @param slots how many sandboxes a host may have at one time, or 0 for as many as it has
///   processors
/// @param workspace where the project is on the hosts: absolute, or relative to the home folder
///   there
/// @param copies what is copied to the hosts before the run
/// @param options arguments for every call of `ssh`
record SshSettings(
    List<HostAddress> hosts, int slots, String workspace, List<Copy> copies, List<String> options) {

  /// Say what goes where.
  ///
  /// @param local the absolute folder on this machine
  /// @param remote the folder on the host, relative to the workspace unless absolute; empty for the
  ///   workspace itself
  /// @param onlyOwn whether files that git ignores stay here
  record Copy(Path local, String remote, boolean onlyOwn) {}

  /// Read the settings.
  static SshSettings read(Settings settings, ProviderContext context) {
    List<String> options = settings.strings("ssh_options");
    List<Copy> copies = new ArrayList<>();
    if (settings.bool("include_cwd", true)) {
      copies.add(new Copy(context.projectDirectory(), "", true));
    }
    List<String> pairs = new ArrayList<>(settings.strings("copy_dirs"));
    pairs.forEach(pair -> checkPair(settings, context, pair));
    pairs.addAll(context.copyDirectories());
    for (String pair : pairs) {
      int colon = pair.indexOf(':');
      if (colon > 0) {
        copies.add(
            new Copy(
                context.projectDirectory().resolve(pair.substring(0, colon)).normalize(),
                pair.substring(colon + 1).replaceFirst("^(\\./?)+", "").replaceFirst("/+$", ""),
                false));
      }
    }
    return new SshSettings(
        hosts(settings, context), slots(settings), workspace(settings, context), copies, options);
  }

  private static void checkPair(Settings settings, ProviderContext context, String pair) {
    int colon = pair.indexOf(':');
    if (colon < 1 || colon == pair.length() - 1) {
      settings.problem("copy_dirs", "'" + pair + "' is not of the form 'LOCAL:REMOTE'.");
    } else if (!Files.isDirectory(context.projectDirectory().resolve(pair.substring(0, colon)))) {
      settings.problem(
          "copy_dirs", "The directory '" + pair.substring(0, colon) + "' does not exist.");
    }
  }

  private static List<HostAddress> hosts(Settings settings, ProviderContext context) {
    Set<HostAddress> hosts = new LinkedHashSet<>();
    List<String> written = settings.strings("hosts");
    for (String named : written) {
      host(settings, "hosts", named).ifPresent(hosts::add);
    }
    Optional<String> file = settings.string("hosts_file");
    if (file.isPresent()) {
      for (String named : lines(settings, context.projectDirectory().resolve(file.get()))) {
        host(settings, "hosts_file", named).ifPresent(hosts::add);
      }
    }
    if (written.isEmpty() && file.isEmpty()) {
      settings.problem(
          "hosts",
          "must name at least one host, or 'hosts_file' a file with one host on each line.");
    }
    return List.copyOf(hosts);
  }

  private static Optional<HostAddress> host(Settings settings, String key, String named) {
    Optional<HostAddress> host = HostAddress.parse(named);
    if (host.isEmpty()) {
      settings.problem(key, "'" + named + "' is not a host: write 'user@name:port' or less of it.");
    }
    return host;
  }

  private static List<String> lines(Settings settings, Path file) {
    try {
      List<String> hosts =
          Files.readAllLines(file).stream()
              .map(line -> line.replaceFirst("#.*", "").strip())
              .filter(line -> !line.isEmpty())
              .toList();
      if (hosts.isEmpty()) {
        settings.problem("hosts_file", "The file '" + file + "' names no host.");
      }
      return hosts;
    } catch (NoSuchFileException _) {
      settings.problem("hosts_file", "The file '" + file + "' does not exist.");
      return List.of();
    } catch (IOException e) {
      settings.problem("hosts_file", "The file '" + file + "' cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  private static int slots(Settings settings) {
    String written = settings.json("slots").orElse("\"cpus\"");
    if (written.equals("\"cpus\"")) {
      return 0;
    }
    if (written.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(written);
    }
    settings.problem(
        "slots", "must be a number of sandboxes for each host (1 or more), or \"cpus\".");
    return 1;
  }

  private static String workspace(Settings settings, ProviderContext context) {
    String fallback =
        context.sandboxProjectRoot().startsWith("/")
            ? context.sandboxProjectRoot()
            : ".cache/offload/workspaces/" + nameOf(context.projectDirectory());
    String workspace = settings.string("workspace", fallback);
    boolean tilde = workspace.startsWith("~/");
    if (workspace.isBlank() || workspace.contains("\n") || workspace.equals("/")) {
      settings.problem(
          "workspace", "must be a folder on the hosts: absolute, or in the home folder.");
    }
    return tilde ? workspace.substring(2) : workspace;
  }

  /// Two checkouts of one project on this machine must not share a workspace.
  private static String nameOf(Path project) {
    Path name = project.getFileName();
    return (name == null ? "root" : name.toString().replaceAll("[^A-Za-z0-9._-]", "_"))
        + "-"
        + Integer.toHexString(project.toString().hashCode());
  }
}
