package dev.offload.cli.terminal;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import java.io.PrintWriter;
import java.util.List;

/// Say nothing while events come, and at the end what [TerminalReporter] says at the end of a run.
public final class FinalReporter implements Reporter {
  private final RunView view = new RunView();
  private final Screen screen;
  private final FinalPart finalPart;

  /// Make one.
  ///
  /// @param err where people read
  /// @param context where the files of the run are
  public FinalReporter(PrintWriter err, TerminalSettings settings, ReportContext context) {
    screen = new Screen(err, settings);
    finalPart =
        new FinalPart(
            view,
            new Palette(settings.colour(), settings.unicode()),
            context,
            settings::sentenceWidth);
  }

  @Override
  public void accept(EventRecord entry) {
    view.accept(entry);
  }

  @Override
  public void close() {
    screen.write(finalPart.render(), List.of());
  }
}
