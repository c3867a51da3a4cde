package dev.offload.framework.gotest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Sort flags of `go test` into those that decide what is built and those that the built program
/// takes, which has its own names for them.
///
/// @param build flags for building
/// @param program flags for the program
record GoFlags(List<String> build, List<String> program) {
  private static final Set<String> OF_BUILD =
      Set.of(
          "C",
          "a",
          "asan",
          "asmflags",
          "buildmode",
          "buildvcs",
          "compiler",
          "cover",
          "covermode",
          "coverpkg",
          "exec",
          "gccgoflags",
          "gcflags",
          "installsuffix",
          "ldflags",
          "linkshared",
          "mod",
          "modcacherw",
          "modfile",
          "msan",
          "overlay",
          "p",
          "pgo",
          "pkgdir",
          "race",
          "tags",
          "toolexec",
          "trimpath",
          "vet",
          "work",
          "x",
          "n");

  private static final Set<String> OF_PROGRAM =
      Set.of(
          "bench",
          "benchmem",
          "benchtime",
          "blockprofile",
          "blockprofilerate",
          "count",
          "coverprofile",
          "cpu",
          "cpuprofile",
          "failfast",
          "fullpath",
          "memprofile",
          "memprofilerate",
          "mutexprofile",
          "mutexprofilefraction",
          "outputdir",
          "parallel",
          "short",
          "shuffle",
          "skip",
          "timeout",
          "trace",
          "v");

  /// What only the go command itself can do.
  private static final Set<String> OF_GO =
      Set.of("exec", "cover", "covermode", "coverpkg", "coverprofile", "n", "x", "C");

  /// What takes no value, or one only behind `=`.
  private static final Set<String> SWITCHES =
      Set.of(
          "a",
          "asan",
          "benchmem",
          "buildvcs",
          "cover",
          "failfast",
          "fullpath",
          "linkshared",
          "modcacherw",
          "msan",
          "n",
          "race",
          "short",
          "trimpath",
          "v",
          "work",
          "x");

  GoFlags {
    build = List.copyOf(build);
    program = List.copyOf(program);
  }

  /// Sort words. A word without a dash is the value of the flag before it; everything after `-args`
  /// belongs to the program.
  static GoFlags of(List<String> words) {
    List<String> build = new ArrayList<>();
    List<String> program = new ArrayList<>();
    List<String> last = program;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String name = name(word);
      if (name.equals("args")) {
        program.addAll(words.subList(i + 1, words.size()));
        break;
      }
      if (name.isEmpty()) {
        last.add(word);
      } else if (OF_BUILD.contains(name)) {
        last = build;
        build.add(word);
      } else {
        last = program;
        String rest = word.substring(word.indexOf(name));
        program.add(OF_PROGRAM.contains(name) ? "-test." + rest : word);
      }
    }
    return new GoFlags(build, program);
  }

  /// Return whether only the go command can do what these words ask for.
  static boolean needGo(List<String> words) {
    return words.stream().map(GoFlags::name).anyMatch(OF_GO::contains);
  }

  /// Return whether the word behind this one is its value.
  static boolean takesNext(String word) {
    String name = name(word);
    return word.indexOf('=') < 0
        && (OF_BUILD.contains(name) || OF_PROGRAM.contains(name))
        && !SWITCHES.contains(name);
  }

  /// Return the value of the last flag of this name, or nothing.
  static String value(List<String> words, String flag) {
    String value = "";
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (name(word).equals(flag)) {
        int sign = word.indexOf('=');
        value = sign >= 0 ? word.substring(sign + 1) : i + 1 < words.size() ? words.get(i + 1) : "";
      }
    }
    return value;
  }

  /// Return the name of a flag, or nothing for a word that is none.
  private static String name(String word) {
    if (!word.startsWith("-")) {
      return "";
    }
    int start = word.startsWith("--") ? 2 : 1;
    int sign = word.indexOf('=');
    return word.substring(start, sign < 0 ? word.length() : sign);
  }
}
