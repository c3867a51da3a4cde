package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.event.EventJournal;
import dev.offload.testkit.SyntheticRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Make reports of journals that are not as they should be.
final class ReportIT {
  @TempDir Path folder;

  private Path journal;

  @BeforeEach
  void theJournalOfASmallRun() throws Exception {
    journal = folder.resolve(EventJournal.FILE_NAME);
    try (EventJournal written = EventJournal.create(journal)) {
      SyntheticRun.play(40, 3, written::accept);
    }
  }

  private OffloadCommand.Result report(String... formats) {
    List<String> arguments = new ArrayList<>(List.of("report", "--from", folder.toString()));
    for (String format : formats) {
      arguments.addAll(List.of("--format", format));
    }
    return OffloadCommand.in(folder).run(arguments.toArray(String[]::new));
  }

  @Test
  void everyFormatIsMadeOfAJournalThatIsCutInTheMiddleOfALine() throws Exception {
    byte[] whole = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(whole, whole.length * 2 / 3));
    OffloadCommand.Result made = report("html", "junit", "summary", "trace", "ctrf", "github");
    assertThat(made.exitCode()).as(made.stderr()).isZero();
    assertThat(made.stderr())
        .contains("the line is cut off", "the journal ends before its run did")
        .doesNotContain("Exception");
    assertThat(folder.resolve("summary.json")).content().contains("\"exit_code\":null");
    assertThat(folder.resolve("report.html")).content().contains("\"finished\":false");
    assertThat(folder.resolve("junit.xml")).content().contains("the run was cut off");
    assertThat(folder.resolve("trace.json")).content().endsWith("]");
    assertThat(folder.resolve("ctrf-report.json")).isNotEmptyFile();
  }

  @Test
  void foreignAndHugeLinesAreNamedAndPassedOver() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(journal));
    lines.add(5, "\u001b]0;owned\u0007 not JSON");
    lines.add(6, "x".repeat(80_000_000));
    Files.write(journal, lines);
    OffloadCommand.Result made = report("summary");
    assertThat(made.exitCode()).as(made.stderr()).isZero();
    assertThat(made.stderr())
        .contains("line 6", "line 7: the line is longer than 67108864")
        .doesNotContain("\u001b", "\u0007");
    assertThat(made.stderr().length()).isLessThan(5_000);
    assertThat(folder.resolve("summary.json")).content().contains("\"total\":40,");
  }

  @Test
  void aJournalOfANewerSchemaIsRefusedInOneSentence() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(journal));
    lines.set(0, "{\"schema\":99,\"journal\":\"offload\"}");
    Files.write(journal, lines);
    OffloadCommand.Result made = report();
    assertThat(made.exitCode()).isEqualTo(1);
    assertThat(made.errLines()).singleElement().asString().contains("newer Offload (schema 99");
    assertThat(folder.resolve("report.html")).doesNotExist();
  }

  @Test
  void aReportThatCannotBeWrittenIsNamedAndTheOthersAreMade() throws Exception {
    Files.createDirectories(folder.resolve("report.html/in the way"));
    OffloadCommand.Result made = report("html", "summary");
    assertThat(made.exitCode()).isEqualTo(74);
    assertThat(made.stderr()).contains("error: html could not be written").doesNotContain("\tat ");
    assertThat(folder.resolve("summary.json")).exists();
  }
}
