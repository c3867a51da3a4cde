package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(new Console(out, err, StandardCharsets.UTF_8, StandardCharsets.UTF_8), args);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void namesTheNearestCommand() {
    assertThat(run("colect")).isEqualTo(64);
    assertThat(err()).startsWith("offload: unknown command 'colect'; did you mean 'collect'?");
  }

  @Test
  void refusesFewerThanOneSandbox() {
    assertThat(run("run", "--parallel", "0")).isEqualTo(64);
    assertThat(err()).contains("--parallel must be at least 1", "Try 'offload run --help'.");
  }

  @Test
  void refusesAnImageForAProviderThatIsNotModal(@TempDir Path folder) throws IOException {
    assertThat(run("run", "-c", config(folder), "--override-image-id", "im-1")).isEqualTo(64);
    assertThat(err()).contains("--override-image-id is for the provider 'modal'", "'local'");
  }

  @Test
  void refusesToRecordHistoryWithoutItsTable(@TempDir Path folder) throws IOException {
    assertThat(run("run", "-c", config(folder), "--record-history")).isEqualTo(64);
    assertThat(err()).contains("--record-history needs a [history] table");
  }

  @Test
  void aFileThatIsNotThereIsToldInWords(@TempDir Path folder) throws IOException {
    String missing = folder.resolve("missing/file").toString();
    assertThat(run("simulate", "--durations", missing, "--sandboxes", "2")).isEqualTo(78);
    assertThat(err()).isEqualTo("offload: " + missing + " cannot be read: there is no such file\n");
    err.reset();
    assertThat(run("run", "-c", config(folder), "--events", missing)).isEqualTo(74);
    assertThat(err()).contains("--events " + missing + " cannot be written: ", "no such folder");
  }

  @Test
  void aReaderThatWentAwayIsNoError() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    int code =
        Main.run(
            new Console(closed, err, StandardCharsets.UTF_8, StandardCharsets.UTF_8), "--version");

    assertThat(code).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void aBugIsOneLineAndALog() throws IOException {
    Console console = new Console(out, err, StandardCharsets.UTF_8, StandardCharsets.UTF_8);

    int code = new Failures(console).handle(new IllegalStateException("the sky\nfell"));

    assertThat(code).isEqualTo(70);
    assertThat(err().lines())
        .singleElement()
        .asString()
        .startsWith("offload: internal error, a bug in Offload: IllegalStateException: the sky; ");
    Path log = Path.of(err().strip().replaceFirst(".* with ", ""));
    assertThat(log).content().contains("at dev.offload.cli.MainTest");
    Files.delete(log);
  }

  private static String config(Path folder) throws IOException {
    Path file = folder.resolve("offload.toml");
    Files.writeString(
        file, ConfigTemplate.text(ConfigTemplate.Provider.LOCAL, ConfigTemplate.Framework.PYTEST));
    return file.toString();
  }
}
