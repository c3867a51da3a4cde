import logging
import sys

import pytest


def test_passes():
    print("said on stdout")
    print("said on stderr", file=sys.stderr)
    logging.getLogger("app").warning("said in the log")


def test_fails():
    print("before the failure")
    assert 1 == 2, "one is not two"


@pytest.mark.skip(reason="not today")
def test_skipped():
    pass


def test_skipped_inside():
    pytest.skip("not here")


@pytest.mark.xfail(reason="known bug 7")
def test_xfails():
    raise ValueError("the known bug")


@pytest.mark.xfail(reason="known bug 8")
def test_xpasses():
    pass


@pytest.mark.xfail(reason="known bug 9", strict=True)
def test_xpasses_strictly():
    pass


@pytest.mark.xfail(run=False, reason="crashes")
def test_xfail_not_run():
    raise SystemExit(3)


def test_xfails_imperatively():
    pytest.xfail("given up")


@pytest.fixture
def broken_setup():
    raise RuntimeError("no database")


@pytest.fixture
def broken_teardown():
    yield
    raise RuntimeError("cannot clean up")


def test_setup_error(broken_setup):
    pass


def test_teardown_error(broken_teardown):
    pass


def test_failure_and_teardown_error(broken_teardown):
    assert False, "first"


def test_unknown_fixture(no_such_fixture):
    pass


def test_system_exit():
    sys.exit(3)


def test_pytest_exit():
    pytest.exit("stop everything")


def test_keyboard_interrupt():
    raise KeyboardInterrupt


@pytest.fixture
def exits():
    pytest.exit("database is down")


def test_exit_in_setup(exits):
    pass


def test_after_all_that():
    pass
