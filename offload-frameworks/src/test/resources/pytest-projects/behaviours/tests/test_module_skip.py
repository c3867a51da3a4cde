import pytest

pytest.importorskip("no_such_library_at_all")


def test_never_seen():
    pass
