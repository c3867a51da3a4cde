package dev.offload.provider.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecStartCmd;
import com.github.dockerjava.api.model.Frame;

/// Own the threads in which the client hands the input of commands to the engine.
///
/// When a container ends in the middle of that, such a thread ends with an exception that nobody
/// can catch, as it is the client's own. It tells nothing: the end of the command's output, and the
/// stream of events, tell what happened.
final class InputThreads extends ThreadGroup {
  private static final InputThreads GROUP = new InputThreads();

  private InputThreads() {
    super("docker-input");
  }

  /// Begin a command that has an input. The client's threads belong to the group of the one that
  /// calls it.
  static void start(ExecStartCmd command, ResultCallback<Frame> output)
      throws InterruptedException {
    Thread starting = new Thread(GROUP, () -> command.exec(output), "docker-input");
    starting.setDaemon(true);
    starting.start();
    starting.join();
  }

  @Override
  public void uncaughtException(Thread thread, Throwable problem) {
    System.getLogger(InputThreads.class.getName())
        .log(System.Logger.Level.DEBUG, "the input of a command was cut off", problem);
  }
}
