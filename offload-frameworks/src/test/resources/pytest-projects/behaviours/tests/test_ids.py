import pytest


@pytest.mark.parametrize("text", ["hello world", "a::b", "[x]", "é", "line\nbreak", "x" * 10000, "$HOME `id` 'q' \"d\" %s"])
def test_text(text):
    pass


@pytest.mark.parametrize("x", ["same", "same"], ids=["same", "same"])
def test_same_ids(x):
    pass


@pytest.mark.parametrize("second", ["c", "b-c"], ids=["c", "b-c"])
@pytest.mark.parametrize("first", ["a-b", "a"], ids=["a-b", "a"])
def test_equal_ids(first, second):
    assert (first, second) != ("a-b", "c")


class TestGroup:
    class TestInner:
        def test_deep(self):
            pass
