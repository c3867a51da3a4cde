package dev.offload.provider.shell;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.command.ShellWords;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.MarkedStream.Part;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/// Run shell text in one sandbox through the exec command, and operations on it through the others.
///
/// A death told by any of them is told to everybody at once; from then on nothing is started.
public final class InSandbox implements ShellRun {
  private static final Duration STRAGGLER_GRACE = Duration.ofSeconds(2);
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final LocalShell shell;
  private final CommandTemplate exec;
  private final Map<String, String> values;
  private final DeathLatch death;
  private final UnaryOperator<String> quoting;
  private final Running running = new Running();

  /// Make it.
  ///
  /// @param exec the command that runs what stands for `{command}` in the sandbox
  /// @param values what the other placeholders stand for
  /// @param death is told when a command says that the sandbox is dead
  public InSandbox(
      LocalShell shell, CommandTemplate exec, Map<String, String> values, DeathLatch death) {
    this(shell, exec, values, death, ShellWords::quote);
  }

  /// Make it for an exec command that hands its words to a second shell.
  ///
  /// @param quoting makes the word of the exec command out of a line for the shell in the sandbox
  public InSandbox(
      LocalShell shell,
      CommandTemplate exec,
      Map<String, String> values,
      DeathLatch death,
      UnaryOperator<String> quoting) {
    this.quoting = quoting;
    this.shell = shell;
    this.exec = exec;
    this.death = death;
    this.values = Map.copyOf(values);
  }

  /// Run a script in the sandbox and return how its command ended.
  ///
  /// @throws SandboxException.Transient when the exec command ended before the script did
  public Exit run(Script script, OutputSink output) throws SandboxException, InterruptedException {
    return run(script, output, FOREVER).orElseThrow();
  }

  @Override
  public Exit run(String shell, Stdin stdin, OutputSink output)
      throws SandboxException, InterruptedException {
    return run(Script.of(shell, stdin), output);
  }

  /// Run a script as [#run(Script, OutputSink)] does, at most for a time.
  ///
  /// @return empty when the time was up
  public Optional<Exit> run(Script script, OutputSink output, Duration longest)
      throws SandboxException, InterruptedException {
    death.check();
    ExecOutput streams = new ExecOutput(script.nonce(), output);
    LocalShell.Line line =
        new LocalShell.Line(
            exec.key(),
            exec.fill(with("command", quoting.apply(script.line()))),
            Map.of(),
            script.stdin());
    ChildProcess child = shell.start(line, streams);
    Thread straggling = Thread.ofVirtual().start(() -> endStraggler(streams, child));
    Optional<Exit> exit;
    try {
      exit = running.during(child, () -> child.await(longest));
    } finally {
      straggling.interrupt();
    }
    death.check();
    OptionalInt code = streams.end();
    if (code.isPresent()) {
      shell.worked(line.key());
      return Optional.of(Exit.ofShellStatus(code.getAsInt()));
    }
    if (exit.isEmpty()) {
      return Optional.empty();
    }
    throw broken(new Answer(line.key(), exit.get(), "", streams.words()));
  }

  /// Many transports last as long as any process in the sandbox holds the command's output open.
  /// The command itself is over when it says so.
  private static void endStraggler(ExecOutput streams, ChildProcess child) {
    try {
      streams.awaitEnd();
      Thread.sleep(STRAGGLER_GRACE);
      child.kill();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private SandboxException broken(Answer answer) {
    Optional<Death> told = answer.death();
    if (told.isPresent()) {
      return dead(told.get());
    }
    SandboxException failure = shell.failure(answer);
    return failure instanceof SandboxException.Transient
        ? new SandboxException.Transient("the command was cut off: " + answer.inWords(), failure)
        : failure;
  }

  /// Run one of the other commands on the sandbox, and return its answer when it is not a death.
  public Answer ask(CommandTemplate template, Map<String, String> more, Duration longest)
      throws SandboxException, InterruptedException {
    death.check();
    Map<String, String> all = new HashMap<>(values);
    all.putAll(more);
    Answer answer = shell.ask(LocalShell.Line.of(template, all), longest, _ -> {}, running);
    death.check();
    Optional<Death> told = answer.death();
    if (told.isPresent()) {
      throw dead(told.get());
    }
    return answer;
  }

  /// Return the failure an answer tells of, or remember that the command works.
  public void check(Answer answer) throws SandboxException {
    shell.check(answer);
  }

  private SandboxDead dead(Death what) {
    died(what);
    return new SandboxDead(death.now().orElse(what));
  }

  /// Tell everybody that the sandbox is dead, and end what is still trying to reach it.
  public void died(Death what) {
    death.tell(what);
    running.end();
  }

  private Map<String, String> with(String placeholder, String value) {
    Map<String, String> all = new HashMap<>(values);
    all.put(placeholder, value);
    return all;
  }

  /// Sort the two streams of the exec command into the command's own and the transport's.
  private static final class ExecOutput implements OutputSink {
    private final OutputSink output;
    private final Object stderrGate = new Object();
    private final CountDownLatch ends = new CountDownLatch(2);
    private final ProviderWords words = new ProviderWords();
    private final Lines own = new Lines(words::own);
    private final Lines foreign = new Lines(words::foreign);
    private final MarkedStream stdout;
    private final MarkedStream stderr;

    ExecOutput(String nonce, OutputSink output) {
      this.output = output;
      this.stdout = new MarkedStream(nonce, this::fromStdout, ends::countDown);
      this.stderr = new MarkedStream(nonce, this::fromStderr, ends::countDown);
    }

    @Override
    public void stdout(byte[] buffer, int offset, int length) {
      stdout.take(buffer, offset, length);
    }

    @Override
    public void stderr(byte[] buffer, int offset, int length) {
      stderr.take(buffer, offset, length);
    }

    private void fromStdout(Part part, byte[] buffer, int offset, int length) {
      if (part == Part.INSIDE) {
        output.stdout(buffer, offset, length);
      } else {
        said(buffer, offset, length);
      }
    }

    private void fromStderr(Part part, byte[] buffer, int offset, int length) {
      if (part == Part.BEFORE) {
        own.take(buffer, offset, length);
      } else {
        own.flush();
        foreign.take(buffer, offset, length);
      }
      said(buffer, offset, length);
    }

    /// Both streams can carry words of the transport; the sink takes one call at a time.
    private void said(byte[] buffer, int offset, int length) {
      synchronized (stderrGate) {
        output.stderr(buffer, offset, length);
      }
    }

    /// Wait until the command has ended and its output is here whole.
    void awaitEnd() throws InterruptedException {
      ends.await();
    }

    /// Return the exit code of the command, when its output is here whole.
    OptionalInt end() {
      stdout.flush();
      stderr.flush();
      return stdout.end();
    }

    ProviderWords words() {
      own.flush();
      foreign.flush();
      return words;
    }
  }
}
