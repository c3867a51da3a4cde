package dev.offload.report.github;

import dev.offload.report.text.PlainText;
import java.util.function.Consumer;

/// Write workflow commands into the log of a step. Outside of its commands the log understands
/// none: what tests print could otherwise give orders to the runner.
final class WorkflowLog {
  private final Consumer<String> lines;
  private final String token;

  /// Make one.
  ///
  /// @param token a text that nobody can guess
  WorkflowLog(Consumer<String> lines, String token) {
    this.lines = lines;
    this.token = token;
  }

  /// Let the runner understand no command until [#resume].
  void stop() {
    lines.accept("::stop-commands::" + token);
  }

  /// Let the runner understand commands.
  void resume() {
    lines.accept("::" + token + "::");
  }

  /// Annotate a place in a file, or the whole step.
  void annotate(Annotation annotation) {
    StringBuilder command = new StringBuilder("::").append(annotation.level());
    String separator = " ";
    if (!annotation.file().isEmpty()) {
      command.append(separator).append("file=").append(property(annotation.file()));
      separator = ",";
      if (annotation.line() > 0) {
        command.append(",line=").append(annotation.line());
      }
    }
    command.append(separator).append("title=").append(property(annotation.title()));
    lines.accept(command.append("::").append(data(annotation.message())).toString());
  }

  /// Show a text that is folded at first.
  void group(String title, String text) {
    lines.accept("::group::" + data(title));
    stop();
    PlainText.body(text).lines().forEach(lines);
    resume();
    lines.accept("::endgroup::");
  }

  private static String data(String text) {
    return PlainText.body(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(PlainText.name(text)).replace(":", "%3A").replace(",", "%2C");
  }
}
