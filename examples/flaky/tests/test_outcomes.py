"""One test for each way in which a test can end."""

import os
import sys
import time

import pytest


def test_passes():
    assert 6 * 7 == 42


def test_fails():
    print("this is what the test printed")
    assert sorted([3, 1, 2]) == [3, 2, 1]


@pytest.mark.hangs
def test_hangs():
    time.sleep(3600)


def test_crashes_the_interpreter():
    os._exit(17)


@pytest.fixture
def database():
    raise RuntimeError("the database is not there")


def test_cannot_be_set_up(database):
    pass


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_is_skipped():
    pass


@pytest.mark.xfail(reason="rounds to even", strict=True)
def test_fails_as_expected():
    assert round(2.5) == 3


@pytest.mark.xfail(reason="was repaired, and nobody took the mark away", strict=True)
def test_passes_unexpectedly():
    assert round(3.5) == 4
