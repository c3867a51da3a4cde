package dev.offload.framework.junit;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.test.TestCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Adapt the JUnit Platform; see `docs/guides/junit.md`.
///
/// Listing compiles the project and makes class paths. Building leaves the class path of each
/// module and our runner where all batches find them. A batch starts the runner once for each
/// module in it.
final class JunitFramework implements TestFramework {
  private static final String ARCHIVE = "classpath.tgz";

  private final JunitOptions options;
  private final JunitScript scripts;

  JunitFramework(JunitOptions options) {
    this.options = options;
    this.scripts = new JunitScript(options);
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    JunitFilters filters = JunitFilters.parse(request.filters());
    if (!filters.mistake().isEmpty()) {
      return new Step(List.of(), Command.of("true"), List.of());
    }
    JunitPlan plan = new JunitPlan(options.configuration());
    filters.addTo(plan);
    plan.add("jars", options.testJars());
    List<String> argv = argv(scripts.list(), request.folder());
    argv.addAll(filters.modules());
    return new Step(
        List.of(runner(), new PlacedFile("plan", plan.toString())),
        new Command(argv, request.env(), ""),
        List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    String mistake = JunitFilters.parse(request.filters()).mistake();
    return mistake.isEmpty()
        ? new JunitDiscovery(request.group(), options.classpathCommand().isEmpty()).read(output)
        : new Discovery.Failed("The filters are wrong: " + mistake + ".", "");
  }

  @Override
  public Optional<Step> build(BuildRequest request) {
    return Optional.of(
        new Step(
            toBuild(request.tests()),
            new Command(argv(scripts.build(request.shared()), request.folder()), request.env(), ""),
            List.of()));
  }

  private static List<PlacedFile> toBuild(List<TestCase> tests) {
    StringBuilder wanted = new StringBuilder();
    tests.stream()
        .map(test -> JunitSelector.of(test).module())
        .distinct()
        .forEach(module ->
            wanted.append(classPathFile(module)).append('\t').append(module).append('\n'));
    return List.of(runner(), new PlacedFile("wanted", wanted.toString()));
  }

  @Override
  public BuildResult readBuild(BuildRequest request, CommandOutput output) {
    if (!output.exit().isSuccess()) {
      return new BuildResult.Failed(
          "What the tests need could not be put together (" + output.exit().inWords() + ").",
          output.stderr().strip());
    }
    List<String> files =
        output.frames().stream()
            .filter(frame -> frame.startsWith("built "))
            .map(frame -> frame.substring("built ".length()))
            .toList();
    return new BuildResult.Built(files, List.of());
  }

  @Override
  public Step execution(ExecutionRequest request) {
    Map<String, JunitPlan> plans = new LinkedHashMap<>();
    List<TestCase> tests = request.tests();
    for (int i = 0; i < tests.size(); i++) {
      JunitSelector selector = JunitSelector.of(tests.get(i));
      plans
          .computeIfAbsent(selector.module(), _ -> new JunitPlan(options.configuration()))
          .add("test", i + " " + selector.uniqueId());
    }
    List<PlacedFile> files =
        new ArrayList<>(JunitScript.isBuilt(request.built()) ? List.of() : toBuild(tests));
    List<JunitScript.Start> starts = new ArrayList<>();
    plans.forEach((module, plan) -> {
      String name = "plan-" + (starts.size() + 1);
      files.add(new PlacedFile(name, plan.toString()));
      starts.add(new JunitScript.Start(module, classPathFile(module), name));
    });
    List<String> argv = argv(scripts.run(request.built(), starts), request.folder());
    return new Step(
        files, new Command(argv, request.env(), ""), List.of(), built(request.built(), starts));
  }

  @Override
  public Optional<WarmStep> warm(ExecutionRequest request) {
    if (!JunitScript.isBuilt(request.built())) {
      return Optional.empty();
    }
    JunitPlan plan = new JunitPlan(options.configuration());
    List<TestCase> tests = request.tests();
    String module = JunitSelector.of(tests.getFirst()).module();
    for (int i = 0; i < tests.size(); i++) {
      JunitSelector selector = JunitSelector.of(tests.get(i));
      if (!selector.module().equals(module)) {
        return Optional.empty();
      }
      plan.add("test", i + " " + selector.uniqueId());
    }
    JunitScript.Start start = new JunitScript.Start(module, classPathFile(module), "");
    List<String> argv = argv(scripts.serve(request.built(), start), request.folder());
    Step step =
        new Step(
            List.of(),
            new Command(argv, request.env(), ""),
            List.of(),
            built(request.built(), List.of(start)));
    return Optional.of(new WarmStep(step, plan.toString()));
  }

  private static List<String> built(BuiltFiles built, List<JunitScript.Start> starts) {
    List<String> files = new ArrayList<>();
    files.add(JunitScript.RUNNER);
    starts.forEach(start -> files.add(start.classPath()));
    files.add(ARCHIVE);
    return files.stream().filter(built.files()::contains).toList();
  }

  private static PlacedFile runner() {
    return new PlacedFile("runner.b64", RunnerJar.base64());
  }

  private static List<String> argv(String script, String folder) {
    return new ArrayList<>(List.of("sh", "-c", script, "offload-junit", folder));
  }

  /// Name the file with the class path of a module, a different one for each.
  private static String classPathFile(String module) {
    String readable = module.replaceAll("[^A-Za-z0-9]+", "-");
    return "classpath-" + readable + "-" + Integer.toHexString(module.hashCode());
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return new JunitDecoder(request.tests().size(), this);
  }

  @Override
  public String explainExit(Exit exit) {
    return exit.isProgramMissing() ? "Java was not found in the sandbox" : "";
  }
}
