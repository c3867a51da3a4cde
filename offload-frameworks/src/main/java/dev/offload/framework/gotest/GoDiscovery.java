package dev.offload.framework.gotest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.LineFrames;
import dev.offload.framework.signal.Tail;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Read what `list.sh` says: the version of go, and the events of `go test -json -list`.
final class GoDiscovery {
  private static final int OLDEST = 20;
  private static final int SHOWN = 200;
  private static final String NEEDED = "Go 1." + OLDEST + " or newer";
  private static final Pattern VERSION = Pattern.compile("go1(?:\\.(\\d+))?\\S*");
  private static final String VERSION_FRAME = "version ";
  private static final String DIRECTORY = "offload directory ";
  private static final String NEXT = "\noffload next group\n";
  private static final String INSTALL =
      "install " + NEEDED + " (https://go.dev/dl), or name it in [framework] command.";

  private final List<DiscoveryRequest> requests;
  private final GoOptions options;
  private final Map<String, Listing> packages = new LinkedHashMap<>();
  private final Map<String, StringBuilder> builds = new HashMap<>();

  /// What is known of one package.
  private static final class Listing {
    final StringBuilder output = new StringBuilder();
    boolean failed;
    String failedBuild = "";

    /// Return the directory of the package, which `names.sh` told before its program began.
    String directory() {
      return output.indexOf(DIRECTORY) == 0
          ? output.substring(DIRECTORY.length(), output.indexOf("\n"))
          : "";
    }

    /// Return what the program said for each group, for the first ones at least.
    List<String> lists() {
      String text =
          directory().isEmpty() ? output.toString() : output.substring(output.indexOf("\n") + 1);
      return List.of(text.split(NEXT));
    }
  }

  /// @param requests the groups that one command listed: they differ only in the names of tests
  GoDiscovery(List<DiscoveryRequest> requests, GoOptions options) {
    this.requests = List.copyOf(requests);
    this.options = options;
  }

  /// Return an answer for each group.
  List<Discovery> read(CommandOutput output) {
    String version = "";
    for (String frame : output.frames()) {
      if (frame.startsWith(VERSION_FRAME)) {
        version = frame.substring(VERSION_FRAME.length());
      }
    }
    LineFrames.lines(output.frames()).forEach(line -> take(GoEvent.parse(line)));
    Optional<Discovery.Failed> failed = failed(output, version);
    if (failed.isPresent()) {
      return Collections.nCopies(requests.size(), failed.get());
    }
    List<Discovery> answers = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      answers.add(found(i, output));
    }
    return answers;
  }

  private Optional<Discovery.Failed> failed(CommandOutput output, String version) {
    Matcher matcher = VERSION.matcher(version);
    if (matcher.find()) {
      String minor = matcher.group(1);
      if (minor == null || Integer.parseInt(minor) < OLDEST) {
        String message =
            "%s is needed, and `%s` is %s: %s"
                .formatted(NEEDED, ShellWords.join(options.command()), matcher.group(), INSTALL);
        return Optional.of(new Discovery.Failed(message, ""));
      }
    }
    return packages.isEmpty() && !output.exit().isSuccess()
        ? Optional.of(notListed(output, ""))
        : Optional.empty();
  }

  private Discovery found(int group, CommandOutput output) {
    List<TestCase> tests = new ArrayList<>();
    List<Discovery.CollectionError> errors = new ArrayList<>();
    packages.forEach((pkg, listing) -> {
      if (listing.failedBuild.isEmpty()) {
        tests.addAll(tests(pkg, listing, group));
      }
      if (listing.failed) {
        errors.add(error(pkg, listing, output.stderr()));
      }
    });
    // A pattern in the place of a package: it matches nothing that go could even name.
    boolean isLost = errors.stream().allMatch(error -> error.name().startsWith("."));
    return tests.isEmpty() && !errors.isEmpty() && isLost
        ? notListed(output, errors.getFirst().details())
        : new Discovery.Found(tests, errors, warnings(group));
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

  private List<TestCase> tests(String pkg, Listing listing, int group) {
    List<String> lists = listing.lists();
    if (group >= lists.size()) {
      return List.of();
    }
    DiscoveryRequest request = requests.get(group);
    List<String> flags = GoFilters.parse(request.filters()).flags();
    Predicate<String> isSkipped = isSkipped(flags);
    Map<String, Integer> names = new LinkedHashMap<>();
    lists
        .get(group)
        .lines()
        .filter(name -> GoTestName.isTest(name) && !isSkipped.test(name))
        .forEach(name -> names.merge(name, 1, Integer::sum));
    List<TestCase> tests = new ArrayList<>();
    names.forEach((name, copies) ->
        tests.add(
            new TestCase(
                new TestId(pkg + " " + name),
                request.group(),
                pkg,
                0,
                new GoTestName(pkg, listing.directory(), name, copies, flags).selector())));
    return tests;
  }

  /// A program that lists its tests takes no notice of `-skip`; one that runs them does.
  private Predicate<String> isSkipped(List<String> flags) {
    return Stream.of(options.buildArgs(), flags, options.runArgs())
        .map(words -> GoPattern.of(GoFlags.value(words, "skip")).whole())
        .reduce(_ -> false, Predicate::or);
  }

  /// Return warnings of what may hide a test: the first name stands in the line of what `TestMain`
  /// printed without a line end.
  private List<String> warnings(int group) {
    List<String> warnings = new ArrayList<>();
    packages.forEach((pkg, listing) -> {
      List<String> lists = listing.lists();
      if (group < lists.size() && !listing.failed) {
        lists
            .get(group)
            .lines()
            .filter(line -> !GoTestName.isTest(line) && GoTestName.endsAsTest(line))
            .findFirst()
            .ifPresent(line ->
                warnings.add(
                    "%s: '%s' in its list of tests may hide a test; what TestMain prints must end with a line end"
                        .formatted(pkg, Tail.of(line.strip(), SHOWN))));
      }
    });
    return warnings;
  }

  private Discovery.CollectionError error(String pkg, Listing listing, String stderr) {
    StringBuilder build = builds.get(listing.failedBuild);
    String text = build != null ? build.toString() : String.join("\n", listing.lists());
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

  private Discovery.Failed notListed(CommandOutput output, String text) {
    String command = "`" + ShellWords.join(options.command()) + " test`";
    String message =
        output.exit().isProgramMissing()
            ? "The go command was not found: " + INSTALL
            : command + " could not list the tests (" + output.exit().inWords() + ").";
    return new Discovery.Failed(message, (text + "\n" + output.stderr()).strip());
  }
}
