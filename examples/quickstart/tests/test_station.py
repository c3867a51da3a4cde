"""Tests that wait. One after the other they take about three seconds."""

import pytest

from station import temperature

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("place, degrees", [("north", -3), ("south", 21), ("east", 12), ("west", 9)])
def test_reads_the_temperature(place, degrees):
    assert temperature(place, delay=0.4) == degrees


@pytest.mark.parametrize("delay", [0.2, 0.3, 0.5])
def test_waits_for_the_answer(delay):
    assert temperature("south", delay) == 21


def test_it_is_warmer_in_the_south():
    assert temperature("south", delay=0.2) > temperature("north", delay=0.2)
