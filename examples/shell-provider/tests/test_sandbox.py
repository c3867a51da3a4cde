"""Each test sees one sandbox: a folder of its own, shared with the tests that run there one after the other."""

import os
import pathlib
import tempfile
import time

import pytest


def test_runs_in_a_copy_of_the_project():
    assert pathlib.Path("pytest.ini").exists()
    assert "offload-box-" in os.getcwd()


def test_has_a_temporary_folder_of_its_own():
    assert "offload-box-" in tempfile.gettempdir()


def test_carries_the_name_of_its_sandbox():
    assert os.environ["SHELL_SANDBOX"] in os.getcwd()


@pytest.mark.parametrize("n", range(20))
def test_takes_a_moment(n, tmp_path):
    (tmp_path / "file").write_text(str(n))
    time.sleep(0.02 + n % 5 * 0.02)
    assert (tmp_path / "file").read_text() == str(n)
