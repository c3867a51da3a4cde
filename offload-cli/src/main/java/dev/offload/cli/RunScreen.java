package dev.offload.cli;

import dev.offload.api.report.Reporter;
import dev.offload.cli.terminal.AgentReporter;
import dev.offload.cli.terminal.TerminalReporter;
import dev.offload.cli.terminal.TerminalSettings;
import dev.offload.engine.config.OffloadConfig;
import java.time.InstantSource;

/// Share the terminal between the view of a run and everybody else who has something to say.
final class RunScreen implements AutoCloseable {
  private final Console console;
  private final Reporter reporter;
  private final Runnable restore;

  private RunScreen(Console console, Reporter reporter, Runnable restore) {
    this.console = console;
    this.reporter = reporter;
    this.restore = restore;
  }

  /// Begin to share the terminal.
  ///
  /// @param plain whether the user asked for plain lines
  static RunScreen forPeople(
      OffloadConfig config, boolean verbose, boolean plain, Console console) {
    TerminalSettings settings =
        TerminalSettings.ofProcess(System.getenv(), plain, verbose, console.errCharset());
    TerminalReporter terminal =
        new TerminalReporter(
                console.err(), settings, Reports.context(config.report()), InstantSource.system())
            .start();
    console.sayThrough(terminal::say);
    return new RunScreen(console, terminal, terminal::restore);
  }

  /// Leave the terminal alone, and tell programs on standard output how the run went.
  static RunScreen forAgents(Console console) {
    return new RunScreen(console, new AgentReporter(console.out()), () -> {});
  }

  /// Return what shows the run.
  Reporter reporter() {
    return reporter;
  }

  /// Take the view of the run away.
  void restore() {
    restore.run();
    console.sayDirectly();
  }

  /// Take the view away; what a finished run has shown stays.
  @Override
  public void close() {
    restore();
  }
}
