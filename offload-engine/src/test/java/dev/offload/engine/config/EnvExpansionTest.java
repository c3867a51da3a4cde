package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvExpansionTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("SET", "value", "EMPTY", "", "NESTED", "${SET}$$");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain                 | plain
          ${SET}                | value
          a${SET}b${SET}c       | avaluebvaluec
          [${EMPTY}]            | []
          ${SET:-other}         | value
          [${EMPTY:-other}]     | []
          ${UNSET:-other}       | other
          [${UNSET:-}]          | []
          ${UNSET:-a:-b}        | a:-b
          ${UNSET:-a b/c?}      | a b/c?
          ${UNSET:-${SET}}      | ${SET}
          $${SET}               | ${SET}
          $$                    | $
          $$$${SET}             | $${SET}
          $$${SET}              | $value
          $SET                  | $SET
          5$                    | 5$
          $ {SET}               | $ {SET}
          ${NESTED}             | ${SET}$$
          }{                    | }{
          """)
  void valuesAreExpanded(String value, String expanded) {
    assertThat(EnvExpansion.of(value, ENVIRONMENT))
        .isEqualTo(new EnvExpansion(expanded, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ${UNSET}     | needs the environment variable UNSET, which is not set; set it, or give a default: `${UNSET:-…}`
          ${SET        | has `${` without `}`; write `$$` for a plain `$`
          ${}          | has `${…}` without the name of a variable
          ${:-default} | has `${…}` without the name of a variable
          """)
  void whatCannotBeExpandedIsNamed(String value, String mistake) {
    assertThat(EnvExpansion.of(value, ENVIRONMENT).mistakes()).containsExactly(mistake);
  }

  @Test
  void everyUnsetVariableIsNamed() {
    assertThat(EnvExpansion.of("${A} ${SET} ${B}", ENVIRONMENT).mistakes()).hasSize(2);
  }
}
