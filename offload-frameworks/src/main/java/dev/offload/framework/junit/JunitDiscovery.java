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
  private static final int TAIL_LINES = 60;
  private static final String OWN_WORDS = "offload: ";
  private static final String TOO_OLD = "UnsupportedClassVersionError: dev/offload/junitrunner/";

  private final String group;
  private final boolean usesMaven;
  private final List<JunitIds.Listed> tests = new ArrayList<>();
  private final List<CollectionError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int prepared = -1;
  private String root = "";
  private String module = ".";
  private String maven = "";
  private String javaTrouble = "";
  private boolean isListed;

  JunitDiscovery(String group, boolean usesMaven) {
    this.group = group;
    this.usesMaven = usesMaven;
  }

  Discovery read(CommandOutput output) {
    output.frames().forEach(frame -> take(frame, output.stderr()));
    String failure = failure(output);
    if (!failure.isEmpty()) {
      return new Discovery.Failed(failure, details(output));
    }
    return new Discovery.Found(cases(), errors, warnings);
  }

  /// Return why nothing at all can be said about the tests; empty if something can.
  private String failure(CommandOutput output) {
    if (prepared < 0) {
      String cause =
          output
              .stderr()
              .lines()
              .filter(line -> line.startsWith(OWN_WORDS))
              .map(line -> line.substring(OWN_WORDS.length()))
              .findFirst()
              .orElse("see its text");
      return "The tests could not be listed (" + output.exit().inWords() + "): " + cause;
    }
    if (Exit.ofShellStatus(prepared).isProgramMissing()) {
      return usesMaven
          ? "Maven was not found: install it (mvn), add its wrapper (mvnw) to the project, or"
              + " set [framework] maven or classpath_command."
          : "classpath_command was not found.";
    }
    if (prepared != 0 && usesMaven) {
      List<CollectionError> said = MavenLog.errors(output.stdout(), root);
      errors.addAll(said);
      if (tests.isEmpty() && said.getFirst().name().equals(MavenLog.MAVEN)) {
        return MavenLog.isTooOld(maven)
            ? "Maven %s or newer is needed, and this is %s: install it (https://maven.apache.org/download.cgi), or name one in [framework] maven."
                .formatted(MavenLog.OLDEST, maven)
            : "Maven could not compile the tests: " + said.getFirst().message();
      }
    } else if (prepared != 0) {
      return "classpath_command failed (" + Exit.ofShellStatus(prepared).inWords() + ").";
    }
    return javaTrouble;
  }

  private String details(CommandOutput output) {
    boolean isPrepared = prepared == 0 || prepared == -1;
    return isPrepared ? output.stderr().strip() : MavenLog.tail(output.stdout());
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
      case "maven" -> maven = rest;
      case "module" -> {
        module = rest;
        isListed = false;
      }
      case "trouble" ->
          errors.add(new CollectionError(moduleName(), "", "cannot be run: " + rest, rest));
      case "ended" -> {
        if (!isListed) {
          noteJava(number(rest), stderr);
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

  private void noteJava(int status, String stderr) {
    if (Exit.ofShellStatus(status).isProgramMissing()) {
      javaTrouble =
          "Java was not found: install a JDK (Java 8 or newer), or correct [framework] java.";
    } else if (stderr.contains(TOO_OLD)) {
      javaTrouble =
          "Java 8 or newer is needed, and this one is older: install a newer JDK, or name one in"
              + " [framework] java.";
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
