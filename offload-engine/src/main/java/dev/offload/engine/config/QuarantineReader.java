package dev.offload.engine.config;

import dev.offload.api.test.Quarantine;
import dev.offload.engine.config.QuarantineRules.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Read `[quarantine]` and the file it names.
///
/// @param project the absolute project directory
/// @param problems takes what is wrong with that file
record QuarantineReader(Path project, ProblemList problems) {

  QuarantineRules read(TomlSettings root) {
    TomlSettings table = root.table("quarantine");
    Path file = ProjectPath.read(table, "file", "quarantine.toml", project);
    if (!root.has("quarantine")) {
      return QuarantineRules.NONE;
    }
    if (!Files.exists(file)) {
      table.problem("file", "names no file: there is no " + file);
      return QuarantineRules.NONE;
    }
    return rules(file, table.string("file", "quarantine.toml"));
  }

  private QuarantineRules rules(Path file, String name) {
    ProblemList own = new ProblemList(name);
    List<Rule> rules = new ArrayList<>();
    try {
      TomlSettings root = TomlSettings.root(ConfigSource.parse(file, own), own);
      for (TomlSettings entry : root.tables("quarantine")) {
        rule(entry, name).ifPresent(rules::add);
      }
      UnknownKeys.warn(root);
    } catch (ConfigException _) {
      // What is wrong with it is in `own`.
      rules.clear();
    }
    problems.include(own);
    return new QuarantineRules(rules);
  }

  private static Optional<Rule> rule(TomlSettings entry, String file) {
    String test = text(entry, "test");
    Quarantine quarantine =
        new Quarantine(text(entry, "reason"), text(entry, "owner"), expires(entry));
    String place = file + ":" + entry.line();
    return test.isEmpty()
        ? Optional.empty()
        : Optional.of(new Rule(test, pattern(test), quarantine, place));
  }

  private static String text(TomlSettings entry, String key) {
    if (!entry.has(key)) {
      return entry.requiredString(key);
    }
    Optional<String> text = entry.string(key).map(String::strip);
    if (text.filter(String::isEmpty).isPresent()) {
      entry.problem(key, "is empty");
    }
    return text.orElse("");
  }

  private static LocalDate expires(TomlSettings entry) {
    if (!entry.has("expires")) {
      entry.problem("expires", "is missing: a quarantine needs a last day, such as 2026-12-31");
      return LocalDate.MAX;
    }
    try {
      return entry.date("expires");
    } catch (DateTimeException _) {
      entry.problem("expires", "must be a date, such as 2026-12-31");
      return LocalDate.MAX;
    }
  }

  static Pattern pattern(String test) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < test.length(); i++) {
      char c = test.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '\\' -> {
          i = Math.min(i + 1, test.length() - 1);
          regex.append(Pattern.quote(test.substring(i, i + 1)));
        }
        default -> regex.append(Pattern.quote(Character.toString(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
