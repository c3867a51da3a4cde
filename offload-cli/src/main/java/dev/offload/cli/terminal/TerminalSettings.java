package dev.offload.cli.terminal;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/// Say what can be shown.
///
/// @param live whether an area of the screen may be drawn again and again; else lines are written
/// @param colour whether colours may be used
/// @param unicode whether characters beyond ASCII can be shown
/// @param verbose whether every test and batch gets a line
/// @param width the number of columns, asked for at every drawing
/// @param height the number of rows, asked for at every drawing
/// @param resized to be called when the window has another size
public record TerminalSettings(
    boolean live,
    boolean colour,
    boolean unicode,
    boolean verbose,
    IntSupplier width,
    IntSupplier height,
    Runnable resized) {

  private static final List<String> CI_WITH_COLOUR =
      List.of(
          "APPVEYOR",
          "BUILDKITE",
          "CIRCLECI",
          "DRONE",
          "GITEA_ACTIONS",
          "GITHUB_ACTIONS",
          "GITLAB_CI",
          "TRAVIS",
          "TEAMCITY_VERSION");

  /// Find out what standard error of this process can show.
  ///
  /// @param env the environment
  /// @param ci whether the user asked for plain lines
  /// @param charset how standard error encodes
  public static TerminalSettings ofProcess(
      Map<String, String> env, boolean ci, boolean verbose, Charset charset) {
    boolean terminal = WindowSize.isTerminal();
    WindowSize window = new WindowSize(env);
    TerminalSettings found = of(env, terminal, ci, charset);
    return new TerminalSettings(
        found.live,
        found.colour,
        found.unicode,
        verbose,
        window::columns,
        window::rows,
        window::changed);
  }

  /// Apply the conventions: `NO_COLOR` over `CLICOLOR_FORCE` and `FORCE_COLOR` over `TERM=dumb` and
  /// `CLICOLOR` over the kind of output; colours also where a CI system shows them; plain lines
  /// with `CI=true`.
  static TerminalSettings of(
      Map<String, String> env, boolean terminal, boolean ci, Charset charset) {
    boolean dumb = "dumb".equals(env.get("TERM"));
    boolean plain = ci || "true".equalsIgnoreCase(env.get("CI")) || "1".equals(env.get("CI"));
    boolean unicode = charset.canEncode() && charset.newEncoder().canEncode("━╸─…é日");
    return new TerminalSettings(
        terminal && !dumb && !plain,
        colour(env, terminal, dumb),
        unicode,
        false,
        () -> WindowSize.USUAL_COLUMNS,
        () -> WindowSize.USUAL_ROWS,
        () -> {});
  }

  /// Return where sentences are broken between words: in a log nowhere.
  int sentenceWidth() {
    return live ? Math.max(20, width.getAsInt()) : Integer.MAX_VALUE;
  }

  private static boolean colour(Map<String, String> env, boolean terminal, boolean dumb) {
    if (!env.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    for (String force : List.of("CLICOLOR_FORCE", "FORCE_COLOR")) {
      String value = env.getOrDefault(force, "");
      if (!value.isEmpty() && (force.equals("FORCE_COLOR") || !value.equals("0"))) {
        return !value.equals("0") && !value.equals("false");
      }
    }
    if (dumb || "0".equals(env.get("CLICOLOR"))) {
      return false;
    }
    return terminal || CI_WITH_COLOUR.stream().anyMatch(env::containsKey);
  }
}
