package dev.offload.framework.nextest;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.LineFrames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Adapt cargo-nextest; see `docs/guides/nextest.md`.
///
/// The tests are compiled once, on this machine. Sandboxes that see its files run the binaries
/// where they are; the others get an archive.
final class NextestFramework implements TestFramework {
  private static final int NOT_FOUND = 127;
  private static final int COMMAND_OVERHEAD = 30;

  /// In a sandbox that gets an archive, the nextest binary is enough: no cargo is needed.
  private static final String FIND_NEXTEST =
      """
      nextest() {
        if command -v cargo >/dev/null 2>&1; then
          cargo nextest "$@"
        else
          cargo-nextest nextest "$@"
        fi
      }
      """;

  private static final String QUIET =
      """
      unset OFFLOAD_SIGNAL_TOKEN
      export NEXTEST_EXPERIMENTAL_LIBTEST_JSON=1 CARGO_TERM_COLOR=never
      """;

  private final NextestOptions options;

  NextestFramework(NextestOptions options) {
    this.options = options;
  }

  private String nextest() {
    return options.command().equals(NextestOptions.DEFAULT_COMMAND)
        ? "nextest"
        : ShellWords.join(options.command());
  }

  private List<String> ignored() {
    return options.onlyIgnored() ? List.of("--run-ignored", "only") : List.of();
  }

