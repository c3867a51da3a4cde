"""Run many tests that take no time, so that all that is left is what Offload itself costs."""

import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import measure

RUNS = 10  # as many samples of a test as the local history keeps

CONFIGURATION = """[offload]
max_parallel = 8
sandbox_project_root = "."
[provider]
type = "local"
[framework]
type = "default"
discover_command = "cat names.txt # {filters}"
run_command = "python3 run.py {tests}"
test_id_format = "{name}"
[groups.all]
"""

HARNESS = r"""import os, sys
token = os.environ["OFFLOAD_SIGNAL_TOKEN"]
for number in range(len(sys.argv) - 1):
    frames = '\x1e%s {"started":%d}\n\x1e%s {"finished":%d,"outcome":"passed","duration":0.001}\n'
    os.write(1, (frames % (token, number, token, number)).encode())
"""


def write_history(file, names):
    """Write what ten runs of these tests leave."""
    chance = random.Random(1)
    runs = ["20261101-1200%02d-abcd" % number for number in range(RUNS)]
    with open(file, "w") as out:
        for name in names:
            passes = [[run, 1764000000000 + number, round(chance.random() / 100, 6)] for number, run in enumerate(runs)]
            value = {"n": RUNS, "f": 0, "last_run": runs[-1], "ok": passes, "fail": []}
            out.write(json.dumps({"k": ["offload.toml", name], "v": value}, separators=(",", ":")) + "\n")


def main():
    tests = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    offload = measure.offload()
    folder = Path(tempfile.mkdtemp(prefix="offload-bench-"))
    suite = folder / "suite"
    suite.mkdir()
    names = ["tests/module_%03d/test_something.py::TestClass::test_of_a_usual_length[param-%06d]" % (n // 500, n) for n in range(tests)]
    (suite / "offload.toml").write_text(CONFIGURATION)
    (suite / "names.txt").write_text("\n".join(names) + "\n")
    (suite / "run.py").write_text(HARNESS)
    os.environ["OFFLOAD_CACHE_DIR"] = str(folder / "cache")
    print(f"{tests} tests that take no time, 8 local sandboxes; {measure.machine()}\n")
    print("| | wall s | processor s of Java | peak MB of Java |\n|---|---|---|---|")
    for way in ("nothing known", f"a history of {RUNS} runs"):
        if way != "nothing known":
            write_history(next((folder / "cache/history").glob("*.jsonl")), names)
        cost = measure.run(offload + ["run", "--ci"], suite, folder / "offload.log")
        summary = json.loads((suite / "test-results/summary.json").read_text())
        passed = sum(test["verdict"] == "passed" for test in summary["tests"])
        if cost.exit_code != 0 or passed != tests:
            sys.exit(f"{way}: exit code {cost.exit_code}, {passed} passed; look into {folder}")
        print(f"| {way} | {cost.wall:.1f} | {cost.own_cpu:.1f} | {cost.peak_mb:.0f} |")
    shutil.rmtree(folder)


main()
