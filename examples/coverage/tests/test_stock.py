import pytest

from shop.stock import Stock


def test_what_was_added_can_be_taken():
    stock = Stock()
    stock.add("apple")
    stock.take("apple")


def test_nothing_can_be_taken_from_an_empty_stock():
    with pytest.raises(KeyError):
        Stock().take("apple")
