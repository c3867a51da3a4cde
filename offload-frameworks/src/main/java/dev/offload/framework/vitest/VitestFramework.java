package dev.offload.framework.vitest;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// Adapt vitest 2 and newer.
///
/// A reporter of ours is placed in the sandbox. It puts a runner of ours into the configuration of
/// every project, and that lists the tests, or runs exactly the requested ones; see
/// `docs/guides/vitest.md`.
final class VitestFramework implements TestFramework {
  private static final String WARM_PLAN =
      new JsonText().startObject().text("mode", "warm").endObject().toString();

  /// Tests, what they import and are often made from, and configuration.
  private static final List<String> INPUTS =
      List.of(
          ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".astro",
          ".json", ".yaml", ".yml", ".csv", ".md", ".txt", ".env");

  private final VitestOptions options;

  VitestFramework(VitestOptions options) {
    this.options = options;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    List<String> words = new ArrayList<>(List.of("--coverage.enabled=false"));
    words.addAll(VitestFilters.parse(request.filters()).words());
    VitestScript script = new VitestScript(options, request.folder());
    script.start(new JsonText().startObject().text("mode", "list").endObject().toString(), words);
    return new Step(script.files(), new Command(script.listing(), request.env(), ""), List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    VitestFilters filters = VitestFilters.parse(request.filters());
    return new VitestDiscovery(request.group(), filters, options).read(output);
  }

  @Override
  public List<String> discoveryInputs() {
    return INPUTS;
  }

  /// One start of vitest.
  private static final class Part {
    final SequencedSet<String> files = new LinkedHashSet<>();
    final JsonText plan = new JsonText().startObject().text("mode", "run").startList("tests");

    void add(int index, TestCase test, VitestSelector selector) {
      files.add(test.file());
      plan.startObject()
          .number("index", index)
          .text("file", test.file())
          .text("project", selector.project())
          .text("label", selector.label())
          .number("twin", selector.twin())
          .endObject();
    }

    String plan() {
      return plan.endList().endObject().toString();
    }
  }

  @Override
  public Step execution(ExecutionRequest request) {
    VitestScript script = new VitestScript(options, request.folder());
    parts(request.tests())
        .forEach((kept, part) -> script.start(part.plan(), words(kept, request), part.files));
    return step(script, request.env());
  }

  @Override
  public Optional<WarmStep> warm(ExecutionRequest request) {
    Map<List<String>, Part> parts = parts(request.tests());
    if (parts.size() != 1) {
      return Optional.empty();
    }
    VitestScript script = new VitestScript(options, request.folder());
    parts.keySet().forEach(kept -> script.start(WARM_PLAN, words(kept, request)));
    String order = parts.values().iterator().next().plan();
    return Optional.of(new WarmStep(step(script, request.env()), order));
  }

  private static Map<List<String>, Part> parts(List<TestCase> tests) {
    Map<List<String>, Part> parts = new LinkedHashMap<>();
    for (int i = 0; i < tests.size(); i++) {
      VitestSelector selector = VitestSelector.of(tests.get(i));
      parts.computeIfAbsent(selector.options(), _ -> new Part()).add(i, tests.get(i), selector);
    }
    return parts;
  }

  /// Return the words for one start, before the names of files.
  private List<String> words(List<String> kept, ExecutionRequest request) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--reporter=default",
                "--coverage.enabled=false",
                "--typecheck.enabled=false",
                "--bail=" + (request.failFast() ? 1 : 0)));
    words.addAll(kept);
    words.addAll(options.runArgs());
    return words;
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new VitestDecoder(request.tests().size(), this);
  }

  @Override
  public String explainExit(Exit exit) {
    return exit.isProgramMissing()
        ? "vitest was not found in the sandbox (" + String.join(" ", options.command()) + ")"
        : "";
  }

  private static Step step(VitestScript script, Map<String, String> env) {
    return new Step(script.files(), new Command(script.argv(), env, ""), List.of());
  }
}
