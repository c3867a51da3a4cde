package dev.offload.engine.discovery;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.session.BuiltHere;
import dev.offload.engine.session.SessionContext.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Build once, on this machine, what the batches of each framework need.
///
/// @param local where the commands run
/// @param shared whether sandboxes see the files of this machine
/// @param folders where each framework builds; its listings may leave something there before
public record TestBuild(LocalCommands local, boolean shared, Map<TestFramework, String> folders) {
  private static final int EXIT_CONFIGURATION = 78;

  /// Copy.
  public TestBuild {
    folders = Map.copyOf(folders);
  }

  /// Make it for the frameworks of a configuration.
  public static TestBuild of(OffloadConfig config, LocalCommands local) {
    Map<TestFramework, String> folders = new HashMap<>();
    config
        .frameworks()
        .values()
        .forEach(choice -> folders.put(choice.framework(), local.newFolder()));
    return new TestBuild(local, config.provider().provider().sharesFiles(), folders);
  }

  /// What is to be built for one framework.
  ///
  /// @param framework the framework
  /// @param request what it was asked
  /// @param step its command
  public record Job(TestFramework framework, BuildRequest request, Step step) {}

  /// Return what the frameworks of these tests want to have built; often nothing.
  public List<Job> jobs(List<Work> work) {
    Map<TestFramework, List<TestCase>> tests = new LinkedHashMap<>();
    Map<TestFramework, Map<String, String>> env = new HashMap<>();
    for (Work one : work) {
      tests.computeIfAbsent(one.framework(), _ -> new ArrayList<>()).add(one.test());
      env.put(one.framework(), one.env());
    }
    List<Job> jobs = new ArrayList<>();
    tests.forEach((framework, its) -> {
      Map<String, String> variables = env.getOrDefault(framework, Map.of());
      String folder = folders.get(framework);
      if (folder == null) {
        throw new IllegalStateException("a framework that is not of this run");
      }
      BuildRequest request = new BuildRequest(its, folder, shared, variables);
      Optional<Step> step = framework.build(request);
      step.ifPresent(known -> jobs.add(new Job(framework, request, known)));
    });
    return jobs;
  }

  /// Carry out the jobs, one after the other.
  ///
  /// @param warnings takes what the user should know
  /// @throws DiscoveryFailed when a framework cannot go on without what it wanted to build
  public Map<TestFramework, BuiltHere> run(List<Job> jobs, Consumer<String> warnings)
      throws DiscoveryFailed, InterruptedException {
    Map<TestFramework, BuiltHere> built = new HashMap<>();
    for (Job job : jobs) {
      switch (job.framework().readBuild(job.request(), output(job))) {
        case BuildResult.Built(List<String> files, List<String> said) -> {
          said.forEach(warnings);
          Path folder = Path.of(job.request().folder());
          built.put(job.framework(), new BuiltHere(folder, files, shared));
        }
        case BuildResult.Failed(String message, String details) ->
            throw new DiscoveryFailed(message, details, EXIT_CONFIGURATION);
      }
    }
    return built;
  }

  private CommandOutput output(Job job) throws DiscoveryFailed, InterruptedException {
    try {
      Step step = job.step();
      Step withEnv =
          new Step(step.files(), step.command().withEnv(job.request().env()), step.resultFiles());
      return local.run(withEnv, job.request().folder());
    } catch (SandboxException e) {
      throw new DiscoveryFailed(
          "the build could not run: " + e.getMessage(), "", EXIT_CONFIGURATION);
    }
  }
}
