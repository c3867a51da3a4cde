"""Run the own test suite of a public package with plain pytest, pytest-xdist and Offload; compare times and all verdicts."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import measure

PYTEST = ["pytest==9.0.3", "pytest-xdist==3.8.0"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", nargs="?", default="packaging==25.0", help="NAME==VERSION, whose source archive holds its tests")
    parser.add_argument("--needs", nargs="*", help="packages that its tests need")
    parser.add_argument("--paths", nargs="*", default=["tests"])
    parser.add_argument("--sandboxes", type=int, default=2)
    options = parser.parse_args()
    if options.needs is None:
        options.needs = ["pretend", "tomli_w"] if options.package.startswith("packaging==") else []
    return options


def prepare(options):
    """Return the unpacked source archive and a Python with the package and pytest; made once."""
    cache = Path(os.environ.get("OFFLOAD_TEST_TOOLS") or Path.home() / ".cache/offload-test-tools")
    folder = cache / "real-suite" / options.package
    python = folder / "venv/bin/python"
    stamp = folder / "ready"
    wanted = " ".join([options.package, *PYTEST, *options.needs])
    if not (stamp.exists() and stamp.read_text() == wanted):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], check=True)
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run(pip + ["download", "--no-binary", ":all:", "--no-deps", "-d", str(folder), options.package], check=True)
        archive = next(folder.glob("*.tar.gz"))
        subprocess.run(pip + ["install", str(archive), *PYTEST, *options.needs], check=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder / "source", filter="data")
        stamp.write_text(wanted)
    return next((folder / "source").iterdir()), str(python)


def configuration(options, python, results):
    paths = ", ".join(f'"{path}"' for path in options.paths)
    return f"""[offload]
max_parallel = {options.sandboxes}
sandbox_project_root = "."
[provider]
type = "local"
[framework]
type = "pytest"
command = "{python} -m pytest"
paths = [{paths}]
[groups.all]
[report]
output_dir = "{results}"
"""


def main():
    options = arguments()
    source, python = prepare(options)
    offload = measure.offload()
    work = source.parent.parent
    print(f"{options.package}: {measure.machine()}")

    os.environ["PYTHONHASHSEED"] = "0"  # pytest-xdist wants all its processes to list the same, and some suites list sets
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options.paths]
    verdicts = {"VERDICTS": str(work / "verdicts.json"), "PYTHONPATH": str(Path(__file__).parent)}
    plain = measure.run([*pytest, "-p", "verdicts"], source, work / "pytest.log", verdicts)
    expected = json.loads((work / "verdicts.json").read_text())
    parallel = measure.run([*pytest, "-n", str(options.sandboxes)], source, work / "xdist.log")

    results = work / "results"
    (work / "offload.toml").write_text(configuration(options, python, results))
    command = offload + ["run", "--ci", "-c", str(work / "offload.toml")]
    same = True
    for round in ("nothing known", "again"):
        if round == "nothing known":
            shutil.rmtree(results, ignore_errors=True)
            shutil.rmtree(work / "cache", ignore_errors=True)
        cost = measure.run(command, source, work / "offload.log", {"OFFLOAD_CACHE_DIR": str(work / "cache")})
        summary = json.loads((results / "summary.json").read_text())
        got = {test["id"]: test["verdict"] for test in summary["tests"]}
        same &= compare(expected, got)
        print(
            f"  offload run, {round}: exit code {cost.exit_code}, {len(got)} tests, {cost.wall:.1f} s ({cost.wall / plain.wall:.2f} of pytest, {cost.wall / parallel.wall:.2f} of -n); "
            f"Java: {cost.own_cpu:.1f} of {cost.cpu:.1f} processor s ({cost.own_cpu / cost.cpu:.1%}), {cost.peak_mb:.0f} MB"
        )
    print(f"  pytest: exit code {plain.exit_code}, {len(expected)} tests, {plain.wall:.1f} s, {plain.cpu:.1f} processor s")
    print(f"  pytest -n {options.sandboxes}: exit code {parallel.exit_code}, {parallel.wall:.1f} s ({parallel.wall / plain.wall:.2f} of pytest), {parallel.cpu:.1f} processor s")
    counts = {verdict: list(expected.values()).count(verdict) for verdict in ("passed", "failed", "skipped")}
    print("  " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + " (pytest)")
    print("  the same verdict for every test" if same else "  DIFFERENT verdicts, see above")
    sys.exit(0 if same else 1)


def compare(expected, got):
    """Print what differs; return whether nothing does."""
    lines = [f"  only pytest has {name!r} ({expected[name]})" for name in expected.keys() - got.keys()]
    lines += [f"  only Offload has {name!r} ({got[name]})" for name in got.keys() - expected.keys()]
    lines += [
        f"  {name!r}: {expected[name]} with pytest, {got[name]} with Offload"
        for name in expected.keys() & got.keys()
        if expected[name] != got[name]
    ]
    for line in sorted(lines)[:20]:
        print(line)
    if len(lines) > 20:
        print(f"  and {len(lines) - 20} more")
    return not lines


main()
