"""Tests of something that fails now and then."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.unreliable

ATTEMPTS = Path(__file__).parent.parent / "attempts"


def test_passes_on_the_second_attempt():
    # Every other attempt fails. Sandboxes of the local provider share the working directory, so the mark is seen by both.
    mark = ATTEMPTS / "first"
    if mark.exists():
        mark.unlink()
        return
    ATTEMPTS.mkdir(exist_ok=True)
    mark.touch()
    print("connecting to the service ...")
    raise ConnectionError("the service did not answer")


def test_passes_at_once():
    assert True
