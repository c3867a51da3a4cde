package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class PytestFactoryTest {
  private final List<String> problems = new ArrayList<>();

  private String script(Map<String, Object> table) {
    TestFramework framework = new PytestFactory().create(new MapSettings(table, problems));
    DiscoveryRequest request = new DiscoveryRequest("g", "", "/folder", Map.of());
    return framework.discovery(request).command().argv().get(2);
  }

  @Test
  void isFoundByItsType() {
    assertThat(ServiceLoader.load(FrameworkFactory.class))
        .extracting(FrameworkFactory::type)
        .contains("pytest");
  }

  @Test
  void withoutACommandPythonOrPython3Runs() {
    assertThat(script(Map.of()))
        .contains("python=python3", "exec \"$python\" -m pytest -p offload_pytest_plugin\n");
  }

  @Test
  void theUsersCommandAndPathsAreTakenAsTheyAre() {
    assertThat(
            script(
                Map.of(
                    "command", "uv run --extra 'a b' pytest",
                    "paths", List.of("tests", "more tests"),
                    "discovery_args", "--no-header",
                    "test_id_format", "{name}")))
        .contains(
            "exec uv run --extra 'a b' pytest -p offload_pytest_plugin --no-header tests"
                + " 'more tests'\n")
        .doesNotContain("python3");
    assertThat(problems).isEmpty();
  }

  @Test
  void everyMistakeOfQuotingIsReported() {
    script(Map.of("command", "a 'b", "run_args", "\"c", "discovery_args", "d\\"));

    assertThat(problems)
        .containsExactly(
            "command: The quoting is wrong: a single quote is not closed.",
            "discovery_args: The quoting is wrong: a backslash ends the line.",
            "run_args: The quoting is wrong: a double quote is not closed.");
  }

  @Test
  void anEmptyCommandIsAMistake() {
    script(Map.of("command", " "));

    assertThat(problems)
        .containsExactly("command: The command is empty; leave it out for `python -m pytest`.");
  }

  private record MapSettings(Map<String, Object> table, List<String> problems) implements Settings {
    @Override
    public Optional<String> string(String key) {
      return Optional.ofNullable((String) table.get(key));
    }

    @Override
    public String string(String key, String fallback) {
      return string(key).orElse(fallback);
    }

    @Override
    public String requiredString(String key) {
      return string(key).orElseThrow();
    }

    @Override
    public int integer(String key, int fallback, int minimum) {
      return fallback;
    }

    @Override
    public Optional<Double> number(String key, double minimum) {
      return Optional.empty();
    }

    @Override
    public boolean bool(String key, boolean fallback) {
      return fallback;
    }

    @Override
    public Duration seconds(String key, Duration fallback) {
      return fallback;
    }

    @Override
    public List<String> strings(String key) {
      return table.get(key) instanceof List<?> list
          ? list.stream().map(String.class::cast).toList()
          : List.of();
    }

    @Override
    public Map<String, String> stringTable(String key) {
      return Map.of();
    }

    @Override
    public Settings table(String key) {
      return new MapSettings(Map.of(), problems);
    }

    @Override
    public Optional<String> json(String key) {
      return Optional.empty();
    }

    @Override
    public boolean has(String key) {
      return table.containsKey(key);
    }

    @Override
    public void problem(String key, String message) {
      problems.add(key + ": " + message);
    }

    @Override
    public void warning(String key, String message) {
      problems.add(key + ": " + message);
    }
  }
}
