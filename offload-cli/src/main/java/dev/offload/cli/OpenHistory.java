package dev.offload.cli;

import dev.offload.api.settings.CacheFolder;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.history.History;
import dev.offload.engine.history.HistoryFile;
import dev.offload.engine.history.HistoryPlace;
import java.io.IOException;

/// The history of the project, for commands that show it.
///
/// @param config the configuration
/// @param place where the history is
/// @param history what it says
record OpenHistory(OffloadConfig config, HistoryPlace place, History history) {
  /// Read it, telling people of lines that make no sense.
  static OpenHistory read(GlobalOptions options, Console console) throws CommandFailure {
    OffloadConfig config = Configuration.load(options, console);
    HistoryPlace place = place(config);
    return new OpenHistory(config, place, read(place.file(), console));
  }

  static HistoryPlace place(OffloadConfig config) {
    return new HistoryPlace(config, CacheFolder.locate());
  }

  static History read(HistoryFile file, Console console) throws CommandFailure {
    try {
      HistoryFile.Loaded loaded = file.read();
      loaded.problems().forEach(problem -> console.say("warning: " + problem));
      return loaded.history();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "offload: " + file.path() + " cannot be read: " + ReadFailure.inWords(e));
    }
  }

  /// Say that nothing is remembered.
  void sayEmpty(Console console) {
    console.say(
        "nothing is remembered of tests of "
            + place.configName()
            + " in "
            + place.file().path()
            + "; `offload run` begins it"
            + (config.history().isPresent() ? " with --record-history" : ""));
  }
}
