package dev.offload.provider.modal;

import dev.offload.api.command.ShellWords;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hold the settings of `[provider] type = "modal"`.
///
/// @param dockerfile what the image is built from; none for a plain Python with pytest
/// @param folders what is copied into the image, in order
/// @param initCommand shell command run while the image is built, or empty
/// @param workdir where commands run in a sandbox, absolute
/// @param cpuCores how many cores a sandbox has at least
/// @param memoryGib how much memory a sandbox has, in GiB
/// @param experimentalOptions a JSON object
/// @param appName the app that sandboxes belong to
/// @param environment Modal's environment, or empty for the user's default
/// @param lifetime how long a sandbox may live
/// @param idleLimit after how long without work a sandbox ends
/// @param gpu for example `T4` or `A100:2`, or empty
/// @param region or empty
/// @param cloud or empty
/// @param secrets names of Modal's secrets whose values sandboxes get as variables
/// @param volumes names of Modal's volumes by the path at which they appear
/// @param blockNetwork whether sandboxes have no network
/// @param createRate how many sandboxes are created per second at most
/// @param sdk how Python is started, or empty
record ModalSettings(
    Optional<Path> dockerfile,
    List<Folder> folders,
    String initCommand,
    String workdir,
    double cpuCores,
    double memoryGib,
    String experimentalOptions,
    String appName,
    String environment,
    Duration lifetime,
    Duration idleLimit,
    String gpu,
    String region,
    String cloud,
    List<String> secrets,
    Map<String, String> volumes,
    boolean blockNetwork,
    double createRate,
    String sdk) {
  private static final Duration LONGEST_LIFE = Duration.ofHours(24);
  private static final double DEFAULT_CORES = 0.125;

  /// Modal's own default of 128 MiB ends pytest of any real project without a word.
  private static final double DEFAULT_MEMORY = 2;

  private static final double DEFAULT_RATE = 25;

  /// A folder of this machine that is copied into the image.
  ///
  /// @param local absolute
  /// @param remote absolute, in the sandbox
  record Folder(Path local, String remote) {}

  /// Read the settings.
  static ModalSettings read(Settings settings, ProviderContext context) {
    String root = context.sandboxProjectRoot();
    String workdir = settings.string("workdir", root);
    if (!workdir.startsWith("/")) {
      settings.problem(
          "workdir",
          "must be an absolute path in the sandbox, but is '"
              + workdir
              + "'; set it, or `sandbox_project_root` in [offload]");
    }
    List<Folder> folders = new ArrayList<>();
    if (settings.bool("include_cwd", false)) {
      folders.add(new Folder(context.projectDirectory(), root));
    }
    settings.strings("copy_dirs").forEach(pair -> folder(pair, folders, settings, context));
    context.copyDirectories().forEach(pair -> folder(pair, folders, settings, context));
    return new ModalSettings(
        dockerfile(settings, context),
        folders,
        context.sandboxInitCommand(),
        workdir,
        positive(settings, "cpu_cores", DEFAULT_CORES),
        positive(settings, "memory_gb", DEFAULT_MEMORY),
        options(settings),
        settings.string("app_name", "offload-sandbox"),
        settings.string("environment", ""),
        lifetime(settings),
        settings.seconds("idle_timeout_secs", Duration.ofMinutes(10)),
        settings.string("gpu", ""),
        settings.string("region", ""),
        settings.string("cloud", ""),
        settings.strings("secrets"),
        volumes(settings),
        settings.bool("block_network", false),
        positive(settings, "create_rate_per_sec", DEFAULT_RATE),
        sdk(settings));
  }

  private static void folder(
      String pair, List<Folder> folders, Settings settings, ProviderContext context) {
    int colon = pair.indexOf(':');
    String remote = pair.substring(colon + 1);
    if (colon < 1 || !remote.startsWith("/")) {
      settings.problem(
          "copy_dirs", "'" + pair + "' is not of the form 'LOCAL:/ABSOLUTE/PATH/IN/THE/SANDBOX'.");
      return;
    }
    Path local = context.projectDirectory().resolve(pair.substring(0, colon)).normalize();
    if (!Files.isDirectory(local)) {
      settings.problem("copy_dirs", "The directory '" + local + "' does not exist.");
      return;
    }
    folders.add(new Folder(local, remote));
  }

  private static Optional<Path> dockerfile(Settings settings, ProviderContext context) {
    Optional<Path> dockerfile =
        settings.string("dockerfile").map(context.projectDirectory()::resolve).map(Path::normalize);
    if (dockerfile.isPresent() && !Files.isRegularFile(dockerfile.get())) {
      settings.problem("dockerfile", "The file '" + dockerfile.get() + "' does not exist.");
    }
    return dockerfile;
  }

  private static double positive(Settings settings, String key, double fallback) {
    double number = settings.number(key, 0).orElse(fallback);
    if (number <= 0) {
      settings.problem(key, "must be greater than 0");
      return fallback;
    }
    return number;
  }

  private static String options(Settings settings) {
    String options = settings.json("experimental_options").orElse("{}");
    if (!options.startsWith("{")) {
      settings.problem("experimental_options", "must be a table");
      return "{}";
    }
    return options;
  }

  private static Duration lifetime(Settings settings) {
    Duration lifetime = settings.seconds("timeout_secs", Duration.ofHours(1));
    if (lifetime.compareTo(LONGEST_LIFE) > 0) {
      settings.problem(
          "timeout_secs", "must be at most 86400: Modal ends sandboxes after 24 hours");
    }
    return lifetime;
  }

  private static Map<String, String> volumes(Settings settings) {
    Map<String, String> volumes = settings.stringTable("volumes");
    for (String path : volumes.keySet()) {
      if (!path.startsWith("/")) {
        settings.problem(
            "volumes",
            "'" + path + "' is not an absolute path; write \"/path/in/the/sandbox\" = \"NAME\".");
      }
    }
    return volumes;
  }

  private static String sdk(Settings settings) {
    String sdk = settings.string("sdk", "").strip();
    try {
      List<String> _ = ShellWords.split(sdk);
      return sdk;
    } catch (IllegalArgumentException e) {
      settings.problem("sdk", "cannot be split into words: " + e.getMessage());
      return "";
    }
  }
}