  private Step script(StringBuilder text, Map<String, String> env, List<String> builtFiles) {
    String script = FIND_NEXTEST + text;
    return new Step(
        List.of(), new Command(List.of("sh", "-c", script), env, ""), List.of(), builtFiles);
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    List<String> words = new ArrayList<>(List.of("list", "--message-format", "json-pretty"));
    words.addAll(options.cargoArgs());
    words.addAll(ignored());
    words.addAll(NextestFilters.parse(request.filters()).words());
    String script =
        """
        folder=FOLDER
        version=$(NEXTEST --version) || exit
        printf '\\036%s #%s\\n' "$token" "$(printf '%s\\n' "$version" | head -n 1)"
        framed NEXTEST WORDS
        """
            .replace("FOLDER", ShellWords.quote(request.folder()))
            .replace("NEXTEST", nextest())
            .replace("WORDS", ShellWords.join(words));
    StringBuilder whole = new StringBuilder("token=$OFFLOAD_SIGNAL_TOKEN\n").append(QUIET);
    whole.append(LineFrames.FUNCTION);
    return script(whole.append(script), request.env(), List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    NextestFilters filters = NextestFilters.parse(request.filters());
    return new NextestDiscovery(request.group(), filters, options).read(output);
  }

  /// The names of what is built by some options.
  private record Built(String binaries, String metadata, String archive) {
    static Built by(List<String> cargo) {
      String name = Integer.toHexString(String.join("\0", cargo).hashCode());
      return new Built(
          "binaries-" + name + ".json", "cargo-" + name + ".json", "tests-" + name + ".tar.zst");
    }
  }

  private static SequencedMap<List<String>, Built> built(List<TestCase> tests) {
    SequencedMap<List<String>, Built> built = new LinkedHashMap<>();
    for (TestCase test : tests) {
      built.computeIfAbsent(NextestSelector.of(test).cargo(), Built::by);
    }
    return built;
  }

  @Override
  public Optional<Step> build(BuildRequest request) {
    StringBuilder script = new StringBuilder(QUIET).append("set -e\n");
    script.append("folder=").append(ShellWords.quote(request.folder()));
    script.append("\nmkdir -p \"$folder\"\n");
    built(request.tests())
        .forEach((cargo, built) -> {
          List<String> words = new ArrayList<>(options.cargoArgs());
          words.addAll(cargo);
          if (request.shared()) {
            script
                .append(nextest())
                .append(" list --list-type binaries-only --message-format json ");
            script.append(ShellWords.join(words)).append(" >\"$folder\"/").append(built.binaries());
            script
                .append("\ncargo metadata --format-version 1 >\"$folder\"/")
                .append(built.metadata());
          } else {
            script.append(nextest()).append(" archive ").append(ShellWords.join(words));
            script.append(" --archive-file \"$folder\"/").append(built.archive());
          }
          script.append('\n');
        });
    return Optional.of(script(script, request.env(), List.of()));
  }

  @Override
  public BuildResult readBuild(BuildRequest request, CommandOutput output) {
    if (!output.exit().isSuccess()) {
      return new BuildResult.Failed(
          "The tests were listed and then could not be built (" + output.exit().inWords() + ").",
          output.stderr());
    }
    List<String> files = new ArrayList<>();
    for (Built built : built(request.tests()).values()) {
      files.addAll(
          request.shared()
              ? List.of(built.binaries(), built.metadata())
              : List.of(built.archive()));
    }
    return new BuildResult.Built(files, List.of());
  }

  @Override
  public Step execution(ExecutionRequest request) {
    StringBuilder script = new StringBuilder(QUIET).append("result=0\n");
    List<String> wanted = new ArrayList<>();
    for (NextestPart part : NextestPart.of(request.tests())) {
      Built built = Built.by(part.cargo());
      String source = "";
      if (request.built().files().contains(built.archive())) {
        wanted.add(built.archive());
        script.append(extract(request.built().path(built.archive())));
        source =
            " --binaries-metadata \"$place\"/target/nextest/binaries-metadata.json --cargo-metadata"
                + " \"$place\"/target/nextest/cargo-metadata.json --target-dir-remap"
                + " \"$place\"/target --workspace-remap .";
      } else if (request.built().files().contains(built.binaries())) {
        wanted.addAll(List.of(built.binaries(), built.metadata()));
        source =
            " "
                + ShellWords.join(
                    List.of(
                        "--binaries-metadata",
                        request.built().path(built.binaries()),
                        "--cargo-metadata",
                        request.built().path(built.metadata())));
      }
      List<String> words = new ArrayList<>();
      if (source.isEmpty()) {
        words.addAll(options.cargoArgs());
        words.addAll(part.cargo());
      }
      words.addAll(ignored());
      words.addAll(part.run());
      words.add(request.failFast() ? "--fail-fast" : "--no-fail-fast");
      words.addAll(options.runArgs());
      words.addAll(List.of("-E", part.filter()));
      script.append(nextest()).append(" run --message-format libtest-json-plus").append(source);
      script.append(' ').append(ShellWords.join(words)).append(" || result=$?\n");
    }
    script.append("exit $result\n");
    return script(script, request.env(), wanted);
  }

  /// An archive is unpacked once in each sandbox.
  private String extract(String archive) {
    return "archive=%s\nplace=$archive.d\n".formatted(ShellWords.quote(archive))
        + "if [ ! -e \"$place/.ready\" ]; then\n  mkdir -p \"$place\" && "
        + nextest()
        + " list --archive-file \"$archive\" --extract-to \"$place\" --extract-overwrite"
        + " --workspace-remap . >/dev/null || exit\n  : >\"$place/.ready\"\nfi\n";
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new NextestDecoder(request.tests(), this);
  }

  @Override
  public int commandLength(TestCase test) {
    NextestSelector selector = NextestSelector.of(test);
    return NextestSelector.literal(selector.name()).length()
        + selector.binary().length()
        + COMMAND_OVERHEAD;
  }

  @Override
  public String explainExit(Exit exit) {
    return exit instanceof Exit.Exited(int code)
        ? switch (code) {
          case NOT_FOUND -> "neither cargo nor cargo-nextest was found in the sandbox";
          case 4 ->
              "nextest found none of the requested tests (exit code 4): is the sandbox's copy of the sources another one?";
          case 100 -> "nextest ended with exit code 100: tests failed";
          case 101 -> "the tests could not be compiled in the sandbox (exit code 101)";
          case 104 -> "nextest could not list the tests of a binary in the sandbox (exit code 104)";
          default -> "";
        }
        : "";
  }
}
