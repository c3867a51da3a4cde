package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigBadFileTest {
  private static final int FIVE_MEGABYTES = 5_000_000;

  @TempDir private Path project;

  @Test
  void aMissingFileSaysWhatToDo() {
    assertThat(errorsOfFile("nowhere.toml"))
        .isEqualTo(
            "nowhere.toml: there is no such file; name one with --config, or make one with"
                + " `offload init`\n");
  }

  @Test
  void aDirectoryIsNotAConfiguration() throws Exception {
    Files.createDirectory(project.resolve("conf"));
    assertThat(errorsOfFile("conf"))
        .isEqualTo("conf: is a directory; name the configuration file itself\n");
  }

  @Test
  void aFileBelowAFileIsOneMessage() throws Exception {
    Files.writeString(project.resolve("plain"), "");
    assertThat(errorsOfFile("plain/offload.toml"))
        .isEqualTo("plain/offload.toml: cannot be read: Not a directory\n");
  }

  @Test
  void aLinkToItselfIsOneMessage() throws Exception {
    Files.createSymbolicLink(project.resolve("loop"), Path.of("loop"));
    assertThat(errorsOfFile("loop")).startsWith("loop: cannot be read: ").hasLineCount(1);
  }

  @Test
  void aDeviceWithoutEndIsRefused() {
    assertThat(errorsOfFile("/dev/zero")).startsWith("/dev/zero: is larger than 512 KiB");
  }

  @Test
  void aFileThatIsNotUtf8SaysWhere() {
    byte[] latin1 = "[offload]\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(errors(latin1))
        .isEqualTo("offload.toml:2:6: not UTF-8; save the file in the encoding UTF-8\n");
    assertThat(errors("[offload]\n".getBytes(StandardCharsets.UTF_16)))
        .isEqualTo("offload.toml:1:1: not UTF-8; save the file in the encoding UTF-8\n");
    assertThat(errors(new byte[] {'#', (byte) 0xE2, (byte) 0x82}))
        .isEqualTo("offload.toml:1:2: not UTF-8; save the file in the encoding UTF-8\n");
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsAreFine() throws Exception {
    String text = "\uFEFF" + ConfigFile.MINIMAL.replace("\n", "\r\n");
    assertThat(ConfigFile.in(project).load(text).warnings()).isEmpty();
  }

  @Test
  void fiveMegabytesAreRefused() {
    assertThat(errors(("# " + "x".repeat(FIVE_MEGABYTES)).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            "offload.toml: is larger than 512 KiB, the most a configuration may have; is it the"
                + " right file?\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "=", "[", "a.", "x=[", "{}\n", "\u0000\n", "é=1\n", "\"", "a=1\n"})
  void theWorstThatStillFitsEndsSoon(String piece) {
    byte[] text =
        piece
            .repeat(ConfigSource.MAX_BYTES / piece.getBytes(StandardCharsets.UTF_8).length)
            .getBytes(StandardCharsets.UTF_8);
    String errors = Assertions.assertTimeoutPreemptively(Duration.ofMinutes(1), () -> errors(text));
    assertThat(errors.lines()).hasSizeBetween(1, 51);
    assertThat(errors).doesNotContain("Exception", "\tat ");
  }

  @Test
  void manyGroupsAreFine() throws Exception {
    StringBuilder text = new StringBuilder(ConfigFile.MINIMAL);
    for (int i = 0; i < 8_000; i++) {
      text.append("[groups.group-%d]\nretry_count = 3\nfilters = 'x'\n".formatted(i));
    }
    assertThat(ConfigFile.in(project).load(text.toString()).config().groups()).hasSize(8_001);
  }

  private String errors(byte[] text) {
    return ConfigFile.lines(
        catchThrowableOfType(ConfigException.class, () -> ConfigFile.in(project).load(text))
            .errors());
  }

  private String errorsOfFile(String file) {
    return ConfigFile.lines(
        catchThrowableOfType(ConfigException.class, () -> ConfigFile.in(project).loadFile(file))
            .errors());
  }
}
