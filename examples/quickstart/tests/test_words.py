import pytest

from words import slug, wrap

TEXT = "Offload runs a test suite in parallel and gives one verdict for every test"


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Hello", "hello"),
        ("Hello, world!", "hello-world"),
        ("  spaces   everywhere ", "spaces-everywhere"),
        ("A :: B", "a-b"),
        ("[brackets]", "brackets"),
        ("100 % sure", "100-sure"),
        ("…", ""),
    ],
)
def test_slug(title, expected):
    assert slug(title) == expected


class TestWrap:
    @pytest.mark.parametrize("width", [10, 20, 40, 80])
    def test_no_line_is_too_long(self, width):
        assert all(len(line) <= width for line in wrap(TEXT, width))

    @pytest.mark.parametrize("width", [1, 10, 20, 40])
    def test_no_word_is_lost(self, width):
        assert " ".join(wrap(TEXT, width)) == TEXT

    def test_a_long_word_has_its_own_line(self):
        assert wrap("a extraordinarily b", 5) == ["a", "extraordinarily", "b"]

    def test_no_text_has_no_lines(self):
        assert wrap("", 10) == []
