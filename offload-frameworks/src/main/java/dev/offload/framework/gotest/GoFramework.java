package dev.offload.framework.gotest;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.test.TestCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Adapt `go test`; see `docs/guides/go.md`.
final class GoFramework implements TestFramework {
  private static final int SIGQUIT = 3;
  private static final int NOT_FOUND = 127;

  /// Sends each line as a frame, so that the list of a large repository is not cut short.
  private static final String DISCOVER =
      """
      folder=$1
      token=$OFFLOAD_SIGNAL_TOKEN
      unset OFFLOAD_SIGNAL_TOKEN
      shift
      mkdir -p "$folder" || exit 1
      { "$@"; echo "$?" >"$folder/status"; echo; } |
        LC_ALL=C sed "s/^/$(printf '\\036')$token =/"
      exit "$(cat "$folder/status")"
      """;

  /// On the signal that asks for stack dumps, waits for the process that writes them.
  private static final String PROLOGUE =
      """
      unset OFFLOAD_SIGNAL_TOKEN
      trap 'exit 131' QUIT
      result=0
      """;

  private final GoOptions options;

  GoFramework(GoOptions options) {
    this.options = options;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    GoFilters filters = GoFilters.parse(request.filters());
    List<String> argv =
        new ArrayList<>(List.of("sh", "-c", DISCOVER, "offload-go", request.folder()));
    argv.addAll(options.command());
    argv.addAll(List.of("test", "-json", "-list", filters.names()));
    argv.addAll(options.buildArgs());
    argv.addAll(filters.flags());
    argv.addAll(filters.packages().isEmpty() ? options.packages() : filters.packages());
    return new Step(List.of(), new Command(argv, request.env(), ""), List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    GoFilters filters = GoFilters.parse(request.filters());
    return new GoDiscovery(request.group(), filters.flags(), options).read(output);
  }

  @Override
  public Step execution(ExecutionRequest request) {
    Map<Start, List<String>> starts = new LinkedHashMap<>();
    for (TestCase test : request.tests()) {
      GoTestName name = GoTestName.of(test);
      starts
          .computeIfAbsent(new Start(name.pkg(), name.flags()), _ -> new ArrayList<>())
          .add(name.name());
    }
    StringBuilder script = new StringBuilder(PROLOGUE);
    starts.forEach((start, names) -> {
      script.append(ShellWords.join(arguments(start, names, request.failFast())));
      script.append(" || result=$?\n");
    });
    script.append("exit $result\n");
    Command command = new Command(List.of("sh", "-c", script.toString()), request.env(), "");
    return new Step(List.of(), command, List.of());
  }

  /// One start of go: tests of another package could have the same names, so each has its own.
  private record Start(String pkg, List<String> flags) {}

  private List<String> arguments(Start start, List<String> names, boolean failFast) {
    List<String> words = new ArrayList<>(options.command());
    words.addAll(List.of("test", "-json", "-count=1", "-timeout=0"));
    if (failFast) {
      words.add("-failfast");
    }
    words.addAll(options.buildArgs());
    words.addAll(start.flags());
    words.addAll(options.runArgs());
    words.add("-run=^(" + String.join("|", names) + ")$");
    words.add(start.pkg());
    return words;
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new GoDecoder(request.tests());
  }

  @Override
  public int diagnosticSignal() {
    return SIGQUIT;
  }

  @Override
  public int commandLength(TestCase test) {
    GoTestName name = GoTestName.of(test);
    return name.name().length() + 1 + name.pkg().length();
  }

  @Override
  public String explainExit(Exit exit) {
    return exit instanceof Exit.Exited(int code) && code == NOT_FOUND
        ? "the go command was not found in the sandbox"
        : "";
  }
}
