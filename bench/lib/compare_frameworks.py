"""Run one generated suite of small tests with a framework's own tool and with Offload, in turn, for each framework.

Each framework is one file in `frameworks/`, with

- `write(folder, tests)`, which writes the project,
- `plain(tools)`, the words that run it with the plain tool and its own parallelism,
- `TOML`, the framework's table of offload.toml, and
- `environment(tools)`, variables for both.
"""

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import measure

HERE = Path(__file__).resolve().parent
TOOLS = Path(os.environ.get("OFFLOAD_TEST_TOOLS") or Path.home() / ".cache/offload-test-tools")
KNOWN = sorted(file.stem for file in (HERE / "frameworks").glob("*.py"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(KNOWN)} (default: all)")
    parser.add_argument("--tests", type=int, default=300)
    parser.add_argument("--sandboxes", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="keep the folders with suites, logs and results")
    options = parser.parse_args()
    for name in options.names:
        if name not in KNOWN:
            parser.error(f"there is no framework '{name}'; choose from {', '.join(KNOWN)}")
    return options


def configuration(framework, sandboxes):
    return f"""[offload]
max_parallel = {sandboxes}
test_timeout_secs = 120
sandbox_project_root = "."

[provider]
type = "local"

{framework.TOML}
[groups.all]
"""


def where_the_time_went(folder):
    """Return seconds until the tests were known, built and begun, until the last one ended, and how many batches ran."""
    start = None
    known = built = first = last = 0
    batches = 0
    for line in (folder / "test-results/events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if "at" not in event:
            continue
        at = datetime.fromisoformat(event["at"].replace("Z", "+00:00")).timestamp()
        start = start or at
        kind = event.get("event")
        if kind == "phase_finished" and event.get("phase") == "discovery":
            known = at - start
        elif kind == "phase_finished" and event.get("phase") == "build":
            built = at - start
        elif kind == "attempt_started":
            first = first or at - start
        elif kind == "attempt_finished":
            last = at - start
        elif kind == "batch_started":
            batches += 1
    return known, max(known, built), first, last, batches


def one(name, options, offload):
    framework = importlib.import_module(f"frameworks.{name}")
    folder = Path(tempfile.mkdtemp(prefix=f"offload-bench-{name}-"))
    framework.write(folder, options.tests)
    (folder / "offload.toml").write_text(configuration(framework, options.sandboxes))
    os.environ.update(framework.environment(TOOLS))
    plain = framework.plain(TOOLS)
    # Compiles what is to be compiled, so that the figures are those of a project in daily use.
    if measure.run(plain, folder, folder / "warm-up.log").exit_code != 0:
        sys.exit(f"the plain tool failed; look into {folder}/warm-up.log")
    ways = {"plain": plain, "offload, nothing known": offload + ["run", "--ci"], "offload, again": offload + ["run", "--ci"]}
    walls = {way: [] for way in ways}
    marks = []
    for round in range(options.repeat):
        for way, command in ways.items():
            if way == "offload, nothing known":
                shutil.rmtree(folder / "test-results", ignore_errors=True)
            cost = measure.run(command, folder, folder / f"{way.replace(' ', '-').replace(',', '')}-{round}.log")
            if cost.exit_code != 0:
                sys.exit(f"{name}, {way} ended with {cost.exit_code}; look into {folder}")
            walls[way].append(cost.wall)
        summary = json.loads((folder / "test-results/summary.json").read_text())
        if summary["passed"] != options.tests or summary["total"] != options.tests:
            sys.exit(f"{name}: Offload did not pass all {options.tests} tests; look into {folder}")
        marks.append(where_the_time_went(folder))
    median = {way: measure.median(all_walls) for way, all_walls in walls.items()}
    known, built, first, last, batches = (measure.median(list(column)) for column in zip(*marks))
    base = median["plain"]
    cold, warm = median["offload, nothing known"], median["offload, again"]
    print(
        f"| {name} | {base:.2f} | {cold:.2f} ({cold / base:.2f}) | {warm:.2f} ({warm / base:.2f}) | {known:.2f} | {built - known:.2f} "
        f"| {first - built:.2f} | {last - first:.2f} | {warm - last:.2f} | {batches:g} |",
        flush=True,
    )
    if options.keep:
        print(f"  {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    options = arguments()
    offload = measure.offload()
    print(f"{options.tests} tests, {options.sandboxes} local sandboxes; {measure.machine()}; median of {options.repeat}")
    print("Seconds, and in brackets the ratio to the plain tool with its own parallelism.\n")
    print("| framework | plain | offload, nothing known | offload, again | listing | building | first start | tests | rest | batches |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in options.names or KNOWN:
        one(name, options, offload)


main()
