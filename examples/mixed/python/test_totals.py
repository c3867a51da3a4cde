import pytest


def total(prices, discount=0):
    if not 0 <= discount <= 100:
        raise ValueError("no such discount")
    return sum(prices) * (100 - discount) // 100


@pytest.mark.parametrize("discount, expected", [(0, 60), (50, 30), (100, 0)])
def test_total(discount, expected):
    assert total([10, 20, 30], discount) == expected


def test_refuses_a_gift():
    with pytest.raises(ValueError):
        total([1], 101)
