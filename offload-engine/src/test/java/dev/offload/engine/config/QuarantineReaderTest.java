package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.TestId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuarantineReaderTest {
  private static final String CONFIG = ConfigFile.MINIMAL + "[quarantine]\nfile = \"q.toml\"\n";

  @TempDir private Path project;

  @BeforeEach
  void noEntries() throws Exception {
    write("");
  }

  private void write(String text) throws Exception {
    Files.writeString(project.resolve("q.toml"), text);
  }

  private QuarantineRules rules() throws Exception {
    return ConfigFile.in(project).load(CONFIG).config().quarantine();
  }

  @Test
  void anEntrySaysWhichTestsWhyWhoAndHowLong() throws Exception {
    write(
        """
        [[quarantine]]
        test = "tests/test_net.py::*"
        reason = "the name server is flaky"
        owner = "net"
        expires = 2026-12-31

        [[quarantine]]
        test = "b"
        reason = "r"
        owner = "o"
        expires = "2026-01-05"
        """);

    QuarantineRules rules = rules();

    assertThat(
            rules
                .of(new TestId("tests/test_net.py::test_a[x]"))
                .orElseThrow()
                .quarantine()
                .inWords())
        .isEqualTo("the name server is flaky (net, until 2026-12-31)");
    assertThat(rules.of(new TestId("other"))).isEmpty();
    assertThat(rules.expired(LocalDate.of(2026, 1, 5))).isEmpty();
    assertThat(rules.expired(LocalDate.of(2026, 1, 6)))
        .extracting(QuarantineRules.Rule::expiredInWords)
        .containsExactly(
            "q.toml:7: the quarantine of 'b' expired on 2026-01-05 (owner: o; reason: r): mend the test and remove the entry, or give it a later date");
  }

  @Test
  void theMistakesOfTheFileAreReportedWithThoseOfTheConfiguration() throws Exception {
    write(
        """
        [[quarantine]]
        test = " "
        expires = "soon"
        reasons = "x"
        [[quarantine]]
        test = "a"
        reason = 3
        owner = "me"
        """);

    assertThat(ConfigFile.in(project).problems(CONFIG.replace("\"local\"", "\"locale\"")))
        .startsWith("offload.toml:")
        .endsWith(
            """
            q.toml:1:1: `reason` in [quarantine] is missing
            q.toml:1:1: `owner` in [quarantine] is missing
            q.toml:2:1: `test` in [quarantine] is empty
            q.toml:3:1: `expires` in [quarantine] must be a date, such as 2026-12-31
            q.toml:5:1: `expires` in [quarantine] is missing: a quarantine needs a last day, such as 2026-12-31
            q.toml:7:1: `reason` in [quarantine] must be a string, but is a whole number; put it in quotes
            q.toml:4:1: `reasons` in [quarantine] is not a key that Offload knows and is ignored; did you mean `reason`?
            """);
  }

  @Test
  void aMissingFileIsAMistake() throws Exception {
    Files.delete(project.resolve("q.toml"));

    assertThat(ConfigFile.in(project).errors(CONFIG))
        .contains("`file` in [quarantine] names no file: there is no ");
  }

  @Test
  void whatIsNoListOfTablesIsAMistake() throws Exception {
    write("quarantine = [\"a\"]\n");
    assertThat(ConfigFile.in(project).errors(CONFIG)).contains("must hold tables only");
    write("quarantine = 3\n");
    assertThat(ConfigFile.in(project).errors(CONFIG))
        .contains("a list of tables, such as [[quarantine]]");
  }

  @ParameterizedTest
  @CsvSource({
    "a*z,abcz,true",
    "a*z,abc,false",
    "a?c,abc,true",
    "a?c,ac,false",
    "t[x],t[x],true",
    "t[x],tx,false",
    "a\\*,a*,true",
    "a\\*,ab,false",
    "a.c,abc,false",
  })
  void aPatternFits(String pattern, String id, boolean fits) {
    assertThat(QuarantineReader.pattern(pattern).matcher(id).matches()).isEqualTo(fits);
  }
}
