package dev.offload.framework.junit;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.Payload;
import java.util.ArrayList;
import java.util.List;

/// Read what the listing script says.
final class JunitDiscovery {
  private static final int NOT_FOUND = 127;
  private static final int TAIL_LINES = 60;

  private final String group;
  private final boolean usesMaven;
  private final List<JunitIds.Listed> tests = new ArrayList<>();
  private final List<CollectionError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int prepared = -1;
  private String root = "";
  private String module = ".";
  private boolean isListed;

  JunitDiscovery(String group, boolean usesMaven) {
    this.group = group;
    this.usesMaven = usesMaven;
  }

  Discovery read(CommandOutput output) {
    output.frames().forEach(frame -> take(frame, output.stderr()));
    if (prepared < 0) {
      return new Discovery.Failed(
          "The tests could not be listed (" + output.exit().inWords() + ").",
          output.stderr().strip());
    }
    if (prepared == NOT_FOUND) {
      return new Discovery.Failed(
          usesMaven
              ? "Maven was not found: install it (mvn), add its wrapper (mvnw) to the project, or"
                  + " set [framework] maven or classpath_command."
              : "classpath_command was not found.",
          output.stdout().strip());
    }
    if (prepared != 0 && usesMaven) {
      errors.addAll(MavenLog.errors(output.stdout(), root));
      boolean isMaven = errors.stream().allMatch(error -> error.name().equals("Maven"));
      if (tests.isEmpty() && isMaven) {
        return new Discovery.Failed(
            "Maven could not compile the tests: " + errors.getFirst().message(),
            errors.getFirst().details());
      }
    } else if (prepared != 0) {
      String end = Exit.ofShellStatus(prepared).inWords();
      return new Discovery.Failed(
          "classpath_command failed (" + end + ").", output.stdout().strip());
    }
    if (output.exit() instanceof Exit.Exited(int code) && code == NOT_FOUND) {
      return new Discovery.Failed("Java was not found.", output.stderr().strip());
    }
    return new Discovery.Found(cases(), errors, warnings);
  }

  private void take(String frame, String stderr) {
    if (frame.startsWith("{")) {
      try {
        take(Payload.parse(frame));
      } catch (IllegalArgumentException e) {
        warnings.add("module '" + module + "': the runner said what makes no sense: " + e);
      }
      return;
    }
    int blank = frame.indexOf(' ');
    String word = blank < 0 ? frame : frame.substring(0, blank);
    String rest = frame.substring(blank + 1);
    switch (word) {
      case "root" -> root = rest;
      case "prepared" -> prepared = number(rest);
      case "module" -> {
        module = rest;
        isListed = false;
      }
      case "trouble" ->
          errors.add(new CollectionError(moduleName(), "", "cannot be run: " + rest, rest));
      case "ended" -> {
        if (!isListed) {
          String end = Exit.ofShellStatus(number(rest)).inWords();
          String message = "its tests could not be listed: Java ended with " + end;
          errors.add(new CollectionError(moduleName(), "", message, tail(stderr)));
        }
      }
      default -> warnings.add("the listing script said what makes no sense: " + word);
    }
  }

  private void take(Payload payload) {
    if (payload.has("test")) {
      tests.add(
          new JunitIds.Listed(
              module,
              payload.text("test"),
              payload.text("class"),
              payload.text("method"),
              payload.text("parameters"),
              payload.text("name")));
    } else if (payload.has("unreadable")) {
      String name = payload.text("unreadable");
      errors.add(
          new CollectionError(
              name,
              file(name),
              "its tests could not be listed: " + payload.text("message"),
              payload.text("details")));
    } else {
      isListed |= payload.has("listed");
    }
  }

  private List<TestCase> cases() {
    List<String> ids = JunitIds.of(tests);
    List<TestCase> cases = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      JunitIds.Listed test = tests.get(i);
      String selector = new JunitSelector(test.module(), test.uniqueId()).text();
      String file = test.module() + "/" + file(test.owner());
      String neighbours = test.module().equals(".") ? file(test.owner()) : file;
      cases.add(new TestCase(new TestId(ids.get(i)), group, neighbours, 0, selector));
    }
    return cases;
  }

  /// The file is not known; its outermost class is as good.
  private static String file(String owner) {
    int nested = owner.indexOf('$');
    return nested > 0 ? owner.substring(0, nested) : owner;
  }

  private String moduleName() {
    return module.equals(".") ? "project" : "module " + module;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return 1;
    }
  }

  private static String tail(String text) {
    List<String> lines = text.strip().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
