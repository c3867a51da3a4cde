package dev.offload.junitrunner;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Run the tests of one plan.
final class Batch {
  private static final int SHOWN_FRAMES = 30;

  private final Frames frames;
  private final Capture capture;
  private volatile @Nullable BatchListener listener;

  Batch(Frames frames) {
    this.frames = frames;
    this.capture = new Capture(frames);
  }

  /// Run the tests; a plan names each as `test INDEX UNIQUE-ID`.
  ///
  /// @return the exit code
  int run(Plan plan) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    BatchListener told = new BatchListener(frames, capture);
    List<String> uniqueIds = new ArrayList<>();
    for (String line : plan.all("test")) {
      int blank = line.indexOf(' ');
      uniqueIds.add(line.substring(blank + 1));
      told.add(Integer.parseInt(line.substring(0, blank)), line.substring(blank + 1));
    }
    listener = told;
    capture.install();
    try {
      execute(plan, uniqueIds, told);
    } catch (RuntimeException | LinkageError e) {
      String cause =
          new Json()
              .text("message", "JUnit could not run: " + Failure.message(e))
              .text("details", Failure.details(e))
              .toString();
      frames.send("{\"broken\":" + cause + "}");
      return 1;
    } finally {
      System.out.flush();
      System.err.flush();
      told.finish();
      listener = null;
      System.setOut(out);
      System.setErr(err);
      Thread.currentThread().setContextClassLoader(loader);
    }
    return told.hasFailed() ? 1 : 0;
  }

  private static void execute(Plan plan, List<String> uniqueIds, BatchListener told) {
    Launcher launcher = LauncherFactory.create();
    TestPlan found;
    try {
      found = launcher.discover(request(plan, uniqueIds, "logging"));
    } catch (RuntimeException e) {
      List<String> known = new ArrayList<>(uniqueIds);
      known.removeIf(id -> !isThere(launcher, plan, id));
      if (known.isEmpty()) {
        throw e;
      }
      found = launcher.discover(request(plan, known, "logging"));
    }
    launcher.execute(found, told);
  }

  /// Return whether JUnit knows a test. JUnit of late refuses to run anything when one of the tests
  /// is not there; then the others run without it.
  static boolean isThere(Launcher launcher, Plan plan, String uniqueId) {
    try {
      List<String> alone = Collections.singletonList(uniqueId);
      return launcher.discover(request(plan, alone, "abortOnFailure")).containsTests();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /// @param onTrouble what JUnit does about a test that it does not know
  private static LauncherDiscoveryRequest request(
      Plan plan, List<String> uniqueIds, String onTrouble) {
    List<DiscoverySelector> selectors = new ArrayList<>();
    uniqueIds.forEach(id -> selectors.add(DiscoverySelectors.selectUniqueId(id)));
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectors)
        .configurationParameter("junit.platform.discovery.listener.default", onTrouble)
        .configurationParameters(plan.configuration())
        .build();
  }

  /// Say on standard error where the running tests are.
  void showWhere() {
    BatchListener told = listener;
    if (told == null) {
      return;
    }
    for (RunningTest test : told.running()) {
      Thread thread = test.thread;
      if (thread == null) {
        continue;
      }
      StringBuilder text = new StringBuilder("when the process ended, ");
      text.append(test.uniqueId).append(" was here:\n");
      int shown = 0;
      for (StackTraceElement frame : thread.getStackTrace()) {
        if (shown++ < SHOWN_FRAMES) {
          text.append("\tat ").append(frame).append('\n');
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      frames.write(true, bytes, 0, bytes.length);
    }
  }
}
