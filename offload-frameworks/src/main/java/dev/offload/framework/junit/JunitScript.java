package dev.offload.framework.junit;

import dev.offload.api.command.ShellWords;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.framework.signal.Resources;
import java.util.ArrayList;
import java.util.List;

/// Write the shell scripts that list, build and run.
final class JunitScript {
  static final String RUNNER = "runner.jar";

  private static final String FIND_JAVA =
      """
      java=java
      if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then java=$JAVA_HOME/bin/java; fi
      command -v "$java" >/dev/null 2>&1 || {
        echo "offload: Java was not found here: install a JDK, or name one in [framework] java" >&2
        exit 127
      }
      """;

  private static final String FIND_MAVEN =
      """
      mvn=mvn
      if [ -x ./mvnw ]; then mvn=./mvnw; fi
      """;

  private final JunitOptions options;

  JunitScript(JunitOptions options) {
    this.options = options;
  }

  /// Return the script that lists tests; its arguments are the private folder and modules.
  String list() {
    return preparation() + javaPreamble() + shared("list.sh");
  }

  /// Return the script that builds; its argument is the private folder.
  String build(boolean isShared) {
    return preparation() + "shared=" + isShared + "\n" + shared("build.sh");
  }

  private String preparation() {
    List<String> compile = new ArrayList<>(List.of("-B", "-Dstyle.color=never", "--fail-at-end"));
    compile.addAll(options.mavenArgs());
    compile.add("test-compile");
    String maven = options.maven().isEmpty() ? "\"$mvn\"" : ShellWords.join(options.maven());
    return "folder=$1\n"
        + FIND_MAVEN
        + "store_name="
        + options.store()
        + "\nclasspath_command="
        + ShellWords.quote(options.classpathCommand())
        + "\ntest_jars="
        + ShellWords.quote(String.join(" ", options.testJars()))
        + "\nmaven() { "
        + maven
        + " -B \"$@\"; }\nmaven_compile() { "
        + maven
        + " "
        + ShellWords.join(compile)
        + " \"$@\"; }\n"
        + Resources.text(JunitScript.class, "junit.sh");
  }

  private String shared(String name) {
    return Resources.text(JunitScript.class, name).replace("@java@", java());
  }

  /// A relative path is one of the project, whatever the module.
  private String java() {
    if (options.java().isEmpty()) {
      return "\"$java\"";
    }
    String program = options.java().getFirst();
    boolean isRelative = program.contains("/") && !program.startsWith("/");
    return (isRelative ? "\"$root\"/" : "") + ShellWords.join(options.java());
  }

  private String javaPreamble() {
    return options.java().isEmpty() ? FIND_JAVA : "";
  }

  /// Return whether what batches need is there; otherwise each makes it for itself.
  static boolean isBuilt(BuiltFiles built) {
    return built.files().contains(RUNNER);
  }

  /// One start of the runner in a batch.
  ///
  /// @param module the folder of the module
  /// @param classPath the file with its class path
  /// @param plan the name of its plan
  record Start(String module, String classPath, String plan) {}

  /// Return the script that runs a batch; its argument is the private folder.
  String run(BuiltFiles built, List<Start> starts) {
    StringBuilder script = new StringBuilder(runPreamble(built));
    if (starts.size() == 1) {
      Start start = starts.getFirst();
      return script.append(start(start, "exec ", "run \"$folder\" " + start.plan())).toString();
    }
    // Waits for the JVM, which has its own last words, when the batch is ended.
    script.append("trap 'exit 143' TERM\n");
    for (Start start : starts) {
      script.append(start(start, "", "run \"$folder\" " + start.plan()));
      script.append("next ").append(start.plan()).append(" $?\n");
    }
    return script.append("exit $result\n").toString();
  }

  /// Return the script that starts a process for many batches; its argument is the private folder.
  ///
  /// @param start its plan is left out: plans come with orders
  String serve(BuiltFiles built, Start start) {
    return runPreamble(built) + start(start, "exec ", "serve \"$folder\"");
  }

  private String runPreamble(BuiltFiles built) {
    String preparation =
        isBuilt(built)
            ? "folder=$1\nbuilt=" + ShellWords.quote(built.folder()) + "\n"
            : preparation()
                + "say() { :; }\nshared=true\n"
                + Resources.text(JunitScript.class, "build.sh")
                + "built=$folder\n";
    return preparation + javaPreamble() + Resources.text(JunitScript.class, "run.sh");
  }

  private String start(Start start, String prefix, String arguments) {
    List<String> words = new ArrayList<>(options.jvmArgs());
    return "entries=$(class_path "
        + ShellWords.quote(start.classPath())
        + ")\nenter "
        + ShellWords.quote(start.module())
        + "\n"
        + prefix
        + java()
        + " "
        + ShellWords.join(words)
        + (words.isEmpty() ? "" : " ")
        + "-Dbasedir=\"$PWD\" -cp \"$built/"
        + RUNNER
        + ":$entries\" dev.offload.junitrunner.Main "
        + arguments
        + " </dev/null\n";
  }
}
