package dev.offload.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SafeTextTest {
  @Test
  void whatATerminalWouldExecuteIsShown() {
    assertThat(SafeText.line("a\u001b[31mb\u0007\u009b2J\u007f"))
        .isEqualTo("a\\x1b[31mb\\x07\\x9b2J\\x7f");
    assertThat(SafeText.line("a\nb\rc\td\0")).isEqualTo("a\\nb\\rc\\td\\x00");
    assertThat(SafeText.line("\u202eabc\u2066\u200b\ufeff\u2028"))
        .isEqualTo("\\u202eabc\\u2066\\u200b\\ufeff\\u2028");
    assertThat(SafeText.line("x\ud800y\udc00")).isEqualTo("x\\ud800y\\udc00");
    assertThat(SafeText.line("é 日本語 🚀")).isEqualTo("é 日本語 🚀");
  }

  @Test
  void coloursOfATracebackAreDroppedAndOtherSequencesShown() {
    assertThat(SafeText.lines("\u001b[31mE\u001b[0m  x\r\n\tb\u001b]0;t\u0007\n\n"))
        .containsExactly("E  x", "    b\\x1b]0;t\\x07");
  }

  @Test
  void widthCountsColumns() {
    assertThat(SafeText.width("abc")).isEqualTo(3);
    assertThat(SafeText.width("日本")).isEqualTo(4);
    assertThat(SafeText.width("e\u0301")).isEqualTo(1);
    assertThat(SafeText.width("🚀")).isEqualTo(2);
  }

  @Test
  void clippingKeepsToTheWidthAndToWholeCharacters() {
    String text = "tests/日本語🚀🚀.py::test";
    for (int columns = 1; columns < 40; columns++) {
      assertThat(SafeText.width(SafeText.clipEnd(text, columns, "…"))).isLessThanOrEqualTo(columns);
      assertThat(SafeText.width(SafeText.clipStart(text, columns, "...")))
          .isLessThanOrEqualTo(columns);
    }
    assertThat(SafeText.clipStart("tests/test_a.py::test_b", 10, "…")).isEqualTo("…y::test_b");
    assertThat(SafeText.clipEnd("tests/test_a.py::test_b", 10, "…")).isEqualTo("tests/tes…");
  }
}
