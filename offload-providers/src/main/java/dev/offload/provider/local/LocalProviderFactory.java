package dev.offload.provider.local;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.Settings;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.ProgramLookup;
import java.nio.file.Files;
import java.nio.file.Path;

/// Make the provider of `[provider] type = "local"`.
public final class LocalProviderFactory implements ProviderFactory {
  @Override
  public String type() {
    return "local";
  }

  @Override
  public SandboxProvider create(Settings settings, ProviderContext context) {
    String shell = settings.string("shell", "/bin/sh");
    Path directory = directory(settings, context);
    try {
      String path = System.getenv("PATH");
      ProgramLookup.find(shell, directory, path == null ? "" : path);
    } catch (CannotStart e) {
      settings.problem("shell", e.why() + ". Name a POSIX shell, for example '/bin/sh'.");
    }
    return new LocalProvider(new LocalPlace(directory, shell), temporary());
  }

  private static Path temporary() {
    String named = System.getenv("TMPDIR");
    return named != null && Files.isDirectory(Path.of(named))
        ? Path.of(named).toAbsolutePath()
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /// As files for the earlier Offload expect it: `[offload] working_dir`, else that of the
  /// provider.
  private static Path directory(Settings settings, ProviderContext context) {
    Path provider = providerDirectory(settings, context);
    return context.workingDirectory().equals(context.projectDirectory())
        ? provider
        : context.workingDirectory();
  }

  private static Path providerDirectory(Settings settings, ProviderContext context) {
    return settings
        .string("working_dir")
        .map(named -> context.projectDirectory().resolve(named).normalize())
        .filter(named -> isDirectory(named, settings))
        .orElse(context.workingDirectory());
  }

  private static boolean isDirectory(Path named, Settings settings) {
    if (Files.isDirectory(named)) {
      return true;
    }
    settings.problem("working_dir", "The directory '" + named + "' does not exist.");
    return false;
  }
}
