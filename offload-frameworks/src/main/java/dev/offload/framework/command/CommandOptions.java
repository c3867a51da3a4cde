package dev.offload.framework.command;

/// Hold what the configuration says about the commands.
///
/// @param discover the shell line that lists tests
/// @param run the shell line that runs tests
/// @param idFormat how a test id is made of the `name` and the `classname` of a report
/// @param resultFile where the run command itself writes its report, a pattern of the shell; empty
///   for the place that the placeholder names
/// @param workingDirectory where both run; empty for the project root
/// @param tap whether the standard output of the run command is TAP
record CommandOptions(
    String discover,
    String run,
    String idFormat,
    String resultFile,
    String workingDirectory,
    boolean tap) {
  static final String FILTERS = "{filters}";
  static final String TESTS = "{tests}";
  static final String RESULT_FILE = "{result_file}";

  /// Return whether the run command is meant to leave a report.
  boolean promisesReport() {
    return !resultFile.isEmpty() || run.contains(RESULT_FILE);
  }

  String idOf(String classname, String name) {
    // The name goes in last: it may itself look like a placeholder.
    int at = idFormat.indexOf("{name}");
    String before = idFormat.substring(0, at).replace("{classname}", classname);
    String after = idFormat.substring(at + "{name}".length()).replace("{classname}", classname);
    return before + name + after;
  }
}
