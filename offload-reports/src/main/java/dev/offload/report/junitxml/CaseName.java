package dev.offload.report.junitxml;

import dev.offload.api.test.TestCase;

/// Split a test's name into the two parts that readers of JUnit's format know a test by.
///
/// @param classname the file or class
/// @param name the test within it
record CaseName(String classname, String name) {

  /// Name a test: `tests/test_a.py::TestB::test_c[p::q]` becomes `tests.test_a.TestB` and
  /// `test_c[p::q]`, also where the file is known by a longer path; `p.OuterTest$Inner#t(int)`
  /// becomes `p.OuterTest$Inner` and `t(int)`; where the name begins with its file in another way,
  /// the classname is the file; else it is the group.
  static CaseName of(TestCase test) {
    String id = test.id().value();
    String file = fileOf(test, id);
    if (id.startsWith(file + "::") && id.length() > file.length() + 2) {
      return nodeId(file, id.substring(file.length() + 2));
    }
    int method = id.indexOf('#');
    if (method > 0 && isOfClass(id.substring(0, method), file)) {
      return new CaseName(id.substring(0, method), id.substring(method + 1));
    }
    if (!file.isEmpty() && id.length() > file.length() && id.startsWith(file)) {
      String rest = id.substring(file.length()).replaceFirst("^[\\s:>#]+", "");
      if (!rest.isEmpty()) {
        return new CaseName(file, rest);
      }
    }
    return new CaseName(file.isEmpty() ? test.group() : dotted(file), id);
  }

  /// Return whether a class is the one that stands for a file, maybe below the folder of a module,
  /// or is nested in it.
  private static boolean isOfClass(String name, String file) {
    String outermost = file.substring(file.lastIndexOf('/') + 1);
    return !outermost.isEmpty() && (name.equals(outermost) || name.startsWith(outermost + "$"));
  }

  /// Return the file as the name has it, or as the framework gave it. The name's is relative to the
  /// framework's root folder, which may lie below the project's.
  private static String fileOf(TestCase test, String id) {
    int end = id.indexOf("::");
    if (end > 0) {
      String named = id.substring(0, end);
      if (test.file().endsWith("/" + named) || (test.file().isEmpty() && named.endsWith(".py"))) {
        return named;
      }
    }
    return test.file();
  }

  private static CaseName nodeId(String file, String rest) {
    int parameters = rest.indexOf('[');
    int split = rest.lastIndexOf("::", parameters < 0 ? rest.length() : parameters);
    String module = dotted(file);
    return split < 0
        ? new CaseName(module, rest)
        : new CaseName(
            module + "." + rest.substring(0, split).replace("::", "."), rest.substring(split + 2));
  }

  private static String dotted(String file) {
    return file.endsWith(".py")
        ? file.substring(0, file.length() - 3).replace('/', '.').replace('\\', '.')
        : file;
  }
}
