package dev.offload.framework.gotest;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /// Runs a program that was built before, in the directory of its package, as go does.
  private static final String RUN_BUILT =
      """
      root=$(pwd -P)
      run_built() {
        program=$built/$1.test directory=$root/$(cat "$built/$1.dir") package=$2
        shift 2
        [ -x "$program" ] && [ -x "$built/test2json" ] || chmod 700 "$program" "$built/test2json"
        (cd "$directory" && exec "$built/test2json" -t -p "$package" "$program" \
          -test.paniconexit0 -test.v=test2json -test.count=1 "$@")
      }
      """;

  private static final String BUILD = Resources.text(GoFramework.class, "build.sh");
  private static final String BUILT = "built ";
  private static final String TEST2JSON = "test2json";

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
  public Optional<Step> build(BuildRequest request) {
    StringBuilder wanted = new StringBuilder();
    for (Start start : starts(request.tests()).keySet()) {
      if (isBuildable(start)) {
        List<String> flags = new ArrayList<>(options.buildArgs());
        flags.addAll(GoFlags.of(start.flags()).build());
        flags.addAll(GoFlags.of(options.runArgs()).build());
        wanted
            .append(start.file())
            .append('\t')
            .append(start.pkg())
            .append('\t')
            .append(ShellWords.join(flags))
            .append('\n');
      }
    }
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    String script = "folder=$1\n" + BUILD.replace("@go@", ShellWords.join(options.command()));
    List<String> argv = List.of("sh", "-c", script, "offload-go", request.folder());
    return Optional.of(
        new Step(
            List.of(new PlacedFile("wanted", wanted.toString())),
            new Command(argv, request.env(), ""),
            List.of()));
  }

  private boolean isBuildable(Start start) {
    return !GoFlags.needGo(options.buildArgs())
        && !GoFlags.needGo(options.runArgs())
        && !GoFlags.needGo(start.flags());
  }

  @Override
  public BuildResult readBuild(BuildRequest request, CommandOutput output) {
    List<String> files =
        output.frames().stream()
            .filter(frame -> frame.startsWith(BUILT))
            .map(frame -> frame.substring(BUILT.length()))
            .toList();
    return new BuildResult.Built(files, List.of());
  }

  @Override
  public Step execution(ExecutionRequest request) {
    BuiltFiles built = request.built();
    StringBuilder script = new StringBuilder(PROLOGUE);
    script.append("built=").append(ShellWords.quote(built.folder())).append('\n').append(RUN_BUILT);
    List<String> files = new ArrayList<>();
    starts(request.tests())
        .forEach((start, names) -> {
          if (built.files().contains(start.program())) {
            files.addAll(List.of(TEST2JSON, start.program(), start.directory()));
            script.append(ShellWords.join(builtArguments(start, names, request.failFast())));
          } else {
            script.append(ShellWords.join(arguments(start, names, request.failFast())));
          }
          script.append(" || result=$?\n");
        });
    script.append("exit $result\n");
    Command command = new Command(List.of("sh", "-c", script.toString()), request.env(), "");
    return new Step(List.of(), command, List.of(), files.stream().distinct().toList());
  }

  private static Map<Start, List<String>> starts(List<TestCase> tests) {
    Map<Start, List<String>> starts = new LinkedHashMap<>();
    for (TestCase test : tests) {
      GoTestName name = GoTestName.of(test);
      starts
          .computeIfAbsent(new Start(name.pkg(), name.flags()), _ -> new ArrayList<>())
          .add(name.name());
    }
    return starts;
  }

  /// One start of a package's tests: tests of another package could have the same names, so each
  /// has its own.
  private record Start(String pkg, List<String> flags) {
    /// Return a name for what is built of it.
    String file() {
      String readable = pkg.substring(pkg.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9]", "-");
      return readable + "-" + Integer.toHexString(List.of(pkg, flags).hashCode());
    }

    String program() {
      return file() + ".test";
    }

    String directory() {
      return file() + ".dir";
    }
  }

  private List<String> builtArguments(Start start, List<String> names, boolean failFast) {
    List<String> words = new ArrayList<>(List.of("run_built", start.file(), start.pkg()));
    if (failFast) {
      words.add("-test.failfast");
    }
    words.add(only("-test.run=", names));
    words.addAll(GoFlags.of(start.flags()).program());
    words.addAll(GoFlags.of(options.runArgs()).program());
    return words;
  }

  private static String only(String flag, List<String> names) {
    return flag + "^(" + String.join("|", names) + ")$";
  }

  private List<String> arguments(Start start, List<String> names, boolean failFast) {
    List<String> words = new ArrayList<>(options.command());
    words.addAll(List.of("test", "-json", "-count=1", "-timeout=0"));
    if (failFast) {
      words.add("-failfast");
    }
    words.addAll(options.buildArgs());
    words.addAll(start.flags());
    words.addAll(options.runArgs());
    words.add(only("-run=", names));
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
