package dev.offload.framework.junit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Give tests names that people can read and that stay the same from run to run.
///
/// - Jupiter: `package.Class#method`, with the types of its parameters when it has some.
/// - Vintage and others that name a method: `package.Class#` and the name they give the test.
/// - Everything else: the class, then the names on the way down.
///
/// Where that is not enough, JUnit's own unique id follows; where two modules have the same test,
/// the folder of the module goes before it.
final class JunitIds {
  private JunitIds() {}

  /// One test as the runner lists it.
  ///
  /// @param module the folder of its module
  /// @param uniqueId JUnit's name for it
  /// @param owner the class, or empty
  /// @param method the method, or empty
  /// @param parameters the types of its parameters, or empty
  /// @param name what the engine shows
  record Listed(
      String module, String uniqueId, String owner, String method, String parameters, String name) {
    private String plainName() {
      String start = owner.isEmpty() ? engine() : owner;
      if (method.isEmpty()) {
        boolean isOwner = name.isEmpty() || owner.matches("(.*[.$])?" + Pattern.quote(name));
        return isOwner ? start : start + " > " + name;
      }
      if (engine().equals("junit-jupiter")) {
        return start + "#" + method + (parameters.isEmpty() ? "" : "(" + parameters + ")");
      }
      return start + "#" + (name.isEmpty() ? method : name);
    }

    private String engine() {
      int end = uniqueId.indexOf(']');
      int colon = uniqueId.indexOf(':');
      return colon >= 0 && end > colon ? uniqueId.substring(colon + 1, end) : uniqueId;
    }
  }

  /// Return the names of all tests of a group, in their order.
  static List<String> of(List<Listed> tests) {
    Map<String, List<Listed>> byName = new HashMap<>();
    for (Listed test : tests) {
      byName.computeIfAbsent(test.plainName(), _ -> new ArrayList<>()).add(test);
    }
    List<String> ids = new ArrayList<>();
    for (Listed test : tests) {
      List<Listed> same = byName.getOrDefault(test.plainName(), List.of());
      long here = same.stream().filter(other -> other.module().equals(test.module())).count();
      String module = here < same.size() ? test.module() + ": " : "";
      ids.add(module + test.plainName() + (here > 1 ? " " + test.uniqueId() : ""));
    }
    return ids;
  }
}
