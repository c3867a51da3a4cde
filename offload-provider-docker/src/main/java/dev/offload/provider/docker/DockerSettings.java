package dev.offload.provider.docker;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hold the settings of `[provider] type = "docker"`.
///
/// @param source what the image is made from
/// @param copies what is copied into the image, in this order
/// @param root the absolute project root in a sandbox, or empty for the image's working directory
/// @param initCommand shell text that is run while the image is built, or empty
/// @param container what every container gets
/// @param host the address of the engine, or empty for what the environment and the current context
///   say
record DockerSettings(
    Source source,
    List<Copy> copies,
    String root,
    String initCommand,
    Container container,
    String host) {
  private static final String DEFAULT_ROOT = "/app";

  /// Say what the image is made from.
  sealed interface Source {
    /// Name the image for people.
    String inWords();

    /// An image of a registry or of the engine.
    record Named(String image, Pull pull) implements Source {
      @Override
      public String inWords() {
        return "the image '" + image + "'";
      }
    }

    /// A Dockerfile.
    ///
    /// @param target the stage to build, or empty for the last
    record Built(Path dockerfile, Path context, Map<String, String> arguments, String target)
        implements Source {
      @Override
      public String inWords() {
        return "the image of '" + dockerfile + "'";
      }
    }
  }

  /// Say when an image is fetched.
  enum Pull {
    /// When the engine does not have it.
    MISSING,
    /// At each run.
    ALWAYS,
    /// Never.
    NEVER
  }

  /// Say what goes where.
  ///
  /// @param local the absolute folder on this machine
  /// @param remote the absolute folder in the image
  record Copy(Path local, String remote) {}

  /// Say what is mounted where.
  ///
  /// @param source an absolute folder of the engine's machine, or the name of a volume
  record MountPoint(String source, boolean isFolder, String target, boolean readOnly) {}

  /// Describe containers.
  ///
  /// @param cpuCores 0 for no limit
  /// @param memoryBytes 0 for no limit
  /// @param shmBytes 0 for the engine's default
  /// @param network empty for the engine's default
  /// @param user empty for the image's
  /// @param platform empty for the engine's
  /// @param gpus -1 for all
  record Container(
      double cpuCores,
      long memoryBytes,
      long shmBytes,
      List<MountPoint> mounts,
      String network,
      String user,
      String platform,
      int gpus) {}

  /// Read the settings.
  static DockerSettings read(Settings settings, ProviderContext context) {
    String named = context.sandboxProjectRoot();
    List<String> pairs = new ArrayList<>(settings.strings("copy_dirs"));
    pairs.addAll(context.copyDirectories());
    boolean includeCwd = settings.bool("include_cwd", false);
    boolean copies = includeCwd || !pairs.isEmpty();
    String root = named.startsWith("/") ? named : copies ? DEFAULT_ROOT : "";
    List<Copy> all = new ArrayList<>();
    if (includeCwd) {
      all.add(new Copy(context.projectDirectory(), root));
    }
    pairs.forEach(pair -> copy(settings, context, root, pair).ifPresent(all::add));
    return new DockerSettings(
        source(settings, context),
        all,
        root,
        context.sandboxInitCommand(),
        container(settings, context),
        host(settings));
  }

  private static String host(Settings settings) {
    String host = settings.string("host", "");
    if (!host.isEmpty() && !host.matches("(unix|tcp|npipe)://.+")) {
      settings.problem(
          "host",
          "'" + host + "' is no address of an engine: write 'unix:///PATH' or 'tcp://HOST:PORT'.");
    }
    return host;
  }

  private static Optional<Copy> copy(
      Settings settings, ProviderContext context, String root, String pair) {
    int colon = pair.indexOf(':');
    if (colon < 1 || colon == pair.length() - 1) {
      settings.problem("copy_dirs", "'" + pair + "' is not of the form 'LOCAL:REMOTE'.");
      return Optional.empty();
    }
    Path local = context.projectDirectory().resolve(pair.substring(0, colon)).normalize();
    if (!Files.isDirectory(local)) {
      settings.problem("copy_dirs", "The directory '" + local + "' does not exist.");
    }
    String remote = pair.substring(colon + 1);
    return Optional.of(new Copy(local, remote.startsWith("/") ? remote : root + "/" + remote));
  }

  private static Source source(Settings settings, ProviderContext context) {
    Optional<String> image = settings.string("image");
    Optional<String> dockerfile = settings.string("dockerfile");
    String contextFolder = settings.string("context", "");
    Map<String, String> arguments = settings.stringTable("build_args");
    String target = settings.string("target", "");
    Pull pull = pull(settings);
    if (image.isPresent() == dockerfile.isPresent()) {
      settings.problem("", "needs either 'image' or 'dockerfile'.");
    }
    if (dockerfile.isEmpty()) {
      return new Source.Named(image.orElse(""), pull);
    }
    Path file = context.projectDirectory().resolve(dockerfile.get()).normalize();
    Path folder = context.projectDirectory().resolve(contextFolder).normalize();
    if (!Files.isRegularFile(file)) {
      settings.problem("dockerfile", "The file '" + file + "' does not exist.");
    }
    if (!Files.isDirectory(folder)) {
      settings.problem("context", "The directory '" + folder + "' does not exist.");
    }
    return new Source.Built(file, folder, arguments, target);
  }

  private static Pull pull(Settings settings) {
    return switch (settings.string("pull", "missing")) {
      case "missing" -> Pull.MISSING;
      case "always" -> Pull.ALWAYS;
      case "never" -> Pull.NEVER;
      default -> {
        settings.problem("pull", "must be \"missing\", \"always\" or \"never\".");
        yield Pull.MISSING;
      }
    };
  }

  private static Container container(Settings settings, ProviderContext context) {
    List<MountPoint> mounts = new ArrayList<>();
    for (String mount : settings.strings("mounts")) {
      String[] parts = mount.split(":", -1);
      boolean right =
          (parts.length == 2 || (parts.length == 3 && parts[2].matches("ro|rw")))
              && parts[1].startsWith("/");
      if (!right) {
        settings.problem(
            "mounts",
            "'" + mount + "' is not of the form 'SOURCE:/TARGET' or 'SOURCE:/TARGET:ro'.");
        continue;
      }
      boolean folder = parts[0].startsWith("/") || parts[0].startsWith(".");
      String source =
          folder ? context.projectDirectory().resolve(parts[0]).normalize().toString() : parts[0];
      mounts.add(new MountPoint(source, folder, parts[1], parts[parts.length - 1].equals("ro")));
    }
    return new Container(
        settings.number("cpu_cores", 0).orElse(0.0),
        bytes(settings.number("memory_gb", 0), 1L << 30),
        bytes(settings.number("shm_mb", 0), 1L << 20),
        mounts,
        settings.string("network", ""),
        settings.string("user", ""),
        settings.string("platform", ""),
        gpus(settings));
  }

  private static long bytes(Optional<Double> number, long unit) {
    return (long) (number.orElse(0.0) * unit);
  }

  private static int gpus(Settings settings) {
    String written = settings.json("gpus").orElse("0");
    if (written.equals("\"all\"")) {
      return -1;
    }
    if (written.matches("[0-9]{1,3}")) {
      return Integer.parseInt(written);
    }
    settings.problem("gpus", "must be a number, or \"all\".");
    return 0;
  }
}
