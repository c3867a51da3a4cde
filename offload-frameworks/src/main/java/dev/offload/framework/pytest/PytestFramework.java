package dev.offload.framework.pytest;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.WarmStep;
import dev.offload.framework.signal.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Adapt pytest 7 to 9 on Python 3.8 and later.
///
/// Both steps place one plug-in and a plan beside each other and start pytest through a line of
/// `sh`; see `docs/guides/pytest.md`.
final class PytestFramework implements TestFramework {
  private static final int SIGABRT = 6;

  private static final String WARM_PLAN =
      new JsonText().startObject().text("mode", "warm").endObject().toString();

  /// Tests, what they import, configuration, doctests, and what tests are often made from.
  private static final List<String> INPUTS =
      List.of(
          ".py", ".pyi", ".ini", ".cfg", ".toml", ".txt", ".rst", ".md", ".json", ".yaml", ".yml",
          ".csv");

  private static final Set<String> DECIDING_NAMES = Set.of("conftest.py", "__init__.py");

  private static final List<String> DECIDING_ENDINGS = List.of(".ini", ".cfg", ".toml");

  private final PytestOptions options;

  PytestFramework(PytestOptions options) {
    this.options = options;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    return discovery(List.of(request));
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    return readDiscovery(List.of(request), output).getFirst();
  }

  /// Groups that differ in nothing but `-k` and `-m` are selected from one collection, by pytest's
  /// own means.
  @Override
  public String discoveryPass(DiscoveryRequest request) {
    return ShellWords.join(PytestFilters.of(request.filters()).others());
  }

  @Override
  public Step discovery(List<DiscoveryRequest> requests) {
    List<String> words = new ArrayList<>(options.discoveryArgs());
    JsonText plan = new JsonText().startObject().text("mode", "discover").startList("groups");
    List<PytestFilters> filters =
        requests.stream().map(request -> PytestFilters.of(request.filters())).toList();
    for (PytestFilters group : filters) {
      plan.startObject();
      if (group.keyword() != null) {
        plan.text("keyword", group.keyword());
      }
      if (group.mark() != null) {
        plan.text("mark", group.mark());
      }
      plan.endObject();
    }
    words.addAll(filters.getFirst().others());
    words.addAll(options.paths());
    PytestScript script = new PytestScript(options);
    script.start(plan.endList().endObject().toString(), List.of(), words);
    return step(script, requests.getFirst().folder(), requests.getFirst().env());
  }

  @Override
  public List<Discovery> readDiscovery(List<DiscoveryRequest> requests, CommandOutput output) {
    List<Discovery> answers = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      answers.add(new PytestDiscovery(requests.get(i).group(), i, options).read(output));
    }
    return answers;
  }

  @Override
  public List<String> discoveryInputs() {
    return INPUTS;
  }

  /// Configuration and conftest files do.
  @Override
  public boolean decidesForOtherFiles(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return DECIDING_NAMES.contains(name) || DECIDING_ENDINGS.stream().anyMatch(name::endsWith);
  }

  @Override
  public Step execution(ExecutionRequest request) {
    PytestScript script = new PytestScript(options);
    for (PytestPart part : PytestPart.of(request.tests())) {
      List<String> words = new ArrayList<>(options.runArgs());
      words.addAll(part.arguments());
      script.start(part.plan(request.failFast()), part.configuration(), words);
    }
    return step(script, request.folder(), request.env());
  }

  @Override
  public Optional<WarmStep> warm(ExecutionRequest request) {
    List<PytestPart> parts = PytestPart.of(request.tests());
    if (parts.size() != 1) {
      return Optional.empty();
    }
    PytestPart part = parts.getFirst();
    List<String> words = new ArrayList<>(options.runArgs());
    words.addAll(part.arguments());
    PytestScript script = new PytestScript(options);
    script.start(WARM_PLAN, part.configuration(), words);
    return Optional.of(
        new WarmStep(step(script, request.folder(), request.env()), part.plan(request.failFast())));
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new PytestDecoder(request.tests().size(), this);
  }

  @Override
  public int diagnosticSignal() {
    return SIGABRT;
  }

  @Override
  public String explainExit(Exit exit) {
    return exit instanceof Exit.Exited(int code) ? PytestExit.explain(code) : "";
  }

  private static Step step(PytestScript script, String folder, java.util.Map<String, String> env) {
    Command command = new Command(script.argv(folder), env, "");
    List<PlacedFile> files = script.files();
    return new Step(files, command, List.of());
  }
}
