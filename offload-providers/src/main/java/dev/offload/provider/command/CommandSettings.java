package dev.offload.provider.command;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.settings.Settings;
import dev.offload.provider.shell.CommandTemplate;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Hold the settings of `[provider] type = "default"`.
///
/// @param copyDirectories `LOCAL:REMOTE` pairs for the image
/// @param directory where the commands run, on this machine
/// @param timeout the longest any command but the exec command may run
/// @param cpuCores what `{cpu_cores}` stands for
/// @param stdin whether the exec command hands on standard input and its end
record CommandSettings(
    CommandTemplate prepare,
    CommandTemplate create,
    CommandTemplate exec,
    CommandTemplate destroy,
    CommandTemplate upload,
    CommandTemplate download,
    CommandTemplate poll,
    List<String> copyDirectories,
    Path directory,
    Duration timeout,
    String cpuCores,
    StdinSupport stdin) {

  /// Say whether the exec command hands on standard input.
  enum StdinSupport {
    /// It does.
    YES,
    /// It does not.
    NO,
    /// It is to be tried out.
    UNKNOWN
  }

  /// Read the settings.
  static CommandSettings read(Settings settings, ProviderContext context, BundledScripts scripts) {
    settings.requiredString("create_command");
    settings.requiredString("exec_command");
    settings.requiredString("destroy_command");
    List<String> copies = new ArrayList<>(settings.strings("copy_dirs"));
    for (String copy : copies) {
      if (copy.indexOf(':') < 1) {
        settings.problem("copy_dirs", "'" + copy + "' is not of the form 'LOCAL:REMOTE'.");
      }
    }
    copies.addAll(context.copyDirectories());
    CommandSettings read =
        new CommandSettings(
            template(settings, "prepare_command", scripts),
            template(settings, "create_command", scripts),
            template(settings, "exec_command", scripts),
            template(settings, "destroy_command", scripts),
            template(settings, "upload_command", scripts),
            template(settings, "download_command", scripts),
            template(settings, "poll_command", scripts),
            copies,
            directory(settings, context),
            settings.seconds("timeout_secs", Duration.ofHours(1)),
            cores(settings),
            stdin(settings));
    read.check(settings);
    return read;
  }

  private static CommandTemplate template(Settings settings, String key, BundledScripts scripts) {
    String text = settings.string(key, "");
    scripts.problem(text).ifPresent(problem -> settings.problem(key, problem));
    return new CommandTemplate(key, text);
  }

  private static Path directory(Settings settings, ProviderContext context) {
    Path directory =
        context.projectDirectory().resolve(settings.string("working_dir", "")).normalize();
    if (!Files.isDirectory(directory)) {
      settings.problem("working_dir", "The directory '" + directory + "' does not exist.");
    }
    return directory;
  }

  private static String cores(Settings settings) {
    double cores = settings.number("cpu_cores", 0).orElse(1.0);
    return BigDecimal.valueOf(cores).stripTrailingZeros().toPlainString();
  }

  private static StdinSupport stdin(Settings settings) {
    if (!settings.has("exec_stdin")) {
      return StdinSupport.UNKNOWN;
    }
    return settings.bool("exec_stdin", false) ? StdinSupport.YES : StdinSupport.NO;
  }

  private void check(Settings settings) {
    need(settings, exec, "command");
    need(settings, exec, "sandbox_id");
    need(settings, destroy, "sandbox_id");
    need(settings, poll, "sandbox_id");
    for (CommandTemplate copy : List.of(upload, download)) {
      if (copy.isPresent() && !copy.has("paths") && !(copy.has("remote") && copy.has("local"))) {
        settings.problem(
            copy.key(), "It needs the placeholder {paths}, or both {local} and {remote}.");
      }
    }
    if (stdin == StdinSupport.NO && !upload.isPresent() && settings.has("env")) {
      settings.warning(
          "exec_stdin",
          "With exec_stdin = false and no upload_command, the values of env stand on command"
              + " lines, where others on the machine can read them.");
    }
  }

  private static void need(Settings settings, CommandTemplate command, String placeholder) {
    if (command.isPresent() && !command.has(placeholder)) {
      settings.problem(command.key(), "It needs the placeholder {" + placeholder + "}.");
    }
  }

  /// Return these settings with the bundled scripts in place.
  CommandSettings with(BundledScripts scripts) throws java.io.IOException {
    return new CommandSettings(
        scripts.resolve(prepare),
        scripts.resolve(create),
        scripts.resolve(exec),
        scripts.resolve(destroy),
        scripts.resolve(upload),
        scripts.resolve(download),
        scripts.resolve(poll),
        copyDirectories,
        directory,
        timeout,
        cpuCores,
        stdin);
  }
}
