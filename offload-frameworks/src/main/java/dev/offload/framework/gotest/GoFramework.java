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
import dev.offload.framework.signal.LineFrames;
import dev.offload.framework.signal.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Adapt `go test`; see `docs/guides/go.md`.
final class GoFramework implements TestFramework {
  private static final int SIGQUIT = 3;

  /// On the signal that asks for stack dumps, waits for the process that writes them.
  private static final String PROLOGUE =
      """
      unset OFFLOAD_SIGNAL_TOKEN
      trap 'exit 131' QUIT
      result=0
      """;

  /// Runs a program that was built before, in the directory of its package, as go does, and says
  /// how it ended if not well, as go does.
  private static final String RUN_BUILT =
      """
      root=$(pwd -P)
      started='trap : QUIT
        "$@"
        status=$?
        if [ $status -gt 128 ]; then printf "\\nsignal: %s\\n" $((status - 128))
        elif [ $status -ne 0 ]; then printf "\\nexit status %s\\n" $status; fi
        exit $status'
      run_built() {
        program=$built/$1 directory=$root/$2 package=$3
        shift 3
        [ -x "$program" ] && [ -x "$built/test2json" ] || chmod 700 "$program" "$built/test2json"
        (cd "$directory" && exec "$built/test2json" -t -p "$package" \
          sh -c "$started" offload-go "$program" \
          -test.paniconexit0 -test.v=test2json -test.count=1 "$@")
      }
      """;

  private static final String KEEP = Resources.text(GoFramework.class, "keep.sh");
  private static final String NAMES = Resources.text(GoFramework.class, "names.sh");
  private static final String LIST =
      LineFrames.FUNCTION + Resources.text(GoFramework.class, "list.sh");
  private static final String BUILD = Resources.text(GoFramework.class, "build.sh");

  /// Lets go link each program and hand it over instead of starting it.
  private static final String EXEC = "-exec=sh -c 'eval \"$OFFLOAD_GO_EACH\"' offload-go";

  private static final String BUILT = "built ";
  private static final String TEST2JSON = "test2json";

  private final GoOptions options;

  GoFramework(GoOptions options) {
    this.options = options;
  }

  /// Groups that differ only in the names of their tests are listed together: their packages are
  /// linked once.
  @Override
  public String discoveryPass(DiscoveryRequest request) {
    GoFilters filters = GoFilters.parse(request.filters());
    return isBuildable(filters.flags())
        ? "packages " + packages(filters) + " " + filters.flags()
        : "group " + request.group();
  }

  private List<String> packages(GoFilters filters) {
    return filters.packages().isEmpty() ? options.packages() : filters.packages();
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    return discovery(List.of(request));
  }

  @Override
  public Step discovery(List<DiscoveryRequest> requests) {
    DiscoveryRequest request = requests.getFirst();
    GoFilters filters = GoFilters.parse(request.filters());
    String keep =
        request.buildFolder().isEmpty()
            ? ""
            : request.buildFolder() + "/" + GoProgram.key(buildFlags(filters.flags()));
    String more =
        requests.stream()
            .skip(1)
            .map(other -> GoFilters.parse(other.filters()).names())
            .collect(Collectors.joining("\n"));
    List<String> argv =
        new ArrayList<>(
            script(
                LIST,
                Map.of(
                    "folder", request.folder(), "keep", keep, "more", more, "each", KEEP + NAMES)));
    argv.add("-list=" + filters.names());
    boolean isBuildable = isBuildable(filters.flags());
    if (isBuildable) {
      argv.addAll(List.of("-count=1", EXEC));
    }
    // After a flag that go does not know it takes no more packages.
    argv.addAll(packages(filters));
    argv.addAll(options.buildArgs());
    argv.addAll(filters.flags());
    if (isBuildable) {
      argv.addAll(GoFlags.of(options.runArgs()).build());
    }
    return new Step(List.of(), new Command(argv, request.env(), ""), List.of());
  }

  /// Return the words that start a script of ours.
  ///
  /// @param variables what is to be set before it, by name
  private List<String> script(String text, Map<String, String> variables) {
    StringBuilder script = new StringBuilder();
    new TreeMap<>(variables)
        .forEach((name, value) ->
            script.append(name).append('=').append(ShellWords.quote(value)).append('\n'));
    script.append(text.replace("@go@", ShellWords.join(options.command())));
    return List.of("sh", "-c", script.toString(), "offload-go");
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    return readDiscovery(List.of(request), output).getFirst();
  }

