package dev.offload.framework.pytest;

import dev.offload.framework.signal.Payload;
import java.util.List;

/// Say how a discovery had configured pytest, so that an execution gives the same node ids.
///
/// @param rootdir pytest's root folder, relative to the project root
/// @param ini its configuration file, relative to the project root, or empty
/// @param arguments the paths that were named; pytest reads their conftest files first
record PytestSuite(String rootdir, String ini, List<String> arguments) {
  PytestSuite {
    arguments = List.copyOf(arguments);
  }

  static PytestSuite of(Payload payload) {
    return new PytestSuite(
        payload.text("rootdir"), payload.text("ini"), payload.texts("arguments"));
  }

  boolean sameRoot(PytestSuite other) {
    return rootdir.equals(other.rootdir) && ini.equals(other.ini);
  }
}
