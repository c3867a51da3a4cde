package dev.offload.engine;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A framework whose tests are lines of shell. A test passes when its line ends with 0.
public final class ShellFramework implements TestFramework {
  private final List<TestCase> tests = new ArrayList<>();
  private final boolean hasFile;
  private String listing = "true";
  private String build = "";
  private List<String> built = List.of();
  private boolean warm;

  public ShellFramework() {
    this(false);
  }

  /// @param hasFile whether every batch needs a file in the sandbox
  public ShellFramework(boolean hasFile) {
    this.hasFile = hasFile;
  }

  /// Keep one process for all batches of a sandbox.
  public ShellFramework warm() {
    warm = true;
    return this;
  }

  public ShellFramework test(String name, String line) {
    tests.add(new TestCase(new TestId(name), "all", "", 0, line));
    return this;
  }

  public ShellFramework tests(int count, String line) {
    for (int i = 1; i <= count; i++) {
      test("test-" + i, line);
    }
    return this;
  }

  /// Let a line of shell list the tests.
  public ShellFramework listedBy(String line) {
    listing = line;
    return this;
  }

  public List<TestCase> tests() {
    return tests;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    return new Step(List.of(), Command.shell(listing), List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    return output.exit().isSuccess()
        ? new Discovery.Found(tests, List.of(), List.of())
        : new Discovery.Failed("the listing failed", output.stderr());
  }

  /// Let a line of shell run once before all batches.
  ///
  /// @param files what it leaves in `$1`, which every batch then needs
  public ShellFramework build(String line, String... files) {
    build = line;
    built = List.of(files);
    return this;
  }

  @Override
  public Optional<Step> build(BuildRequest request) {
    String line = "mkdir -p \"$1\"; shared=" + request.shared() + "; " + build;
    Command command = Command.of("sh", "-c", line, "build", request.folder());
    return build.isEmpty()
        ? Optional.empty()
        : Optional.of(new Step(List.of(), command, List.of()));
  }

  @Override
  public BuildResult readBuild(BuildRequest request, CommandOutput output) {
    return output.exit().isSuccess()
        ? new BuildResult.Built(built, List.of())
        : new BuildResult.Failed("the build failed", output.stderr());
  }

  @Override
  public Step execution(ExecutionRequest request) {
    List<PlacedFile> files = hasFile ? List.of(new PlacedFile("file", "text")) : List.of();
    return new Step(files, Command.shell(SAY + script(request)), List.of(), built);
  }

  private static final String SAY =
      """
      say() { printf '\\036'; echo "$token $*"; }
      token=$OFFLOAD_SIGNAL_TOKEN
      """;

  /// Runs the text of each order, which is shell.
  private static final String SERVE =
      """
      echo "process $$ starts"
      n=1
      while :; do
        order=$1/order-$n
        until [ "$(tail -n 1 "$order" 2>/dev/null)" = 'end of order' ]; do sleep 0.01; done
        sed '1d;$d' "$order" >"$1/text"
        if [ "$(cat "$1/text")" = stop ]; then say @note stopped; exit 0; fi
        . "$1/text"
        say @done $n 0 7
        say @done $n 0 7 >&2
        n=$((n + 1))
      done
      """;

  @Override
  public Optional<WarmStep> warm(ExecutionRequest request) {
    if (!warm) {
      return Optional.empty();
    }
    Command serve =
        new Command(List.of("sh", "-c", SAY + SERVE, "serve", request.folder()), request.env(), "");
    return Optional.of(new WarmStep(new Step(List.of(), serve, List.of()), script(request)));
  }

  private static String script(ExecutionRequest request) {
    StringBuilder script = new StringBuilder("built='" + request.built().folder() + "'\n");
    for (int i = 0; i < request.tests().size(); i++) {
      script.append("say started ").append(i).append('\n');
      script.append("if (").append(request.tests().get(i).selector()).append("\n) 2>&1; then ");
      script
          .append("say passed ")
          .append(i)
          .append("; else say failed ")
          .append(i)
          .append("; fi\n");
    }
    return script.toString();
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return payload -> {
      String[] words = payload.split(" ");
      int index = Integer.parseInt(words[1]);
      Map<String, Outcome> ends = Map.of("passed", Outcome.PASSED, "failed", Outcome.FAILED);
      if (!ends.containsKey(words[0])) {
        return List.of(new TestSignal.Started(index));
      }
      AttemptReport report = AttemptReport.of(ends.get(words[0]), Duration.ofMillis(10));
      return List.of(new TestSignal.Finished(index, report));
    };
  }
}
