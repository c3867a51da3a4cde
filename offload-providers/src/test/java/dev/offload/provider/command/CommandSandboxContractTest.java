package dev.offload.provider.command;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.SandboxContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The default provider with the scripts of `examples/shell-provider`; variables and files travel
/// on standard input.
class CommandSandboxContractTest extends SandboxContract {
  static final Path SCRIPTS =
      Path.of("../examples/shell-provider/scripts").toAbsolutePath().normalize();

  @Override
  protected SandboxProvider provider() throws IOException {
    return make(Map.of());
  }

  final SandboxProvider make(Map<String, ?> more) throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.createDirectories(boxes());
    String in = environment();
    Map<String, Object> settings = new HashMap<>();
    settings.put("create_command", in + SCRIPTS + "/create.sh .");
    settings.put("exec_command", inShell("sh"));
    settings.put("poll_command", in + SCRIPTS + "/poll.sh {sandbox_id}");
    settings.put("destroy_command", in + SCRIPTS + "/destroy.sh {sandbox_id}");
    settings.putAll(more);
    MapSettings table = MapSettings.of(settings);
    SandboxProvider provider =
        new CommandProviderFactory()
            .create(table, new ProviderContext(project, project, ".", "", List.of(), 4));
    if (!table.problems().isEmpty() || !table.unknownKeys().isEmpty()) {
      throw new AssertionError(table.problems() + " " + table.unknownKeys());
    }
    return provider;
  }

  private String environment() {
    return "OFFLOAD_SHELL_SANDBOXES='" + boxes() + "' ";
  }

  /// Return an exec command with a shell of choice in the sandboxes.
  final String inShell(String shell) {
    return environment()
        + "SHELL_SANDBOX_SH='"
        + shell
        + "' "
        + SCRIPTS
        + "/exec.sh {sandbox_id} {command}";
  }

  private Path boxes() {
    return folder.resolve("boxes");
  }

  @Override
  protected String projectRoot(Sandbox sandbox) throws IOException {
    return boxes().resolve(sandbox.handle()).resolve("work").toRealPath().toString();
  }

  @Override
  protected Optional<SandboxProvider> brokenProvider() throws IOException {
    return Optional.of(make(Map.of("create_command", "echo 'no room' >&2; exit 1")));
  }

  @Override
  protected boolean killFromOutside(Sandbox sandbox) throws IOException, InterruptedException {
    ProcessBuilder kill = new ProcessBuilder(SCRIPTS + "/kill.sh", sandbox.handle());
    kill.environment().put("OFFLOAD_SHELL_SANDBOXES", boxes().toString());
    return kill.inheritIO().start().waitFor() == 0;
  }

  @Override
  protected List<String> leftovers() throws IOException {
    if (!Files.exists(boxes())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(boxes())) {
      return files.map(Path::toString).toList();
    }
  }
}
