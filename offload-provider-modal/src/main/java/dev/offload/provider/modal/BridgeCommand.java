package dev.offload.provider.modal;

import dev.offload.api.command.ShellWords;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.ProgramLookup;
import dev.offload.provider.process.ShippedScripts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Say how the bridge's Python is started: as the user says, or with uv, or with `python3`.
///
/// @param argv the program and its arguments
/// @param advice what to do when it does not start
record BridgeCommand(List<String> argv, String advice) {
  private static final String INSTALL = "python3 -m pip install 'modal>=1.5.4,<1.7'";

  /// Find it.
  ///
  /// @param sdk `[provider] sdk`, or empty
  /// @param directory what a relative program refers to
  static BridgeCommand find(String sdk, Path directory, Map<String, String> env)
      throws SandboxException.Fatal {
    String path = env.getOrDefault("PATH", "/usr/bin:/bin");
    if (!sdk.isEmpty()) {
      List<String> words = ShellWords.split(sdk);
      Optional<Path> program = program(words.getFirst(), directory, path);
      if (program.isEmpty()) {
        throw new SandboxException.Fatal(
            "`sdk` in [provider] names '" + words.getFirst() + "', which is not there", null);
      }
      List<String> argv = new ArrayList<>(words);
      argv.set(0, program.get().toString());
      return with(argv, "`sdk` in [provider] says how Python is started: " + sdk);
    }
    if (program("uv", directory, path).isPresent()) {
      return with(
          List.of("uv", "run", "--quiet", "--script"),
          "uv has to provide Modal's SDK. Without a network, install it yourself ("
              + INSTALL
              + ") and set sdk = \"python3\" in [provider]");
    }
    if (program("python3", directory, path).isPresent()) {
      return with(List.of("python3"), "Install uv, or run: " + INSTALL);
    }
    throw new SandboxException.Fatal(
        "the provider 'modal' needs Python, and neither uv nor python3 is found on PATH. Install uv"
            + " (which brings the rest), or Python 3.10 or newer and then: "
            + INSTALL,
        null);
  }

  private static Optional<Path> program(String name, Path directory, String path) {
    try {
      return Optional.of(ProgramLookup.find(name, directory, path));
    } catch (CannotStart _) {
      return Optional.empty();
    }
  }

  private static BridgeCommand with(List<String> start, String advice)
      throws SandboxException.Fatal {
    try {
      Path scripts =
          ShippedScripts.place("bundled", List.of("modal_bridge.py", "offload_modal.py"));
      List<String> argv = new ArrayList<>(start);
      argv.add(scripts.resolve("modal_bridge.py").toString());
      return new BridgeCommand(argv, advice);
    } catch (IOException e) {
      throw new SandboxException.Fatal("the bridge to Modal could not be put in place: " + e, e);
    }
  }
}
