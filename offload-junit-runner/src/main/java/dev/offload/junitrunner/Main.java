package dev.offload.junitrunner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;

/// Start here: `list FOLDER PLAN ROOT…`, `run FOLDER PLAN` or `serve FOLDER`.
///
/// The folder is the private one of the command and holds the token of its frames.
public final class Main {
  /// How long threads that tests left behind may keep the process from ending.
  private static final long PATIENCE_MILLIS = 10_000;

  private static volatile boolean isDone;

  private Main() {}

  /// Run.
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Paths.get(args[1]);
    Frames frames = new Frames(token(folder));
    switch (args[0]) {
      case "list":
        list(
            frames,
            Plan.read(folder.resolve(args[2])),
            Arrays.asList(args).subList(3, args.length));
        end(0);
        break;
      case "run":
        Batch batch = watched(frames);
        int exit = batch.run(Plan.read(folder.resolve(args[2])));
        // Says that the process came to its own end, whatever exit code a test chooses.
        Files.createFile(folder.resolve(args[2] + ".ended"));
        end(exit);
        break;
      default:
        new Orders(folder, frames, watched(frames)).work();
        end(0);
    }
  }

  private static void list(Frames frames, Plan plan, List<String> roots) throws IOException {
    TestClasses classes = new TestClasses(plan);
    for (String root : roots) {
      classes.inFolder(Paths.get(root));
    }
    classes.inJars(plan.all("jars"));
    new Lister(frames, plan).list(classes.names());
  }

  private static String token(Path folder) throws IOException {
    Path file = folder.resolve("token");
    String token = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
    Files.delete(file);
    return token;
  }

  /// Make a batch that says where its tests are when the process is ended in the middle of them.
  private static Batch watched(Frames frames) {
    Batch batch = new Batch(frames);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!isDone) {
                    batch.showWhere();
                  }
                },
                "offload-where"));
    return batch;
  }

  /// End the process, also when threads or shutdown hooks of tests do not.
  private static void end(int exit) {
    isDone = true;
    Thread watch =
        new Thread(
            () -> {
              try {
                Thread.sleep(PATIENCE_MILLIS);
              } catch (InterruptedException e) {
                return;
              }
              Runtime.getRuntime().halt(exit);
            },
            "offload-end");
    watch.setDaemon(true);
    watch.start();
    System.exit(exit);
  }
}
