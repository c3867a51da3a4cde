package dev.offload.framework.nextest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.LineFrames;
import dev.offload.framework.signal.Payload;
import dev.offload.framework.signal.Tail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Read what `cargo nextest list` says.
final class NextestDiscovery {
  private static final int BUILD_FAILED = 101;
  private static final int LIST_FAILED = 104;
  private static final int DETAILS = 60_000;
  private static final int OLDEST = 70;
  private static final String NEEDED = "cargo-nextest 0.9." + OLDEST + " or newer";
  private static final Pattern VERSION = Pattern.compile("nextest 0\\.9\\.(\\d+)");
  private static final Pattern UNBUILT =
      Pattern.compile("could not compile `([^`]+)` \\(([^)]*)\\)");

  private final String group;
  private final NextestFilters filters;
  private final NextestOptions options;

  NextestDiscovery(String group, NextestFilters filters, NextestOptions options) {
    this.group = group;
    this.filters = filters;
    this.options = options;
  }

  Discovery read(CommandOutput output) {
    String version =
        output.frames().stream()
            .filter(frame -> frame.startsWith("#"))
            .map(frame -> frame.substring(1))
            .findFirst()
            .orElse("");
    String list = String.join("\n", LineFrames.lines(output.frames()));
    Matcher matcher = VERSION.matcher(version);
    if (matcher.find() && Integer.parseInt(matcher.group(1)) < OLDEST) {
      return new Discovery.Failed(
          "%s is needed, and `%s` is %s: cargo install --locked cargo-nextest"
              .formatted(NEEDED, String.join(" ", options.command()), version),
          output.stderr());
    }
    if (!output.exit().isSuccess()) {
      return failed(output, version);
    }
    try {
      return new Discovery.Found(tests(Payload.parse(list)), List.of(), List.of());
    } catch (IllegalArgumentException e) {
      return new Discovery.Failed(
          "the list of cargo nextest cannot be read: " + e.getMessage(), output.stderr());
    }
  }

  private List<TestCase> tests(Payload list) {
    Payload suites = list.object("rust-suites");
    Map<String, Integer> events = new HashMap<>();
    List<TestCase> tests = new ArrayList<>();
    // The tool gives a map without an order of its own.
    for (String id : new TreeSet<>(suites.members().keySet())) {
      Payload suite = suites.object(id);
      Payload cases = suite.object("testcases");
      String prefix = suite.text("package-name") + "::" + suite.text("binary-name") + "$";
      for (String name : new TreeSet<>(cases.members().keySet())) {
        int twin = events.merge(prefix + name, 1, Integer::sum) - 1;
        Payload match = cases.object(name).object("filter-match");
        if (match.has("status") && !match.text("status").equals("matches")) {
          continue;
        }
        NextestSelector selector =
            new NextestSelector(id, name, prefix, twin, filters.cargo(), filters.run());
        tests.add(new TestCase(new TestId(id + " " + name), group, id, 0, selector.text()));
      }
    }
    return tests;
  }

  private Discovery failed(CommandOutput output, String version) {
    String text = Tail.of(output.stderr().strip(), DETAILS);
    String command = String.join(" ", options.command());
    if (version.isEmpty()) {
      return new Discovery.Failed(
          "`"
              + command
              + "` could not be started ("
              + output.exit().inWords()
              + "): install "
              + NEEDED
              + " (cargo install --locked cargo-nextest), or"
              + " name it in [framework] command.",
          text);
    }
    int code = output.exit() instanceof Exit.Exited(int status) ? status : -1;
    Map<String, String> unbuilt = new LinkedHashMap<>();
    Matcher matcher = UNBUILT.matcher(text);
    while (matcher.find()) {
      unbuilt.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    if (code == BUILD_FAILED && !unbuilt.isEmpty()) {
      List<Discovery.CollectionError> errors = new ArrayList<>();
      unbuilt.forEach((crate, target) ->
          errors.add(
              new Discovery.CollectionError(
                  crate, "", "it does not compile (" + target + "): " + cause(text), text)));
      return new Discovery.Found(List.of(), errors, List.of());
    }
    if (code == LIST_FAILED) {
      String message =
          "nextest could not list the tests of a binary: " + firstAfter("Caused by:", text);
      return new Discovery.Found(
          List.of(),
          List.of(new Discovery.CollectionError("cargo nextest list", "", message, text)),
          List.of());
    }
    return new Discovery.Failed(
        "`" + command + " list` failed (" + output.exit().inWords() + ").", text);
  }

  /// Return the line behind a heading; without one, the first error.
  private static String firstAfter(String heading, String text) {
    return text.lines()
        .map(String::strip)
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .findFirst()
        .orElse(cause(text));
  }

  private static String cause(String text) {
    return text.lines()
        .filter(line -> line.startsWith("error"))
        .findFirst()
        .map(String::strip)
        .orElse("see its text");
  }
}
