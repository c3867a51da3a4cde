"""Compare the providers: single operations of each, and one suite of small tests.

`default` is the scripts of examples/shell-provider, `docker` an engine on this machine with the image that the tests use, `ssh` two servers
on this machine. The operations are called as the engine calls them, one after the other, without a run around them.
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
import places

BENCH = "dev.offload.it.ProviderOperations"
OPERATIONS = (
    ("start", "start of a sandbox"),
    ("close", "end of a sandbox"),
    ("exec", "one command"),
    ("upload", "50 MB there"),
    ("download", "50 MB back"),
)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", action="append", choices=places.PLACES, help="only this one; may be repeated")
    parser.add_argument("--tests", type=int, default=400)
    parser.add_argument("--millis", type=float, default=10, help="time of one test")
    parser.add_argument("--sandboxes", type=int, default=8)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def write_project(project, place, options):
    tests = project / "tests"
    tests.mkdir(parents=True)
    for number in range(20):
        count = options.tests * (number + 1) // 20 - options.tests * number // 20
        (tests / f"test_{number:02}.py").write_text(
            "import time\n\nimport pytest\n\n\n"
            f"@pytest.mark.parametrize('number', range({count}))\ndef test_some(number):\n    time.sleep({options.millis / 1000})\n"
        )
    places.write_python(project)
    places.write_settings(project, place, options.sandboxes)


def operations(project, place, home):
    """Return the median seconds of each operation."""
    classes = places.ROOT / "offload-integration-tests/target/test-classes"
    java = Path(os.environ["JAVA_HOME"]) / "bin/java"
    done = subprocess.run(
        [java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{classes}:{home}/lib/*", BENCH],
        cwd=project, env=dict(os.environ, **place.env()), capture_output=True, text=True,
    )
    if done.returncode != 0:
        sys.exit(done.stderr)
    taken = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        name, seconds = line.split()
        taken[name].append(float(seconds))
    return {name: measure.median(values) for name, values in taken.items()}


def suite(project, place, offload, options):
    """Return the wall times of the runs; the first makes the image, or sends the files."""
    walls = []
    for _ in range(1 + options.repeat):
        cost = measure.run(offload + ["run"], project, project.parent / "log", place.env())
        if cost.exit_code != 0:
            sys.exit((project.parent / "log").read_text())
        walls.append(cost.wall)
    return walls


def main():
    options = arguments()
    offload = measure.offload()
    home = Path(offload[0]).parent.parent
    subprocess.run(
        ["mvn", "-q", "-Dquick", "-DskipTests", "-pl", "offload-integration-tests", "-am", "test-compile"],
        cwd=places.ROOT, check=True,
    )
    print(measure.machine())
    names = options.provider or list(places.PLACES)
    table = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix="offload-providers-") as folder:
            os.environ["OFFLOAD_CACHE_DIR"] = f"{folder}/cache"
            project = Path(folder) / "project"
            place = places.PLACES[name](Path(folder), options.sandboxes)
            try:
                write_project(project, place, options)
                walls = suite(project, place, offload, options)
                table[name] = operations(project, place, home)
                table[name]["first run"] = walls[0]
                table[name]["run"] = measure.median(walls[1:])
            finally:
                place.close()
    rows = OPERATIONS + (
        ("first run", f"{options.tests} tests of {options.millis:g} ms, first run"),
        ("run", f"{options.tests} tests of {options.millis:g} ms, again"),
    )
    print(f"{'':34}" + "".join(f"{name:>10}" for name in names))
    for key, title in rows:
        print(f"{title:34}" + "".join(f"{table[name][key]:9.3f}s" for name in names))
    print(measure.machine().replace("before", "after"))


if __name__ == "__main__":
    main()
