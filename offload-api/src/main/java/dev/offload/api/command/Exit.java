package dev.offload.api.command;

/// Say how a process ended.
public sealed interface Exit {
  /// The process ended by itself.
  ///
  /// @param code its exit code, 0 to 255
  record Exited(int code) implements Exit {}

  /// The process was ended by a signal.
  ///
  /// @param signal the number of the signal
  record Signalled(int signal) implements Exit {}

  /// Read an exit status as a shell reports it: above 128 it is a signal.
  static Exit ofShellStatus(int status) {
    return status > 128 && status < 193 ? new Signalled(status - 128) : new Exited(status);
  }

  /// Return whether the process ended by itself with code 0.
  default boolean isSuccess() {
    return this instanceof Exited(int code) && code == 0;
  }

  /// Return whether a shell ended so because there was no program of the name that it was to start.
  default boolean isProgramMissing() {
    return this instanceof Exited(int code) && code == 127;
  }

  /// Return words for people: `exit code 3`, `signal 9 (SIGKILL)`.
  default String inWords() {
    return switch (this) {
      case Exited(int code) -> "exit code " + code;
      case Signalled(int signal) -> {
        String name = signalName(signal);
        yield name.isEmpty() ? "signal " + signal : "signal " + signal + " (" + name + ")";
      }
    };
  }

  private static String signalName(int signal) {
    return switch (signal) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 6 -> "SIGABRT";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 14 -> "SIGALRM";
      case 15 -> "SIGTERM";
      default -> "";
    };
  }
}
