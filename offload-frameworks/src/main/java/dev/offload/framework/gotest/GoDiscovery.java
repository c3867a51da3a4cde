package dev.offload.framework.gotest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Read what `go test -json -list` says.
final class GoDiscovery {
  private static final int NOT_FOUND = 127;

  private final String group;
  private final List<String> flags;
  private final GoOptions options;
  private final Map<String, Listing> packages = new LinkedHashMap<>();
  private final Map<String, StringBuilder> builds = new HashMap<>();

  /// What is known of one package.
  private static final class Listing {
    final StringBuilder output = new StringBuilder();
    boolean failed;
    String failedBuild = "";
  }

  GoDiscovery(String group, List<String> flags, GoOptions options) {
    this.group = group;
    this.flags = flags;
    this.options = options;
  }

  Discovery read(CommandOutput output) {
    for (String frame : output.frames()) {
      if (frame.startsWith("=")) {
        take(GoEvent.parse(frame.substring(1)));
      }
    }
    if (packages.isEmpty() && !output.exit().isSuccess()) {
      return failed(output, "");
    }
    List<TestCase> tests = new ArrayList<>();
    List<Discovery.CollectionError> errors = new ArrayList<>();
    packages.forEach((pkg, listing) -> {
      if (listing.failedBuild.isEmpty()) {
        tests.addAll(tests(pkg, listing));
      }
      if (listing.failed) {
        errors.add(error(pkg, listing, output.stderr()));
      }
    });
    // A pattern in the place of a package: it matches nothing that go could even name.
    boolean isLost = errors.stream().allMatch(error -> error.name().startsWith("."));
    return tests.isEmpty() && !errors.isEmpty() && isLost
        ? failed(output, errors.getFirst().details())
        : new Discovery.Found(tests, errors, List.of());
  }

  private void take(GoEvent event) {
    switch (event.action()) {
      case "build-output" ->
          builds.computeIfAbsent(event.pkg(), _ -> new StringBuilder()).append(event.output());
      case "start" -> listing(event);
      case "output" -> listing(event).output.append(event.output());
      case "fail" -> {
        Listing listing = listing(event);
        listing.failed = true;
        listing.failedBuild = event.failedBuild();
      }
      default -> {}
    }
  }

  private Listing listing(GoEvent event) {
    return packages.computeIfAbsent(event.pkg(), _ -> new Listing());
  }

  private List<TestCase> tests(String pkg, Listing listing) {
    Map<String, Integer> names = new LinkedHashMap<>();
    listing
        .output
        .toString()
        .lines()
        .filter(GoTestName::isTest)
        .forEach(name -> names.merge(name, 1, Integer::sum));
    List<TestCase> tests = new ArrayList<>();
    names.forEach((name, copies) ->
        tests.add(
            new TestCase(
                new TestId(pkg + " " + name),
                group,
                pkg,
                0,
                new GoTestName(pkg, name, copies, flags).selector())));
    return tests;
  }

  private Discovery.CollectionError error(String pkg, Listing listing, String stderr) {
    StringBuilder build = builds.get(listing.failedBuild);
    String text = build != null ? build.toString() : listing.output.toString();
    boolean isBuild =
        build != null || text.contains("[build failed]") || text.contains("[setup failed]");
    if (build == null && isBuild) {
      text = stderr + "\n" + text; // up to Go 1.23 the compiler's words are there
    }
    String cause =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .findFirst()
            .orElse("");
    return new Discovery.CollectionError(
        pkg,
        pkg,
        (isBuild ? "the package cannot be built: " : "the tests cannot be listed: ") + cause,
        text.strip());
  }

  private Discovery.Failed failed(CommandOutput output, String text) {
    String command = "`" + ShellWords.join(options.command()) + " test`";
    boolean isMissing = output.exit() instanceof Exit.Exited(int code) && code == NOT_FOUND;
    String message =
        isMissing
            ? "The go command was not found: install Go 1.20 or newer (https://go.dev/dl), or name"
                + " it in [framework] command."
            : command + " could not list the tests (" + output.exit().inWords() + ").";
    return new Discovery.Failed(message, (text + "\n" + output.stderr()).strip());
  }
}
