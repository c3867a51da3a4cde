package dev.offload.framework.command;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.junitxml.JUnitCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Find out which test of a batch each case of a report is.
///
/// First by the format of the ids, exactly. What is left over is compared with separators made
/// equal, and then as the end of one of the two names; there, only a case and a test that fit
/// nobody else are taken for each other.
final class ReportMatch {
  private static final int NOBODY = -1;
  private static final int SEVERAL = -2;

  private final List<String> ids;
  private final CommandOptions options;
  private final Map<Integer, List<JUnitCase>> matched = new TreeMap<>();
  private final List<JUnitCase> unmatched = new ArrayList<>();

  ReportMatch(List<String> ids, CommandOptions options) {
    this.ids = ids;
    this.options = options;
  }

  /// Return the reports by the index of their test.
  Map<Integer, AttemptReport> match(List<JUnitCase> cases) {
    Map<String, Integer> exact = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      exact.put(ids.get(i), i);
    }
    List<JUnitCase> rest = new ArrayList<>();
    for (JUnitCase found : cases) {
      Integer index = exact.get(options.idOf(found.classname(), found.name()).strip());
      if (index == null) {
        rest.add(found);
      } else {
        matched.computeIfAbsent(index, _ -> new ArrayList<>()).add(found);
      }
    }
    if (!rest.isEmpty()) {
      matchLoosely(rest);
    }
    Map<Integer, AttemptReport> reports = new TreeMap<>();
    matched.forEach((index, found) -> reports.put(index, merge(found)));
    return reports;
  }

  /// Return the cases that are no test of the batch, or perhaps several.
  List<JUnitCase> unmatched() {
    return unmatched;
  }

  private void matchLoosely(List<JUnitCase> rest) {
    Map<String, Integer> whole = new HashMap<>();
    Map<String, Integer> ends = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      if (!matched.containsKey(i)) {
        String id = alike(ids.get(i));
        claim(whole, id, i);
        for (String end : ends(id)) {
          claim(ends, end, i);
        }
      }
    }
    Map<Integer, Set<String>> claims = new HashMap<>();
    Map<JUnitCase, Integer> found = new LinkedHashMap<>();
    for (JUnitCase report : rest) {
      String name = fullName(report);
      int index = find(name, whole, ends);
      found.put(report, index);
      claims.computeIfAbsent(index, _ -> new HashSet<>()).add(name);
    }
    found.forEach((report, index) -> {
      if (index >= 0 && claims.getOrDefault(index, Set.of()).size() == 1) {
        matched.computeIfAbsent(index, _ -> new ArrayList<>()).add(report);
      } else {
        unmatched.add(report);
      }
    });
  }

  private static int find(String name, Map<String, Integer> whole, Map<String, Integer> ends) {
    int same = whole.getOrDefault(name, NOBODY);
    if (same != NOBODY) {
      return same;
    }
    int longer = ends.getOrDefault(name, NOBODY);
    for (String end : ends(name)) {
      int shorter = whole.getOrDefault(end, NOBODY);
      if (shorter != NOBODY) {
        return longer == NOBODY || longer == shorter ? shorter : SEVERAL;
      }
    }
    return longer;
  }

  private static void claim(Map<String, Integer> names, String name, int index) {
    names.merge(name, index, (one, other) -> one.equals(other) ? one : Integer.valueOf(SEVERAL));
  }

  private static String fullName(JUnitCase found) {
    return alike(
        found.classname().isEmpty() ? found.name() : found.classname() + "." + found.name());
  }

  private static String alike(String name) {
    return name.strip()
        .replace("::", ".")
        .replace(" > ", ".")
        .replace('/', '.')
        .replace('\\', '.')
        .replace('#', '.')
        .replace(".py.", ".");
  }

  /// Return the ends of a name that begin after a separator, without the whole.
  private static List<String> ends(String name) {
    List<String> ends = new ArrayList<>();
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (dot + 1 < name.length()) {
        ends.add(name.substring(dot + 1));
      }
    }
    return ends;
  }

  /// One test may have several cases: for its parameters, its sub-tests, its set-up. The worst of
  /// them is its outcome.
  private static AttemptReport merge(List<JUnitCase> cases) {
    AttemptReport merged = cases.getFirst().report();
    for (JUnitCase more : cases.subList(1, cases.size())) {
      merged = merge(merged, more.report());
    }
    return merged;
  }

  private static AttemptReport merge(AttemptReport one, AttemptReport other) {
    boolean isWorse = severity(other.outcome()) > severity(one.outcome());
    AttemptReport worse = isWorse ? other : one;
    boolean both = one.outcome().isFailure() && other.outcome().isFailure();
    return new AttemptReport(
        worse.outcome(),
        one.duration().plus(other.duration()),
        worse.message(),
        both ? join(one.details(), other.details()) : worse.details(),
        join(one.stdout(), other.stdout()),
        join(one.stderr(), other.stderr()));
  }

  private static int severity(Outcome outcome) {
    return switch (outcome) {
      case FAILED, ERRORED, TIMED_OUT, CRASHED -> 2;
      case PASSED -> 1;
      case SKIPPED, NOT_REPORTED, LOST -> 0;
    };
  }

  private static String join(String one, String other) {
    return one.isEmpty() ? other : other.isEmpty() || one.equals(other) ? one : one + "\n" + other;
  }
}
