package dev.offload.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.Command;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.CollectedOutput;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProviderTest {
  @TempDir private Path folder;

  @Test
  void bothProvidersAreFoundByTheirWord() {
    assertThat(ServiceLoader.load(ProviderFactory.class))
        .extracting(ProviderFactory::type)
        .contains("local", "default");
  }

  @Test
  void mistakesInTheSettingsAreAllReported() {
    MapSettings settings = MapSettings.of(Map.of("shell", "/no/shell", "working_dir", "missing"));
    new LocalProviderFactory().create(settings, context());
    assertThat(settings.unknownKeys()).isEmpty();
    assertThat(settings.problems())
        .containsExactlyInAnyOrder(
            "working_dir: The directory '" + folder + "/missing' does not exist.",
            "shell: the program '/no/shell' does not exist. Name a POSIX shell, for example"
                + " '/bin/sh'.");
  }

  @Test
  void theWorkingDirectoryOfTheRunWinsOverItsOwn()
      throws IOException, SandboxException, InterruptedException {
    Files.createDirectories(folder.resolve("own"));
    Path run = Files.createDirectories(folder.resolve("of-the-run"));
    ProviderContext context = new ProviderContext(folder, run, "/app", "", List.of(), 4);
    MapSettings settings = MapSettings.of(Map.of("working_dir", "own"));
    CollectedOutput output = new CollectedOutput();
    try (SandboxProvider provider = new LocalProviderFactory().create(settings, context);
        Sandbox sandbox = start(provider)) {
      sandbox.run(Command.shell("pwd"), output);
      assertThat(output.stdout()).isEqualTo(run + "\n");
    }
  }

  @Test
  void itsOwnWorkingDirectoryIsUsedAndItsShellStandsForSh()
      throws IOException, SandboxException, InterruptedException {
    Files.createDirectories(folder.resolve("own"));
    MapSettings settings = MapSettings.of(Map.of("shell", "bash", "working_dir", "own"));
    CollectedOutput output = new CollectedOutput();
    try (SandboxProvider provider = new LocalProviderFactory().create(settings, context());
        Sandbox sandbox = start(provider)) {
      sandbox.run(Command.shell("pwd; echo ${BASH_VERSION:+bash}; echo $TMPDIR"), output);
      assertThat(output.stdout())
          .isEqualTo(folder.resolve("own") + "\nbash\n" + sandbox.scratch() + "\n");
    }
  }

  @Test
  void reapTouchesNothingThatOffloadCannotHaveMade() throws IOException, SandboxException {
    Path precious = Files.createDirectories(folder.resolve("precious"));
    LocalProvider provider = new LocalProvider(new LocalPlace(folder, "sh"), folder);
    assertThat(provider.reap("local:0123456789abcdef:" + precious)).isFalse();
    assertThat(provider.reap("modal:sb-123")).isFalse();
    assertThat(precious).exists();
  }

  @Test
  void reapRunEndsWhatAnotherProcessOfTheRunLeftAndNothingOfItsOwn() throws Exception {
    LocalProvider provider = new LocalProvider(new LocalPlace(folder, "sh"), folder);
    try (Sandbox own = start(provider)) {
      Path folderOfOwn = Path.of(own.scratch());
      String mine = "-" + ProcessHandle.current().pid() + "-";
      String name = folderOfOwn.getFileName().toString();
      Path left = Files.createDirectory(folder.resolve(name.replace(mine, "-1-")));

      assertThat(provider.reapRun("another run")).isZero();
      assertThat(provider.reapRun("run")).isEqualTo(1);

      assertThat(left).doesNotExist();
      assertThat(folderOfOwn).exists();
    }
    provider.close();
  }

  private static Sandbox start(SandboxProvider provider)
      throws SandboxException, InterruptedException {
    return provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "run"));
  }

  private ProviderContext context() {
    return new ProviderContext(folder, folder, "/app", "", List.of(), 4);
  }
}
