"""A pytest plug-in that writes the verdict of every test, under the names Offload gives them, to the file $VERDICTS."""

import json
import os

verdicts = {}
seen = {}
current = {}


def pytest_runtest_logstart(nodeid, location):
    # Several tests may have one node id; the second is called `… #2`.
    seen[nodeid] = seen.get(nodeid, 0) + 1
    current[nodeid] = nodeid if seen[nodeid] == 1 else f"{nodeid} #{seen[nodeid]}"


def pytest_runtest_logreport(report):
    name = current[report.nodeid]
    if report.failed:
        verdicts[name] = "failed"
    elif report.skipped and verdicts.get(name) != "failed":
        verdicts[name] = "skipped"
    elif report.when == "call" and report.passed:
        verdicts.setdefault(name, "passed")


def pytest_collectreport(report):
    if report.failed:
        verdicts[report.nodeid] = "failed"
    elif report.skipped:
        verdicts[report.nodeid] = "skipped"


def pytest_sessionfinish(session):
    with open(os.environ["VERDICTS"], "w", encoding="utf-8") as file:
        json.dump(verdicts, file)
