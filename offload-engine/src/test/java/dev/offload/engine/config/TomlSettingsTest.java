package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.settings.Settings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tomlj.Toml;

class TomlSettingsTest {
  private final ProblemList problems = new ProblemList("f");

  @Test
  void valuesAreReadAsWhatTheyAre() {
    Settings table =
        settings(
            """
            text = "a"
            whole = 7
            fraction = 2.5
            truth = true
            list = ["x", "y"]
            [texts]
            b = "1"
            a = "2"
            """);
    assertThat(table.string("text")).contains("a");
    assertThat(table.string("absent", "z")).isEqualTo("z");
    assertThat(table.integer("whole", 1, 0)).isEqualTo(7);
    assertThat(table.number("whole", 0)).contains(7.0);
    assertThat(table.number("absent", 0)).isEmpty();
    assertThat(table.seconds("fraction", Duration.ZERO)).isEqualTo(Duration.ofMillis(2500));
    assertThat(table.seconds("whole", Duration.ZERO)).isEqualTo(Duration.ofSeconds(7));
    assertThat(table.bool("truth", false)).isTrue();
    assertThat(table.strings("list")).containsExactly("x", "y");
    assertThat(table.stringTable("texts").keySet()).containsExactly("b", "a");
    assertThat(table.stringTable("absent")).isEmpty();
    assertThat(table.table("absent").has("x")).isFalse();
    assertThat(errors()).isEmpty();
  }

  @Test
  void secondsBeyondAllMeaningAreCutToManyYears() {
    Settings table = settings("long = 999999999999999\nshort = 1e-30\n");
    assertThat(table.seconds("long", Duration.ZERO)).isEqualTo(Duration.ofSeconds(1_000_000_000));
    assertThat(table.seconds("short", Duration.ZERO)).isEqualTo(Duration.ofNanos(1));
    assertThat(errors()).isEmpty();
  }

  @Test
  void anyValueCanBeHadAsJson() {
    Settings table =
        settings(
            """
            mixed = { s = "q\\"", n = 1, f = 0.5, t = true, l = [1, { a = [] }], d = 2026-01-01 }
            word = "x"
            """);
    assertThat(table.json("mixed"))
        .contains(
            "{\"s\":\"q\\\"\",\"n\":1,\"f\":0.5,\"t\":true,\"l\":[1,{\"a\":[]}],\"d\":\"2026-01-01\"}");
    assertThat(table.json("word")).contains("\"x\"");
    assertThat(table.json("absent")).isEmpty();
  }

  @Test
  void problemsOfPlugInsAreSentencesOrTheRestOfOne() {
    Settings table = settings("[t]\nkey = 1\n").table("t");
    table.problem("key", "The quoting is wrong.");
    table.problem("key", "must be something else");
    table.problem("other", "is missing");
    table.problem("", "makes no sense");
    table.warning("key", "Is this meant?");
    assertThat(errors())
        .containsExactly(
            "f:1:1: `other` in [t] is missing",
            "f:1:1: [t] makes no sense",
            "f:2:1: `key` in [t]: The quoting is wrong.",
            "f:2:1: `key` in [t] must be something else");
    assertThat(problems.warnings())
        .extracting(ConfigProblem::toString)
        .containsExactly("f:2:1: `key` in [t]: Is this meant?");
  }

  @Test
  void aProblemThatIsFoundTwiceIsReportedOnce() {
    Settings table = settings("key = 1\n");
    table.string("key");
    table.string("key", "");
    table.requiredString("key");
    table.requiredString("absent");
    table.requiredString("absent");
    assertThat(errors()).hasSize(2);
  }

  private TomlSettings settings(String text) {
    return TomlSettings.root(Toml.parse(text), problems);
  }

  private List<String> errors() {
    return problems.exception().errors().stream().map(ConfigProblem::toString).toList();
  }
}
