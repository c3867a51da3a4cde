package dev.offload.framework.gotest;

import java.util.List;

/// Name the program that is built of the tests of one package.
///
/// @param pkg the import path of the package
/// @param directory the directory of the package, relative to the project root; empty where it is
///   not below that, or not known: then the program is not kept
/// @param flags what the group of its tests asked for
record GoProgram(String pkg, String directory, List<String> flags) {
  /// Programs look at the end of their own name to find out whether they are tests.
  private static final String NAME = "/=.test";

  GoProgram {
    flags = List.copyOf(flags);
  }

  static GoProgram of(GoTestName test) {
    return new GoProgram(test.pkg(), test.directory(), test.flags());
  }

  /// Return the name of the folder of all programs that are built with these flags.
  static String key(List<String> buildFlags) {
    return "flags-" + Integer.toHexString(buildFlags.hashCode());
  }

  /// Return its name below the folder of what was built, as `keep.sh` makes it.
  ///
  /// @param buildFlags all that decides what is built
  String file(List<String> buildFlags) {
    return key(buildFlags) + (directory.equals(".") ? "" : "/" + directory) + NAME;
  }
}
