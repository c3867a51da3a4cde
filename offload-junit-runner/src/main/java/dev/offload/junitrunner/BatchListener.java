package dev.offload.junitrunner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Tell of the tests of one batch while they run.
///
/// The result of the last test of a container, such as a class, is held back until the container
/// has ended: when that fails, with an `@AfterAll` method for example, something must be red.
final class BatchListener implements TestExecutionListener {
  private final Frames frames;
  private final Capture capture;
  private final Map<String, RunningTest> tests = new LinkedHashMap<>();
  private final TestTree tree = new TestTree();
  private final Map<String, Container> containers = new HashMap<>();
  private boolean failed;

  BatchListener(Frames frames, Capture capture) {
    this.frames = frames;
    this.capture = capture;
  }

  void add(int index, String uniqueId) {
    tests.put(uniqueId, new RunningTest(index, uniqueId));
  }

  synchronized boolean hasFailed() {
    return failed;
  }

  @Override
  public synchronized void testPlanExecutionStarted(TestPlan plan) {
    tree.add(plan);
    for (RunningTest test : tests.values()) {
      tree.addInTemplate(test.uniqueId);
      for (String at = tree.parent(test.uniqueId); at != null; at = tree.parent(at)) {
        containers.computeIfAbsent(at, id -> new Container()).add(test);
      }
    }
  }

  @Override
  public synchronized void dynamicTestRegistered(TestIdentifier identifier) {
    tree.add(identifier);
  }

  /// Return the test of the batch that is, or holds, what has this id.
  private @Nullable RunningTest testOf(TestIdentifier identifier) {
    String at = identifier.getUniqueId();
    while (at != null) {
      RunningTest test = tests.get(ClassTemplates.plain(at));
      if (test != null) {
        return test;
      }
      at = tree.parent(at);
    }
    return null;
  }

  @Override
  public synchronized void executionStarted(TestIdentifier identifier) {
    RunningTest test = testOf(identifier);
    if (test != null) {
      begin(test);
      test.enter();
      test.containers.forEach(container -> container.latest = test);
      return;
    }
    Container container = containers.get(ClassTemplates.plain(identifier.getUniqueId()));
    if (container != null) {
      container.latest = null;
    }
  }

  private void begin(RunningTest test) {
    if (!test.begun) {
      test.begun = true;
      frames.send(new Json().number("started", test.index).toString());
    }
    test.thread = Thread.currentThread();
    capture.begin(test);
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
    RunningTest test = testOf(identifier);
    if (test != null) {
      begin(test);
      test.skip(reason);
      if (test.uniqueId.equals(identifier.getUniqueId())) {
        end(test);
      }
      return;
    }
    String plain = ClassTemplates.plain(identifier.getUniqueId());
    Container container = containers.get(plain);
    if (container != null) {
      boolean isWhole = plain.equals(identifier.getUniqueId());
      for (RunningTest inside : open(container)) {
        begin(inside);
        inside.skip(reason);
        if (isWhole) {
          end(inside);
        }
      }
      if (isWhole) {
        release(container);
      }
    }
  }

  @Override
  public synchronized void executionFinished(
      TestIdentifier identifier, TestExecutionResult result) {
    RunningTest test = testOf(identifier);
    if (test != null) {
      boolean isWhole = test.uniqueId.equals(identifier.getUniqueId());
      boolean isPassed = result.getStatus() == Status.SUCCESSFUL;
      // That a container of invocations came to its end says nothing; its invocations do.
      if (!isPassed || identifier.isTest() || (isWhole && !test.hasResult())) {
        test.take(tree.part(test, identifier), result);
      }
      test.leave();
      if (isWhole) {
        end(test);
      } else if (ClassTemplates.plain(identifier.getUniqueId()).equals(test.uniqueId)) {
        // It goes on in the next invocation of its class, or still runs in another.
        if (test.isAtRest()) {
          test.thread = null;
          capture.end(test);
        }
      }
      return;
    }
    String plain = ClassTemplates.plain(identifier.getUniqueId());
    Container container = containers.get(plain);
    if (container == null) {
      return;
    }
    if (plain.equals(identifier.getUniqueId())) {
      containerFinished(container, result, ClassTemplates.isTemplate(plain));
    } else if (result.getStatus() != Status.SUCCESSFUL) {
      invocationFailed(container, identifier, result);
    }
  }

  /// One invocation of a class failed, or a class in it: before its first test, or after its last.
  private void invocationFailed(
      Container container, TestIdentifier identifier, TestExecutionResult result) {
    String name = identifier.getDisplayName();
    RunningTest latest = container.latest;
    if (latest != null) {
      latest.fail(name + " after its last test", result.getThrowable().orElse(null), true);
      return;
    }
    for (RunningTest test : open(container)) {
      begin(test);
      if (result.getStatus() == Status.FAILED) {
        test.fail(name, result.getThrowable().orElse(null), true);
      } else {
        test.take(name, result);
      }
      capture.end(test);
    }
  }

  private void containerFinished(
      Container container, TestExecutionResult result, boolean isTemplate) {
    boolean isFailed = result.getStatus() == Status.FAILED;
    boolean isAborted = result.getStatus() == Status.ABORTED;
    for (RunningTest test : new ArrayList<>(container.tests)) {
      if (test.sent) {
        continue;
      }
      boolean isOpen = !test.ended;
      if (isFailed && (isOpen || container.open == 0)) {
        String part = isOpen && !test.hasResult() ? "" : "after its last test";
        test.fail(part, result.getThrowable().orElse(null), true);
      } else if (isAborted && isOpen) {
        test.take("", result);
      } else if (isTemplate && isOpen && !test.hasResult()) {
        test.skip("its class was given no arguments");
      }
      if (isOpen && test.hasResult()) {
        begin(test);
        end(test);
      }
    }
    release(container);
  }

  private static List<RunningTest> open(Container container) {
    List<RunningTest> open = new ArrayList<>();
    for (RunningTest test : container.tests) {
      if (!test.ended) {
        open.add(test);
      }
    }
    return open;
  }

  private void end(RunningTest test) {
    test.ended = true;
    for (Container container : test.containers) {
      container.open--;
      if (container.open == 0) {
        test.holder = container;
      }
    }
    if (test.holder == null) {
      send(test);
    }
  }

  private void release(Container container) {
    for (RunningTest test : container.tests) {
      if (test.ended && test.holder == container) {
        send(test);
      }
    }
  }

  private void send(RunningTest test) {
    if (!test.sent) {
      test.sent = true;
      failed |= test.hasFailed();
      capture.end(test);
      frames.send(test.signal());
    }
  }

  /// Send what is still held back, and say which tests JUnit did not find.
  synchronized void finish() {
    int unknown = 0;
    String example = "";
    for (RunningTest test : tests.values()) {
      if (test.ended) {
        send(test);
      } else if (!test.begun && !tree.knows(test.uniqueId)) {
        unknown++;
        example = test.uniqueId;
      }
    }
    if (unknown > 0) {
      String text =
          "JUnit does not know "
              + unknown
              + " of the tests here, such as "
              + example
              + "; are the compiled tests the ones that were listed?";
      frames.send(new Json().text("diagnosis", text).toString());
    }
  }

  /// Return the tests that are running now.
  synchronized List<RunningTest> running() {
    List<RunningTest> running = new ArrayList<>();
    for (RunningTest test : tests.values()) {
      if (test.begun && !test.sent) {
        running.add(test);
      }
    }
    return running;
  }
}
