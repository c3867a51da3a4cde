import pytest

from shop.prices import total


@pytest.mark.parametrize("code, expected", [("", 30), ("HALF", 15), ("TEN", 20)])
def test_total(code, expected):
    assert total([10, 20], code) == expected
