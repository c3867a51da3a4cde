package dev.offload.cli;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// Send what libraries and the engine log to people as single lines, from warnings on, and never as
/// a stack trace. Found by `ServiceLoader` instead of the JDK's own logging.
public final class QuietLoggers extends System.LoggerFinder {
  /// Called by `ServiceLoader`.
  public QuietLoggers() {}

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Lines(name);
  }

  private record Lines(String name) implements System.Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return level != Level.OFF && level.compareTo(Level.WARNING) >= 0;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        System.err.println(
            "warning: " + message + (thrown == null ? "" : ": " + thrown.getMessage()));
      }
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
      log(
          level,
          bundle,
          values == null || values.length == 0 ? format : MessageFormat.format(format, values),
          (Throwable) null);
    }
  }
}
