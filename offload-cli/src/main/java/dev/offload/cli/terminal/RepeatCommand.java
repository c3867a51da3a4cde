package dev.offload.cli.terminal;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.List;

/// Word the command that runs some of the tests again.
///
/// @param configFile the configuration file of the run
record RepeatCommand(String configFile) {
  private static final String USUAL_FILE = "offload.toml";

  /// Return the command that runs what failed or was not run.
  String failed() {
    return with("--failed");
  }

  /// Return the command that runs one test.
  String test(String id) {
    return with(id);
  }

  private String with(String word) {
    List<String> words = new ArrayList<>(List.of("offload", "run"));
    if (!configFile.isEmpty() && !configFile.equals(USUAL_FILE)) {
      words.addAll(List.of("-c", configFile));
    }
    if (word.startsWith("-") && !word.equals("--failed")) {
      words.add("--");
    }
    words.add(word);
    return SafeText.line(ShellWords.join(words));
  }
}
