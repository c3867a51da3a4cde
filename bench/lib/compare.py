"""Run one generated suite with Offload, with plain pytest and with pytest-xdist, in turn, and compare what it costs."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import measure
import suite


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--millis", type=float, default=10, help="time of one test")
    parser.add_argument("--kind", choices=suite.WORK, default="wait")
    parser.add_argument("--sandboxes", type=int, default=2)
    parser.add_argument("--provider", choices=suite.PROVIDER, default="local")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-xdist", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the folder with suite, logs and results")
    return parser.parse_args()


def events(folder):
    for line in (folder / "test-results/events.jsonl").read_text().splitlines()[1:]:
        event = json.loads(line)
        event["at"] = datetime.fromisoformat(event["at"].replace("Z", "+00:00")).timestamp()
        yield event


def batches(folder):
    """Return for each batch: seconds until its first test, and seconds it lasted beyond its tests."""
    began, first, worked, ended = {}, {}, {}, {}
    for event in events(folder):
        batch = event.get("batch")
        if event["event"] == "batch_started":
            began[batch] = event["at"]
        elif event["event"] == "attempt_started":
            first.setdefault(batch, event["at"])
        elif event["event"] == "attempt_finished":
            worked[batch] = worked.get(batch, 0) + event.get("duration_secs", 0)
        elif event["event"] == "batch_ended":
            ended[batch] = event["at"]
    until_first = [first[batch] - began[batch] for batch in first]
    beyond = [ended[batch] - began[batch] - worked.get(batch, 0) for batch in ended if batch in began]
    return until_first, beyond


def phases(folder):
    """Return when, in seconds since the start, discovery was over, the first test began, and the last test ended."""
    start = discovered = first = last = None
    for event in events(folder):
        kind = event["event"]
        if kind == "run_started":
            start = event["at"]
        elif kind == "phase_finished" and event.get("phase") == "discovery":
            discovered = event["at"] - start
        elif kind == "attempt_started" and first is None:
            first = event["at"] - start
        elif kind == "attempt_finished":
            last = event["at"] - start
    return discovered, first, last


def check(folder, wanted):
    summary = json.loads((folder / "test-results/summary.json").read_text())
    if summary["passed"] != wanted or summary["total"] != wanted:
        sys.exit(f"Offload did not pass all {wanted} tests; look into {folder}")
    return summary


def main():
    options = arguments()
    python = measure.tools()
    offload = measure.offload()
    folder = Path(tempfile.mkdtemp(prefix="offload-bench-"))
    suite.write(folder, options.tests, options.files, options.millis / 1000, options.kind, python, options.sandboxes, options.provider)
    os.environ["OFFLOAD_CACHE_DIR"] = str(folder / "cache")
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ways = {"pytest": pytest}
    if not options.no_xdist:
        ways[f"pytest -n {options.sandboxes}"] = pytest + ["-n", str(options.sandboxes)]
    ways["offload run, nothing known"] = offload + ["run", "--ci"]
    ways["offload run, again"] = offload + ["run", "--ci"]
    print(f"{options.tests} tests of {options.millis:g} ms that {options.kind}, in {options.files} files; {options.sandboxes} sandboxes of {options.provider}")
    print(f"{measure.machine()}; median of {options.repeat}\n")

    # Compiles the test files, which all ways profit from.
    measure.run(pytest + ["--collect-only"], folder, folder / "warm-up.log")
    costs = {way: [] for way in ways}
    until_first, beyond, marks, summaries, counts = [], [], [], [], []
    for round in range(options.repeat):
        for way, command in ways.items():
            if way == "offload run, nothing known":
                shutil.rmtree(folder / "test-results", ignore_errors=True)
                shutil.rmtree(folder / "cache", ignore_errors=True)
            cost = measure.run(command, folder, folder / f"{way.replace(' ', '-').replace(',', '')}-{round}.log")
            if cost.exit_code != 0:
                sys.exit(f"{way} ended with {cost.exit_code}; look into {folder}")
            costs[way].append(cost)
            if way.startswith("offload"):
                summary = check(folder, options.tests)
            if way == "offload run, again":
                a, b = batches(folder)
                until_first += a
                beyond += b
                counts.append(len(b))
                marks.append(phases(folder))
                summaries.append(summary)

    plain = measure.median([cost.wall for cost in costs["pytest"]])
    print("| | wall s | of plain pytest | processor s | Java: processor s | Java: peak MB |")
    print("|---|---|---|---|---|---|")
    for way, all_costs in costs.items():
        wall = measure.median([cost.wall for cost in all_costs])
        java = "| |"
        if way.startswith("offload"):
            java = f"{measure.median([cost.own_cpu for cost in all_costs]):.2f} | {max(cost.peak_mb for cost in all_costs):.0f} |"
        else:
            java = " | |"
        print(f"| {way} | {wall:.2f} | {wall / plain:.2f} | {measure.median([cost.cpu for cost in all_costs]):.2f} | {java}")
    discovered, first, last = (measure.median(list(column)) for column in zip(*marks))
    wall = measure.median([cost.wall for cost in costs["offload run, again"]])
    run = measure.median([summary["duration_secs"] for summary in summaries])
    bound = measure.median([summary["efficiency"]["lower_bound_secs"] for summary in summaries])
    print()
    print(
        f"The last way in detail: {measure.median(counts):g} batches; a batch takes {measure.median(until_first):.2f} s until its first test and "
        f"{measure.median(beyond):.2f} s beyond its tests' own time (medians); that is {1000 * sum(beyond) / options.repeat / options.tests:.2f} ms "
        "for each test."
    )
    print(
        f"Of its {wall:.2f} s: {wall - run:.2f} s to start and end Java, discovery until {discovered:.2f} s, first test at {first:.2f} s, last "
        f"test's end at {last:.2f} s, end of the run at {run:.2f} s. No schedule could be faster than {bound:.2f} s."
    )
    if options.keep:
        print(f"\n{folder}")
    else:
        shutil.rmtree(folder)


main()
