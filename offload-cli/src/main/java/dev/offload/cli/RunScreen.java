package dev.offload.cli;

import dev.offload.api.report.Reporter;
import dev.offload.cli.terminal.TerminalReporter;
import dev.offload.cli.terminal.TerminalSettings;
import dev.offload.engine.config.OffloadConfig;
import java.time.InstantSource;

/// Share the terminal between the view of a run and everybody else who has something to say.
final class RunScreen implements AutoCloseable {
  private final Console console;
  private final TerminalReporter terminal;

  /// Begin to share.
  ///
  /// @param plain whether the user asked for plain lines
  RunScreen(OffloadConfig config, boolean verbose, boolean plain, Console console) {
    this.console = console;
    TerminalSettings settings =
        TerminalSettings.ofProcess(System.getenv(), plain, verbose, console.errCharset());
    terminal =
        new TerminalReporter(
                console.err(), settings, Reports.context(config.report()), InstantSource.system())
            .start();
    console.sayThrough(terminal::say);
  }

  /// Return what shows the run.
  Reporter reporter() {
    return terminal;
  }

  /// Take the view of the run away.
  void restore() {
    terminal.restore();
    console.sayDirectly();
  }

  /// Take the view away; what a finished run has shown stays.
  @Override
  public void close() {
    restore();
  }
}
