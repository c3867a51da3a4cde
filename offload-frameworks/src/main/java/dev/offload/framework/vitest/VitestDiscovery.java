package dev.offload.framework.vitest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.Payload;
import dev.offload.framework.signal.Tail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Read what our runner says when it lists tests. Files come in any order, since several are loaded
/// at once; here they are put in order.
final class VitestDiscovery {
  private static final int DETAILS = 8_000;
  private static final int OLDEST = 2;
  private static final Pattern MAJOR = Pattern.compile("(\\d+)\\.");

  private final String group;
  private final VitestFilters filters;
  private final VitestOptions options;
  private final List<Payload> files = new ArrayList<>();
  private final List<Discovery.CollectionError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private boolean greeted;
  private String version = "";
  private boolean ended;
  private Payload broken = new Payload(Map.of());

  VitestDiscovery(String group, VitestFilters filters, VitestOptions options) {
    this.group = group;
    this.filters = filters;
    this.options = options;
  }

  Discovery read(CommandOutput output) {
    for (String frame : output.frames()) {
      try {
        take(Payload.parse(frame));
      } catch (IllegalArgumentException e) {
        warnings.add("vitest said something that cannot be read: " + e.getMessage());
      }
    }
    if (broken.has("message")) {
      return new Discovery.Failed(broken.text("message"), output.stderr());
    }
    boolean isEmpty = (output.stdout() + output.stderr()).contains("No test files found");
    if (!ended && !isEmpty) {
      return failed(output);
    }
    errors.sort(Comparator.comparing(Discovery.CollectionError::name));
    return new Discovery.Found(tests(), errors, warnings);
  }

  private void take(Payload payload) {
    if (payload.has("hello")) {
      greeted = true;
    } else if (payload.has("version")) {
      version = payload.text("version");
    } else if (payload.has("end")) {
      ended = true;
    } else if (payload.has("broken")) {
      broken = payload.object("broken");
    } else if (payload.has("warning")) {
      warnings.add(payload.text("warning"));
    } else if (payload.has("error")) {
      Payload error = payload.object("error");
      String file = error.text("file");
      errors.add(
          new Discovery.CollectionError(file, file, error.text("message"), error.text("details")));
    } else if (payload.has("unhandled")) {
      String text = payload.text("unhandled");
      String message = text.lines().findFirst().orElse("");
      errors.add(new Discovery.CollectionError("vitest", "", message, text));
    } else if (payload.has("file")) {
      files.add(payload);
    }
  }

  private List<TestCase> tests() {
    files.sort(
        Comparator.comparing((Payload file) -> file.text("file"))
            .thenComparing(file -> file.text("project")));
    Map<String, Integer> projects = new HashMap<>();
    files.forEach(file -> projects.merge(file.text("file"), 1, Integer::sum));
    Set<String> ids = new HashSet<>();
    List<TestCase> tests = new ArrayList<>();
    for (Payload listed : files) {
      String file = listed.text("file");
      String project = listed.text("project");
      boolean isOneOfSeveral = projects.getOrDefault(file, 1) > 1 || filters.choosesProjects();
      String prefix = isOneOfSeveral && !project.isEmpty() ? "|" + project + "| " : "";
      for (Object one : listed.list("tests")) {
        if (one instanceof List<?> parts
            && parts.size() == 3
            && parts.get(0) instanceof String label
            && parts.get(1) instanceof Number twin
            && parts.get(2) instanceof Number line) {
          String id = unused(ids, prefix + file + " > " + label, twin.intValue());
          VitestSelector selector =
              new VitestSelector(project, label, twin.intValue(), filters.options());
          tests.add(new TestCase(new TestId(id), group, file, line.intValue(), selector.text()));
        }
      }
    }
    return tests;
  }

  /// The first of several tests with one label keeps its plain id.
  private static String unused(Set<String> ids, String id, int twin) {
    String name = twin == 0 ? id : id + " [" + (twin + 1) + "]";
    while (!ids.add(name)) {
      name += "'";
    }
    return name;
  }

  private Discovery.Failed failed(CommandOutput output) {
    String command = "`" + String.join(" ", options.command()) + "`";
    String said = (output.stderr() + "\n" + output.stdout()).strip();
    String text = Tail.of(said, DETAILS);
    return new Discovery.Failed(cause(command, output), text);
  }

  private String cause(String command, CommandOutput output) {
    if (greeted) {
      return "vitest could not list the tests (" + output.exit().inWords() + ").";
    }
    String install = "npm install --save-dev vitest@latest";
    Matcher major = MAJOR.matcher(version);
    return major.lookingAt() && Integer.parseInt(major.group(1)) < OLDEST
        ? "vitest %d or newer is needed, and %s is vitest %s: %s"
            .formatted(OLDEST, command, version, install)
        : "%s did not start vitest (%s): install it in the project with `%s` (%d or newer), or name it in [framework] command."
            .formatted(command, output.exit().inWords(), install, OLDEST);
  }
}
