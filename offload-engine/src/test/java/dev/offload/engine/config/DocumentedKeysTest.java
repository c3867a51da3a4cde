package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.config.OffloadConfig.HistorySettings;
import dev.offload.engine.config.OffloadConfig.ProviderChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/// The reference and the loader cannot drift apart.
class DocumentedKeysTest {
  private static final Path DOCUMENT = Path.of("../docs/reference/configuration.md");
  private static final Pattern TABLE = Pattern.compile("`\\[([A-Za-z.]+)]`");
  private static final Pattern KEY = Pattern.compile("\\| `([a-z_]+)` \\|.*");
  private static final Pattern TOML_BLOCK =
      Pattern.compile("^```toml\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /// A table for each that is documented, under the name it has in the document.
  private static final String SKELETON =
      """
      [offload]
      sandbox_project_root = "/app"
      [provider]
      type = "silent"
      [provider.retry]
      [framework]
      type = "silent"
      [frameworks.NAME]
      type = "silent"
      [groups.NAME]
      [groups.other]
      framework = "NAME"
      [report]
      [history]
      [quarantine]
      [checkpoint]
      build_inputs = ["Dockerfile"]
      """;

  private static final Map<String, String> PLACES =
      Map.of("groups.NAME", "groups.all", "frameworks.NAME", "framework");

  @TempDir private Path project;

  @BeforeEach
  void thereIsAQuarantine() throws IOException {
    Files.writeString(project.resolve("quarantine.toml"), "");
  }

  @Test
  void everyKeyIsDocumentedAndEveryDocumentedKeyIsKnown() throws Exception {
    assertThat(documented()).isEqualTo(known());
  }

  @Test
  void theExampleWithEveryKeyNamesEveryKey() throws Exception {
    TomlTable example = Toml.parse(lastExample());
    documented()
        .forEach((table, keys) ->
            assertThat(example.getTableOrEmpty(PLACES.getOrDefault(table, table)).keySet())
                .as(table)
                .containsAll(keys));
  }

  @Test
  void theExampleWithEveryKeyIsAsGoodAsAnEmptyOne() throws Exception {
    LoadedConfig example = ConfigFile.in(project).load(lastExample());
    assertThat(example.warnings()).isEmpty();
    OffloadConfig explicit = example.config();
    OffloadConfig defaults = ConfigFile.in(project).load(ConfigFile.MINIMAL).config();

    assertThat(explicit.run()).isEqualTo(defaults.run());
    assertThat(explicit.groups()).isEqualTo(defaults.groups());
    assertThat(explicit.report()).isEqualTo(defaults.report());
    assertThat(explicit.provider())
        .extracting(ProviderChoice::env, ProviderChoice::retry, ProviderChoice::silence)
        .containsExactly(
            defaults.provider().env(), defaults.provider().retry(), defaults.provider().silence());
    OffloadConfig history =
        ConfigFile.in(project).load(ConfigFile.MINIMAL + "[history]\n").config();
    assertThat(explicit.history())
        .isEqualTo(history.history())
        .contains(
            new HistorySettings(
                false, project.resolve("offload-history.jsonl"), 20, Duration.ofSeconds(1)));
  }

  @Test
  void theSmallestExampleLoads() throws Exception {
    LoadedConfig loaded = ConfigFile.in(project).load(examples().getFirst());
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().groups()).extracting(GroupSettings::name).containsExactly("all");
  }

  private Map<String, Set<String>> known() throws ConfigException {
    ProblemList problems = new ProblemList("skeleton");
    TomlSettings root = TomlSettings.root(Toml.parse(SKELETON), problems);
    new ConfigReader(
            Path.of("skeleton"),
            project,
            ConfigOverrides.NONE,
            new EnvReader(Map.of()),
            List.of(Factories.framework("silent", _ -> {})),
            List.of(
                Factories.provider("silent", (_, _) -> {}),
                Factories.provider("local", (_, _) -> {})))
        .read(root, problems);
    Map<String, Set<String>> known = new TreeMap<>();
    collect("", root, known);
    return known;
  }

  private static void collect(String path, TomlSettings table, Map<String, Set<String>> known) {
    if (!path.isEmpty() && !table.knowsEveryKey() && !path.equals("groups.other")) {
      known.put(path, new TreeSet<>(table.asked()));
    }
    for (TomlSettings child : table.children()) {
      String name = child.name();
      collect(name.substring(1, name.length() - 1), child, known);
    }
  }

  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    Set<String> tables = new TreeSet<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("#")) {
        tables.clear();
        tables.addAll(line.startsWith("## ") ? tablesIn(line) : Set.of());
        tables.forEach(table -> documented.put(table, new TreeSet<>()));
      }
      Matcher key = KEY.matcher(line);
      if (key.matches()) {
        documented.forEach((table, keys) -> {
          if (tables.contains(table)) {
            keys.add(key.group(1));
          }
        });
      }
    }
    return documented;
  }

  private static Set<String> tablesIn(String heading) {
    Set<String> tables = new TreeSet<>();
    TABLE.matcher(heading).results().forEach(match -> tables.add(match.group(1)));
    return tables;
  }

  private static List<String> examples() throws IOException {
    return TOML_BLOCK
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static String lastExample() throws IOException {
    return examples().getLast();
  }
}
