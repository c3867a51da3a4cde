package dev.offload.framework.vitest;

import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.PlacedFile;
import dev.offload.framework.signal.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Write the shell script that starts vitest with our reporter, once or, for a batch whose tests
/// need different options, several times in turn.
final class VitestScript {
  /// Modules in a folder of this name are loaded by Node itself in every version of vitest; others
  /// are refused outside the project by some.
  private static final String PACKAGE = "node_modules/offload-vitest/";

  private static final String REPORTER = "offload-vitest-reporter.mjs";
  private static final List<PlacedFile> MODULES =
      List.of(
          module(REPORTER),
          module("offload-vitest-runner.mjs"),
          module("offload-vitest-orders.mjs"),
          module("offload-vitest-channel.mjs"));

  /// npx must not fetch what is not installed.
  private static final String FIND_VITEST =
      """
      vitest() {
        if [ -x node_modules/.bin/vitest ]; then
          EXEC node_modules/.bin/vitest "$@"
        else
          EXEC npx --no -- vitest "$@"
        fi
      }
      """;

  /// The files to load, which could be too many for the words of a command of the shell.
  private static final String READ_FILES =
      """
      set --
      while IFS= read -r file; do set -- "$@" "$file"; done <FILES
      """;

  /// A process that did not come to its own end must not be followed by another: the test that was
  /// running in it would be forgotten.
  private static final String NEXT_PART =
      """
      status=$?
      [ -e ENDED ] || exit $status
      [ $status -eq 0 ] || result=$status
      """;

  /// Tells the version of a vitest with which our reporter did not come to its end; it may be too
  /// old for it.
  private static final String TELL_VERSION =
      """
      status=$?
      [ -e ENDED ] || printf '\\036%s {"version":"%s"}\\n' "$OFFLOAD_SIGNAL_TOKEN" \
        "$(COMMAND --version 2>/dev/null | sed -n 's|^vitest/\\([0-9.]*\\).*|\\1|p')"
      exit $status
      """;

  private final VitestOptions options;
  private final String folder;
  private final List<PlacedFile> files = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();

  private record Start(List<String> words, String before, String last) {
    String text(String prefix) {
      return before + prefix + ShellWords.join(words) + last + "\n";
    }
  }

  VitestScript(VitestOptions options, String folder) {
    this.options = options;
    this.folder = folder;
  }

  private static PlacedFile module(String name) {
    return new PlacedFile(name, Resources.text(VitestScript.class, name));
  }

  /// Add one start of vitest.
  ///
  /// @param plan what our modules read
  /// @param words arguments after `run` and the reporter
  void start(String plan, List<String> words) {
    add(plan, words, "", "");
  }

  /// Add one start of vitest that loads some files only.
  ///
  /// @param plan what our modules read
  /// @param words arguments after `run` and the reporter
  void start(String plan, List<String> words, Collection<String> tests) {
    String list = "part-" + starts.size() + "/files";
    files.add(new PlacedFile(list, String.join("\n", tests) + "\n"));
    String read = READ_FILES.replace("FILES", ShellWords.quote(folder + "/" + list));
    add(plan, words, read, " \"$@\"");
  }

  private void add(String plan, List<String> words, String before, String last) {
    String part = "part-" + starts.size() + "/" + PACKAGE;
    for (PlacedFile module : MODULES) {
      files.add(new PlacedFile(part + module.name(), module.content()));
    }
    files.add(new PlacedFile(part + "plan.json", plan));
    List<String> command = new ArrayList<>(command());
    command.add("run");
    command.add("--reporter=" + folder + "/" + part + REPORTER);
    command.addAll(words);
    starts.add(new Start(command, before, last));
  }

  private List<String> command() {
    return options.isDefault() ? List.of("vitest") : options.command();
  }

  private String ended(int part) {
    return ShellWords.quote(folder + "/part-" + part + "/" + PACKAGE + "ended");
  }

  private StringBuilder script(boolean isOne) {
    return new StringBuilder(
        options.isDefault() ? FIND_VITEST.replace("EXEC ", isOne ? "exec " : "") : "");
  }

  List<PlacedFile> files() {
    return files;
  }

  /// Return the command where the tests are listed, by the only start.
  List<String> listing() {
    StringBuilder script = script(false).append(starts.getFirst().text(""));
    script.append(
        TELL_VERSION.replace("ENDED", ended(0)).replace("COMMAND", ShellWords.join(command())));
    return List.of("sh", "-c", script.toString());
  }

  List<String> argv() {
    boolean isOne = starts.size() == 1;
    StringBuilder script = script(isOne);
    if (isOne) {
      String exec = options.isDefault() ? "" : "exec ";
      script.append(starts.getFirst().text(exec));
    } else {
      script.append("result=0\n");
      for (int i = 0; i < starts.size(); i++) {
        script.append(starts.get(i).text(""));
        script.append(NEXT_PART.replace("ENDED", ended(i)));
      }
      script.append("exit $result\n");
    }
    return List.of("sh", "-c", script.toString());
  }
}
