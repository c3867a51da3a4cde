package dev.offload.framework.command;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.LineFrames;
import dev.offload.framework.signal.Tail;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Read the lines of a discovery: each is the id of a test.
final class CommandDiscovery {
  private static final int SHOWN = 3;
  private static final int SHOWN_CHARS = 60;

  /// Linux takes words of less than 128 KB, and the command's own words are in the same one.
  private static final int LONGEST = 100_000;

  private static final String TOO_LONG = "the id is too long for a command line";
  private static final int DETAILS = 8_000;

  private final String group;

  CommandDiscovery(String group) {
    this.group = group;
  }

  Discovery read(CommandOutput output) {
    List<String> lines = LineFrames.lines(output.frames());
    if (!output.exit().isSuccess()) {
      String text = output.stderr().isBlank() ? String.join("\n", lines) : output.stderr();
      String advice =
          CommandFramework.isMissing(output.exit())
              ? "): a program that it names is not here or cannot be executed; install it, or"
                  + " correct the command"
              : "); run it by hand to see why";
      return new Discovery.Failed(
          "discover_command ended (" + output.exit().inWords() + advice,
          Tail.of(text.strip(), DETAILS));
    }
    Set<String> ids = new LinkedHashSet<>();
    Set<String> repeated = new LinkedHashSet<>();
    List<Discovery.CollectionError> errors = new ArrayList<>();
    for (String line : lines) {
      String id = line.strip();
      if (id.isEmpty() || id.startsWith("#")) {
        continue;
      }
      if (id.indexOf('\0') >= 0) {
        errors.add(
            unusable(
                id.replace("\0", "\\0"),
                "the id holds a NUL character, which no command line can carry"));
      } else if (ShellWords.quote(id).getBytes(StandardCharsets.UTF_8).length > LONGEST) {
        errors.add(unusable(shortened(id), TOO_LONG));
      } else if (!ids.add(id)) {
        repeated.add(id);
      }
    }
    // All lines come as frames; one that is longer than any frame is ordinary output.
    String rest = output.stdout().strip();
    if (!rest.isEmpty()) {
      errors.add(unusable(shortened(rest.substring(rest.indexOf('=') + 1)), TOO_LONG));
    }
    List<TestCase> tests =
        ids.stream().map(id -> new TestCase(new TestId(id), group, "", 0, "")).toList();
    return new Discovery.Found(tests, errors, warnings(repeated));
  }

  private static String shortened(String id) {
    return id.substring(0, Math.min(SHOWN_CHARS, id.length())) + "…";
  }

  private static Discovery.CollectionError unusable(String shown, String message) {
    return new Discovery.CollectionError(shown, "", message, message);
  }

  private static List<String> warnings(Set<String> repeated) {
    if (repeated.isEmpty()) {
      return List.of();
    }
    String shown = String.join("', '", repeated.stream().limit(SHOWN).toList());
    String more = repeated.size() > SHOWN ? " and " + (repeated.size() - SHOWN) + " more" : "";
    return List.of(
        "discover_command lists '" + shown + "'" + more + " more than once; each is run once");
  }
}
