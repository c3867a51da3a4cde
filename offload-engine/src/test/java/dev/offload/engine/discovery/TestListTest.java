package dev.offload.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestListTest {
  private static List<String> read(byte[] bytes) throws IOException {
    return TestList.read(new ByteArrayInputStream(bytes));
  }

  private static List<String> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aLineIsAnIdUnlessItIsEmptyOrAComment() throws Exception {
    assertThat(read("\ufeff# of yesterday\r\n  a.py::test_é[x y]  \n\n\tb\r\n"))
        .containsExactly("a.py::test_é[x y]", "b");
  }

  @Test
  void aJsonListHoldsIdsOrObjectsWithAnId() throws Exception {
    assertThat(
            read(
                """
                [ "a\\nb", {"name": "x", "more": {"id": "no", "l": [1]}, "id": "c"}, "d" ]
                """))
        .containsExactly("a\nb", "c", "d");
    assertThat(read("[]")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|its item 1 is neither an id nor an object",
        "[\"a\", {}]|one of its objects has no `id`",
        "[\"a\", \"\"]|one of its ids is empty",
        "[\"a\"|it begins with `[` and is no JSON list: line 1",
        "[a::b]|it begins with `[` and is no JSON list: line 1",
      })
  void whatIsNoListIsRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    assertThatThrownBy(() -> read(new byte[] {'a', (byte) 0xff, '\n'}))
        .hasMessage("it is not UTF-8");
  }
}
