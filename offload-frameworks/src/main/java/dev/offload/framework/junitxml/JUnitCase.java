package dev.offload.framework.junitxml;

import dev.offload.api.test.AttemptReport;

/// Hold one `testcase` of a report.
///
/// @param classname its `classname`, or `class`; empty when it has none
/// @param name its `name`
/// @param file its `file`, or empty
/// @param report how it ended
public record JUnitCase(String classname, String name, String file, AttemptReport report) {
  /// Return words that name it for people.
  public String inWords() {
    return classname.isEmpty() ? name : classname + " :: " + name;
  }
}
