import pytest

from roman import from_roman, to_roman

NUMERALS = {
    1: "I", 3: "III", 4: "IV", 9: "IX", 14: "XIV", 40: "XL", 90: "XC", 400: "CD", 944: "CMXLIV",
    1066: "MLXVI", 1494: "MCDXCIV", 1999: "MCMXCIX", 2024: "MMXXIV", 3999: "MMMCMXCIX",
}


@pytest.mark.parametrize("number, numeral", NUMERALS.items())
def test_writes_a_number(number, numeral):
    assert to_roman(number) == numeral


@pytest.mark.parametrize("number, numeral", NUMERALS.items())
def test_reads_a_numeral(number, numeral):
    assert from_roman(numeral) == number


@pytest.mark.parametrize("number", [0, -1, 4000])
def test_refuses_a_number_without_a_numeral(number):
    with pytest.raises(ValueError, match="no Roman numeral"):
        to_roman(number)


@pytest.mark.parametrize("text", ["", "IIII", "VX", "IM", "roman", "X X"])
def test_refuses_what_is_no_numeral(text):
    with pytest.raises(ValueError, match="no Roman numeral"):
        from_roman(text)


def test_every_numeral_is_read_as_it_was_written():
    for number in range(1, 4000):
        assert from_roman(to_roman(number)) == number
