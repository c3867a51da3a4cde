package dev.offload.engine.config;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.api.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Factories that read the keys of the ancestor's plug-ins and make nothing that could run.
final class Factories {
  static final List<ProviderFactory> PROVIDERS =
      List.of(
          provider("local", Factories::local),
          provider("default", Factories::shell),
          provider("modal", Factories::modal));

  static final List<FrameworkFactory> FRAMEWORKS =
      List.of(
          framework("pytest", Factories::pytest),
          framework("nextest", Factories::nextest),
          framework("vitest", Factories::vitest),
          framework("default", Factories::command));

  private Factories() {}

  static ProviderFactory provider(String type, Consumer<Settings> reader) {
    return provider(type, (settings, _) -> reader.accept(settings));
  }

  static ProviderFactory provider(String type, BiConsumer<Settings, ProviderContext> reader) {
    return new ProviderFactory() {
      @Override
      public String type() {
        return type;
      }

      @Override
      public SandboxProvider create(Settings settings, ProviderContext context) {
        reader.accept(settings, context);
        return new InertProvider();
      }
    };
  }

  static FrameworkFactory framework(String type, Consumer<Settings> reader) {
    return new FrameworkFactory() {
      @Override
      public String type() {
        return type;
      }

      @Override
      public TestFramework create(Settings settings) {
        reader.accept(settings);
        return new InertFramework();
      }
    };
  }

  private static void local(Settings settings) {
    settings.string("working_dir");
    settings.string("shell", "/bin/sh");
  }

  private static void shell(Settings settings) {
    settings.string("prepare_command");
    settings.requiredString("create_command");
    settings.requiredString("exec_command");
    settings.requiredString("destroy_command");
    settings.string("download_command");
    settings.string("working_dir");
    settings.seconds("timeout_secs", Duration.ofHours(1));
    settings.strings("copy_dirs");
    settings.number("cpu_cores", 0);
  }

  private static void modal(Settings settings) {
    settings.string("dockerfile");
    settings.bool("include_cwd", false);
    settings.strings("copy_dirs");
    settings.number("cpu_cores", 0);
    settings.number("memory_gb", 0);
    settings.json("experimental_options");
  }

  private static void pytest(Settings settings) {
    settings.strings("paths");
    settings.string("command", "python -m pytest");
    settings.string("run_args", "");
    settings.string("discovery_args", "");
    settings.string("test_id_format", "{name}");
  }

  private static void nextest(Settings settings) {
    settings.string("package");
    settings.strings("features");
    settings.string("bin");
    settings.bool("include_ignored", false);
    settings.string("test_id_format");
  }

  private static void vitest(Settings settings) {
    settings.string("command", "npx vitest");
    settings.string("run_args", "");
    settings.string("test_id_format");
  }

  private static void command(Settings settings) {
    if (!settings.requiredString("discover_command").contains("{filters}")
        && settings.has("discover_command")) {
      settings.problem("discover_command", "must contain {filters}");
    }
    settings.requiredString("run_command");
    settings.requiredString("test_id_format");
    settings.string("result_file");
    settings.string("working_dir");
  }

  private record InertProvider() implements SandboxProvider {
    @Override
    public SandboxImage prepare(PrepareRequest request, ProgressSink progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Sandbox start(SandboxImage image, SandboxSpec spec) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private record InertFramework() implements TestFramework {
    @Override
    public Step discovery(DiscoveryRequest request) {
      return new Step(List.of(), Command.of("true"), List.of());
    }

    @Override
    public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Step execution(ExecutionRequest request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SignalDecoder decoder(ExecutionRequest request) {
      throw new UnsupportedOperationException();
    }
  }
}
