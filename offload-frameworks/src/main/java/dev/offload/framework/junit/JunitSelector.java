package dev.offload.framework.junit;

import dev.offload.api.test.TestCase;

/// Say where JUnit finds a test; it is the selector of a [TestCase].
///
/// @param module the folder of the module it belongs to, relative to the project root; `.` for that
///   itself
/// @param uniqueId the name that JUnit gives it
record JunitSelector(String module, String uniqueId) {
  String text() {
    return module + "\n" + uniqueId;
  }

  static JunitSelector of(TestCase test) {
    int end = test.selector().indexOf('\n');
    return new JunitSelector(test.selector().substring(0, end), test.selector().substring(end + 1));
  }
}