  @Override
  public List<Discovery> readDiscovery(List<DiscoveryRequest> requests, CommandOutput output) {
    return new GoDiscovery(requests, options).read(output);
  }

  @Override
  public Optional<Step> build(BuildRequest request) {
    Map<List<String>, Set<GoProgram>> programs = new LinkedHashMap<>();
    for (TestCase test : request.tests()) {
      GoProgram program = GoProgram.of(GoTestName.of(test));
      if (isKept(program)) {
        programs
            .computeIfAbsent(buildFlags(program.flags()), _ -> new LinkedHashSet<>())
            .add(program);
      }
    }
    if (programs.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(BUILD.replace("@exec@", ShellWords.quote(EXEC)));
    List<PlacedFile> files = new ArrayList<>();
    programs.forEach((flags, wanted) -> {
      String key = GoProgram.key(flags);
      StringBuilder lines = new StringBuilder();
      wanted.forEach(one -> lines.append(file(one)).append('\t').append(one.pkg()).append('\n'));
      files.add(new PlacedFile(key + ".wanted", lines.toString()));
      text.append("build ").append(key).append(' ').append(ShellWords.join(flags)).append('\n');
    });
    List<String> argv = script(text.toString(), Map.of("folder", request.folder(), "each", KEEP));
    return Optional.of(new Step(files, new Command(argv, request.env(), ""), List.of()));
  }

  private boolean isKept(GoProgram program) {
    return !program.directory().isEmpty() && isBuildable(program.flags());
  }

  /// Return whether programs can be built apart from being run.
  ///
  /// @param flags what a group asks for
  private boolean isBuildable(List<String> flags) {
    return Stream.of(options.buildArgs(), options.runArgs(), flags).noneMatch(GoFlags::needGo);
  }

  /// Return all that decides what is built.
  ///
  /// @param flags what a group asks for
  private List<String> buildFlags(List<String> flags) {
    return Stream.of(options.buildArgs(), flags, options.runArgs())
        .flatMap(words -> GoFlags.of(words).build().stream())
        .toList();
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
    Set<String> files = new LinkedHashSet<>();
    // Tests of another package could have the same names, so each has a start of its own.
    Map<GoProgram, List<String>> starts = new LinkedHashMap<>();
    for (TestCase test : request.tests()) {
      GoTestName name = GoTestName.of(test);
      starts.computeIfAbsent(GoProgram.of(name), _ -> new ArrayList<>()).add(name.name());
    }
    starts.forEach((program, names) -> {
      String file = file(program);
      if (isKept(program) && built.files().contains(file)) {
        files.addAll(List.of(TEST2JSON, file));
        script.append(ShellWords.join(builtArguments(program, names, request.failFast())));
      } else {
        script.append(ShellWords.join(arguments(program, names, request.failFast())));
      }
      script.append(" || result=$?\n");
    });
    script.append("exit $result\n");
    Command command = new Command(List.of("sh", "-c", script.toString()), request.env(), "");
    return new Step(List.of(), command, List.of(), List.copyOf(files));
  }

  private List<String> builtArguments(GoProgram program, List<String> names, boolean failFast) {
    List<String> words =
        new ArrayList<>(List.of("run_built", file(program), program.directory(), program.pkg()));
    if (failFast) {
      words.add("-test.failfast");
    }
    words.add(only("-test.run=", names));
    words.addAll(GoFlags.of(program.flags()).program());
    words.addAll(GoFlags.of(options.runArgs()).program());
    return words;
  }

  private String file(GoProgram program) {
    return program.file(buildFlags(program.flags()));
  }

  private static String only(String flag, List<String> names) {
    return flag + "^(" + String.join("|", names) + ")$";
  }

  private List<String> arguments(GoProgram program, List<String> names, boolean failFast) {
    List<String> words = new ArrayList<>(options.command());
    words.addAll(List.of("test", "-json", "-count=1", "-timeout=0"));
    if (failFast) {
      words.add("-failfast");
    }
    words.add(only("-run=", names));
    words.add(program.pkg());
    words.addAll(options.buildArgs());
    words.addAll(program.flags());
    words.addAll(options.runArgs());
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
    return exit.isProgramMissing() ? "the go command was not found in the sandbox" : "";
  }
}
