package dev.offload.cli;

import dev.offload.api.report.Reporter;
import dev.offload.cli.terminal.AgentReporter;
import dev.offload.cli.terminal.TerminalReporter;
import dev.offload.cli.terminal.TerminalSettings;
import dev.offload.engine.config.OffloadConfig;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

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
    List<Runnable> before = new ArrayList<>();
    before.add(SignalHandlers.handle("USR1", terminal::tellWhatRuns));
    if (settings.live()) {
      before.add(SignalHandlers.handle("WINCH", settings.resized()));
      before.add(SignalHandlers.handle("TSTP", () -> stop(terminal)));
      before.add(SignalHandlers.handle("CONT", terminal::resume));
    }
    // The last resort when the process ends in a way that nothing here notices.
    Runtime.getRuntime().addShutdownHook(new Thread(terminal::restore, "restore-terminal"));
    return new RunScreen(
        console,
        terminal,
        () -> {
          terminal.restore();
          before.forEach(Runnable::run);
        });
  }

  /// Stop this process, as Ctrl-Z does, with the terminal in order.
  private static void stop(TerminalReporter terminal) {
    terminal.suspend();
    try {
      String pid = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    } catch (IOException _) {
      terminal.resume();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
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
