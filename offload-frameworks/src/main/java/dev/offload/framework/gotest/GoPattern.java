package dev.offload.framework.gotest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/// Take apart what `-run` and `-skip` say: alternatives between bars, each of which names a test
/// and, behind a slash, sub-tests. Bars and slashes in brackets belong to the regular expressions.
///
/// @param alternatives the alternatives, in order
record GoPattern(List<Alternative> alternatives) {
  private static final Pattern PIECE =
      Pattern.compile("\\\\.|\\[\\^?\\]?[^\\]]*\\]|.", Pattern.DOTALL);

  /// One alternative.
  ///
  /// @param test the regular expression for the name of the test
  /// @param isWhole whether it says nothing of sub-tests
  record Alternative(String test, boolean isWhole) {}

  GoPattern {
    alternatives = List.copyOf(alternatives);
  }

  static GoPattern of(String text) {
    List<Alternative> alternatives = new ArrayList<>();
    StringBuilder test = new StringBuilder();
    boolean isWhole = true;
    int depth = 0;
    for (String piece : PIECE.matcher(text).results().map(found -> found.group()).toList()) {
      if (depth == 0 && piece.equals("|")) {
        alternatives.add(new Alternative(test.toString(), isWhole));
        test.setLength(0);
        isWhole = true;
        continue;
      }
      isWhole &= depth > 0 || !piece.equals("/");
      if (isWhole) {
        test.append(piece);
      }
      depth += piece.equals("(") ? 1 : piece.equals(")") ? -1 : 0;
    }
    alternatives.add(new Alternative(test.toString(), isWhole));
    return new GoPattern(alternatives);
  }

  /// Return one regular expression for the names of all tests that it chooses, sub-tests or not.
  String tests() {
    return alternatives.stream().map(Alternative::test).collect(Collectors.joining("|"));
  }

  /// Return which tests it means as a whole; none where it cannot be understood.
  Predicate<String> whole() {
    List<String> names =
        alternatives.stream()
            .filter(one -> one.isWhole() && !one.test().isEmpty())
            .map(Alternative::test)
            .toList();
    try {
      return names.isEmpty() ? _ -> false : Pattern.compile(String.join("|", names)).asPredicate();
    } catch (PatternSyntaxException _) {
      return _ -> false;
    }
  }
}
