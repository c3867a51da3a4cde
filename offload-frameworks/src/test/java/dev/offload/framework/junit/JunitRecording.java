package dev.offload.framework.junit;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Write down the frames of the longest list and the largest batch that pass through an adapter.
final class JunitRecording implements TestFramework {
  private static final int LONGEST = 20_000;

  private final TestFramework framework;
  private final Path folder;
  private final String name;
  private int longest;
  private int largest;

  JunitRecording(TestFramework framework, Path folder, String name) {
    this.framework = framework;
    this.folder = folder;
    this.name = name;
  }

  private void keep(String step, List<String> frames) {
    try {
      Files.write(folder.resolve(name + "-" + step + ".frames"), frames);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    return framework.discovery(request);
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    if (output.frames().size() > longest) {
      longest = output.frames().size();
      keep(
          "list",
          output.frames().stream()
              .map(frame -> frame.startsWith("root ") ? "root /project" : frame)
              .toList());
    }
    return framework.readDiscovery(request, output);
  }

  @Override
  public Optional<Step> build(BuildRequest request) {
    return framework.build(request);
  }

  @Override
  public BuildResult readBuild(BuildRequest request, CommandOutput output) {
    return framework.readBuild(request, output);
  }

  @Override
  public Step execution(ExecutionRequest request) {
    return framework.execution(request);
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    SignalDecoder decoder = framework.decoder(request);
    List<String> frames = new ArrayList<>();
    return new SignalDecoder() {
      @Override
      public List<TestSignal> frame(String payload) {
        if (payload.length() < LONGEST) {
          frames.add(payload);
        }
        return decoder.frame(payload);
      }

      @Override
      public List<TestSignal> end(CommandEnd end) {
        if (frames.size() > largest) {
          largest = frames.size();
          keep("run", frames);
        }
        return decoder.end(end);
      }
    };
  }
}
