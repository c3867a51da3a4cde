package dev.offload.engine.config;

import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestId;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Hold which tests are quarantined, in the order of the file: the first rule that fits counts.
public record QuarantineRules(List<Rule> rules) {
  /// No test is quarantined.
  public static final QuarantineRules NONE = new QuarantineRules(List.of());

  /// Copy.
  public QuarantineRules {
    rules = List.copyOf(rules);
  }

  /// Quarantine the tests whose id has a form.
  ///
  /// @param test the form as written: `*` stands for any text, `?` for any character, `\` takes the
  ///   next character literally
  /// @param pattern the same as a pattern
  /// @param quarantine why, and for how long
  /// @param place where it is written: `quarantine.toml:3:1`
  public record Rule(String test, Pattern pattern, Quarantine quarantine, String place) {
    /// Return whether a test is meant.
    public boolean fits(TestId id) {
      return pattern.matcher(id.value()).matches();
    }

    /// Return what is wrong with a rule that holds no longer.
    public String expiredInWords() {
      return "%s: the quarantine of '%s' expired on %s (owner: %s; reason: %s): mend the test and remove the entry, or give it a later date"
          .formatted(place, test, quarantine.expires(), quarantine.owner(), quarantine.reason());
    }
  }

  /// Return the rule that a test falls under.
  public Optional<Rule> of(TestId test) {
    return rules.stream().filter(rule -> rule.fits(test)).findFirst();
  }

  /// Return the rules that hold no longer.
  ///
  /// @param today the date; a rule holds up to the end of its last day
  public List<Rule> expired(LocalDate today) {
    return rules.stream().filter(rule -> rule.quarantine().expires().isBefore(today)).toList();
  }
}
