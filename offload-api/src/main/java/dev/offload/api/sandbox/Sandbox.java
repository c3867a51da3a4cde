package dev.offload.api.sandbox;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import java.nio.file.Path;
import java.util.Optional;

/// Use one sandbox: a place with a POSIX `sh` where commands run apart from others.
///
/// All methods may be called from any thread, also at the same time. Blocking methods are cancelled
/// by interruption.
///
/// - A dead sandbox stays dead: every operation on it MUST end promptly with
///   [SandboxException.SandboxDead].
/// - An operation in progress when the sandbox dies SHOULD end promptly in the same way; the engine
///   does not rely on it.
/// - No operation retries by itself; retrying is the engine's.
public interface Sandbox extends AutoCloseable {
  /// Return its name within the run.
  SandboxId id();

  /// Return the provider's name for it, under which [SandboxProvider#reap] finds it again after a
  /// crash of Offload.
  String handle();

  /// Return the machine this sandbox is on, when there are several and the provider knows which:
  /// what was learned of the speed of one sandbox is then believed of the others on that machine.
  default Optional<String> host() {
    return Optional.empty();
  }

  /// Say where its programs are, in words that go on a sentence, such as `in the image 'python:3'`
  /// or `on build-1`: a user who reads that one of them is missing is told where. Empty when they
  /// are those of this machine, or when the provider cannot say.
  default String place() {
    return "";
  }

  /// Return an absolute folder inside the sandbox that exists, is writable and belongs to this
  /// sandbox alone.
  String scratch();

  /// Wait for the death of this sandbox. MUST return as soon as the provider knows, MUST return for
  /// every waiter, and MUST return with [Death.Cause#CLOSED] after [#close].
  ///
  /// @throws InterruptedException when the wait is interrupted; the sandbox is not touched
  Death awaitDeath() throws InterruptedException;

  /// Ask the provider now whether this sandbox lives. MUST answer within a few seconds.
  Liveness poll() throws InterruptedException;

  /// Run a command and hand its output to the sink while it runs; both streams are handed over
  /// whole before this returns.
  ///
  /// MUST NOT throw for a command that fails: that is an [Exit]. On interruption the local end of
  /// the command is released and the command itself SHOULD be ended; the engine's wrapper makes
  /// sure of it.
  ///
  /// @throws InterruptedException when the thread is interrupted
  Exit run(Command command, OutputSink output) throws SandboxException, InterruptedException;

  /// Copy a local file into the sandbox, making parent folders.
  void upload(Path local, String remote) throws SandboxException, InterruptedException;

  /// Copy a file out of the sandbox, making parent folders.
  ///
  /// @return whether the file was there
  boolean download(String remote, Path local) throws SandboxException, InterruptedException;

  /// End the sandbox and everything that runs in it. MUST be harmless when called again or on a
  /// dead sandbox, and MUST NOT block for more than a few seconds. What could not be ended is
  /// reported by the exception.
  @Override
  void close() throws SandboxException;
}
