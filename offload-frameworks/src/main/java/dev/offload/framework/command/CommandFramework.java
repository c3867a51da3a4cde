package dev.offload.framework.command;

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
import dev.offload.framework.signal.LineFrames;
import java.util.List;
import java.util.Map;

/// Adapt any command that can list tests and any command that can run them.
final class CommandFramework implements TestFramework {
  static final String REPORT = "report.xml";

  private static final int NOT_EXECUTABLE = 126;

  private static final String DISCOVER =
      LineFrames.FUNCTION
          + """
          folder=$1
          token=$OFFLOAD_SIGNAL_TOKEN
          unset OFFLOAD_SIGNAL_TOKEN
          framed sh -c "$2"
          """;

  /// A report of an earlier batch must not count for this one, so it goes first.
  private static final String RUN =
      """
      folder=$1 pattern=$2
      mkdir -p "$folder" || exit 1
      if [ -n "$pattern" ]; then IFS=; rm -f -- $pattern; unset IFS; fi
      printf '\\036%s run\\n' "$OFFLOAD_SIGNAL_TOKEN"
      sh -c "$3"
      status=$?
      if [ -n "$pattern" ]; then
        IFS=
        cat -- $pattern >"$folder/report.xml" 2>/dev/null || [ -s "$folder/report.xml" ] || rm -f "$folder/report.xml"
      fi
      exit $status
      """;

  private final CommandOptions options;

  CommandFramework(CommandOptions options) {
    this.options = options;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    String line = options.discover().replace(CommandOptions.FILTERS, request.filters());
    return step(
        List.of("sh", "-c", DISCOVER, "offload-discover", request.folder(), line),
        request.env(),
        List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    return new CommandDiscovery(request.group()).read(output);
  }

  @Override
  public Step execution(ExecutionRequest request) {
    String pattern = options.resultFile();
    String file = pattern.isEmpty() ? ShellWords.quote(request.folder() + "/" + REPORT) : pattern;
    String tests =
        ShellWords.join(request.tests().stream().map(test -> test.id().value()).toList());
    // The tests go in last: their names may themselves look like placeholders.
    String line =
        options
            .run()
            .replace(CommandOptions.RESULT_FILE, file)
            .replace(CommandOptions.TESTS, tests);
    return step(
        List.of("sh", "-c", RUN, "offload-run", request.folder(), pattern, line),
        request.env(),
        options.promisesReport() ? List.of(REPORT) : List.of());
  }

  private Step step(List<String> argv, Map<String, String> env, List<String> resultFiles) {
    Command command = new Command(argv, env, options.workingDirectory());
    return new Step(List.of(), command, resultFiles);
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new CommandDecoder(request.tests(), options, System::nanoTime);
  }

  @Override
  public int commandLength(TestCase test) {
    return ShellWords.quote(test.id().value()).length() + 1;
  }

  @Override
  public String explainExit(Exit exit) {
    return isMissing(exit)
        ? "a program that run_command names cannot be found or executed in the sandbox"
        : "";
  }

  /// Return whether a shell ended so because there was nothing to run.
  static boolean isMissing(Exit exit) {
    return exit.isProgramMissing()
        || (exit instanceof Exit.Exited(int code) && code == NOT_EXECUTABLE);
  }
}
