"""List the tests of a generated suite, with nothing remembered and again."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import measure
import suite


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    tests = 5000
    python, offload = measure.tools(), measure.offload()
    folder = Path(tempfile.mkdtemp(prefix="offload-bench-"))
    suite.write(folder, tests, 50, 0.005, "wait", python, 2)
    os.environ["OFFLOAD_CACHE_DIR"] = str(folder / "cache")
    costs = {"anew": [], "remembered": []}
    print(f"{tests} tests in 50 files; {measure.machine()}; median of {runs}\n")
    for round in range(runs):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        for way, known in costs.items():
            log = folder / f"{way}-{round}.log"
            cost = measure.run(offload + ["collect"], folder, log)
            if cost.exit_code != 0 or log.read_text().count("::test_some[") != tests:
                sys.exit(f"{way}: not all tests were listed; look into {folder}")
            known.append(cost)
    print("| `offload collect` | wall s | processor s |\n|---|---|---|")
    for way, known in costs.items():
        wall, cpu = measure.median([c.wall for c in known]), measure.median([c.cpu for c in known])
        print(f"| {way} | {wall:.2f} | {cpu:.2f} |")
    shutil.rmtree(folder)


main()
