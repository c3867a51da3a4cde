package dev.offload.framework.pytest;

import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.PlacedFile;
import dev.offload.framework.signal.Resources;
import java.util.ArrayList;
import java.util.List;

/// Write the shell script that starts pytest with the plug-in, once or, for a batch whose tests
/// need different configurations, several times in turn.
final class PytestScript {
  static final String NO_PYTHON = "offload: neither python nor python3 is on PATH here";

  static final String PLUGIN = "offload_pytest_plugin";
  private static final String PLUGIN_TEXT = Resources.text(PytestScript.class, PLUGIN + ".py");

  private static final String PROLOGUE =
      """
      folder=$1
      PYTHONPATH=$folder${PYTHONPATH:+:$PYTHONPATH}
      export PYTHONPATH OFFLOAD_PYTEST_PLAN
      """;

  private static final String FIND_PYTHON =
      """
      python=python
      command -v python >/dev/null 2>&1 || python=python3
      command -v "$python" >/dev/null 2>&1 || { echo '%s' >&2; exit 127; }
      """
          .formatted(NO_PYTHON);

  /// A process that did not come to its own end must not be followed by another: the test that was
  /// running in it would be forgotten.
  private static final String NEXT_PART =
      """
      status=$?
      [ -e "$OFFLOAD_PYTEST_PLAN.ended" ] || exit $status
      [ $status -eq 0 ] || result=$status
      """;

  private final PytestOptions options;
  private final List<PlacedFile> files = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();

  private record Start(String plan, String line) {
    String text(String prefix) {
      return "OFFLOAD_PYTEST_PLAN=$folder/" + plan + "\n" + prefix + line + "\n";
    }
  }

  PytestScript(PytestOptions options) {
    this.options = options;
    files.add(new PlacedFile(PLUGIN + ".py", PLUGIN_TEXT));
  }

  /// Add one start of pytest.
  ///
  /// @param plan what the plug-in reads
  /// @param configuration arguments that come before the user's, who has the last word
  /// @param words the user's arguments, and paths
  void start(String plan, List<String> configuration, List<String> words) {
    String name = "plan-" + starts.size() + ".json";
    files.add(new PlacedFile(name, plan));
    List<String> command = new ArrayList<>(options.command());
    String program = "";
    if (!options.commandChosen()) {
      program = "\"$python\" ";
      command.removeFirst();
    }
    command.add("-p");
    command.add(PLUGIN);
    command.addAll(configuration);
    command.addAll(words);
    starts.add(new Start(name, program + ShellWords.join(command)));
  }

  /// Return what to place.
  List<PlacedFile> files() {
    return files;
  }

  /// Return the command.
  List<String> argv(String folder) {
    StringBuilder script = new StringBuilder(PROLOGUE);
    if (!options.commandChosen()) {
      script.append(FIND_PYTHON);
    }
    if (starts.size() == 1) {
      script.append(starts.getFirst().text("exec "));
    } else {
      script.append("result=0\n");
      for (Start start : starts) {
        script.append(start.text("")).append(NEXT_PART);
      }
      script.append("exit $result\n");
    }
    return List.of("sh", "-c", script.toString(), "offload-pytest", folder);
  }
}
