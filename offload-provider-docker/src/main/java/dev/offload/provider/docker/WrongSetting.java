package dev.offload.provider.docker;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Know the words with which engines say that a container can never be started as it was asked for.
/// They tell most of them with the codes of troubles that may pass.
final class WrongSetting {
  private static final Map<Pattern, String> WORDS =
      Map.of(
          // Of its own container an engine would tell the whole id.
          Pattern.compile(
                  "network \\S+ not found|cannot join network of"
                      + "|No such container: (?![0-9a-f]{64}$)"),
              "network",
          Pattern.compile("could not select device driver"), "gpus",
          Pattern.compile("unable to find (user|group) |no matching entries in passwd"), "user",
          Pattern.compile("memory limit too low"), "memory_gb",
          Pattern.compile("trying to mount a directory onto a file"), "mounts");

  private WrongSetting() {}

  /// Return the key that is behind a failure to start, if it is one of these.
  static Optional<String> behind(String words) {
    return WORDS.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(words).find())
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
