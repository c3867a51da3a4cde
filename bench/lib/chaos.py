"""Measure what killed sandboxes cost.

Runs a suite of N pytest tests of 20 to 200 ms, some of which fail, on the sandboxes of a provider: once undisturbed, then once for each
way in which a random sandbox can be killed from outside every few moments. `default` (the scripts of examples/shell-provider): SIGKILL to
everything in it, and SIGSTOP, which nothing tells anybody. `docker`: kill and pause, through the engine's API. `ssh` (two servers on this
machine): the server's process of its connection killed or stopped, and all its processes killed. Prints the wall times, whether the
verdicts are the same, and per kill the time until the loss is known and until its tests are handed out again; for `default` also to the
last use of the sandbox (any command but the one that destroys it).
"""

import argparse
import collections
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import places


def write_project(project, place, options):
    tests = project / "tests"
    tests.mkdir(parents=True)
    durations = random.Random(options.seed)
    for number in range(0, options.tests, 20):
        lines = ["import time", ""]
        for test in range(number, min(number + 20, options.tests)):
            lines += [f"def test_{test:04}():", f"    time.sleep({durations.randint(20, 200) / 1000})"]
            lines += ["    assert False, 'wrong'"] if test % 100 == 37 else []
        (tests / f"test_part_{number // 20:02}.py").write_text("\n".join(lines) + "\n")
    places.write_python(project)
    places.write_settings(
        project, place, options.sandboxes, provider="[provider.retry]\nstart_budget = 1000", group="retry_count = 1"
    )


def seconds(stamp):
    whole, _, rest = stamp.rstrip("Z").partition(".")
    at = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return at.timestamp() + float("0." + (rest or "0"))


def journal(project):
    file = project / "test-results/events.jsonl"
    if not file.exists():
        return []
    events = []
    for line in file.read_text(errors="replace").splitlines()[1:]:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        event["at"] = seconds(event["at"])
        events.append(event)
    return events


class Killer(threading.Thread):
    """Kills a random sandbox, again and again."""

    def __init__(self, project, place, how, options):
        super().__init__(daemon=True)
        self.project, self.place, self.how, self.options = project, place, how, options
        self.over = threading.Event()
        self.kills = {}
        self.random = random.Random(options.seed)

    def run(self):
        while not self.over.wait(self.options.every):
            live = {}
            for event in journal(self.project):
                if event["event"] == "sandbox_ready":
                    live[event["sandbox"]] = event["handle"]
                elif event["event"] in ("sandbox_lost", "sandbox_closed", "sandbox_condemned"):
                    live.pop(event["sandbox"], None)
            targets = sorted(set(live) - set(self.kills))
            if targets:
                target = self.random.choice(targets)
                began = time.time()
                self.place.kill(self.how, live[target])
                self.kills[target] = (began, live[target])


def run(how, options):
    with tempfile.TemporaryDirectory(prefix="offload-chaos-") as folder:
        project = Path(folder) / "project"
        place = places.PLACES[options.provider](Path(folder), options.sandboxes)
        try:
            write_project(project, place, options)
            killer = Killer(project, place, how, options) if how else None
            if killer:
                killer.start()
            env = dict(os.environ, **place.env())
            done = subprocess.run([options.offload, "run"], cwd=project, env=env, capture_output=True, text=True)
            if killer:
                killer.over.set()
                killer.join()
            if options.keep:
                subprocess.run(["cp", "-r", project, f"{options.keep}/{(how or 'undisturbed').replace(' ', '-')}"], check=True)
            left = place.left()
            # A host cleans up by itself ten seconds after it heard the last of Offload.
            for _ in range(200):
                if left:
                    time.sleep(0.1)
                    left = place.left()
            return Run(how, done, journal(project), killer.kills if killer else {}, place, left)
        finally:
            place.close()


class Run:
    def __init__(self, name, done, events, kills, place, left):
        self.name, self.done, self.events, self.left = name, done, events, left
        self.verdicts = {e["test"]: e["verdict"] for e in events if e["event"] == "test_decided"}
        end = [e for e in events if e["event"] == "run_finished"]
        begin = [e for e in events if e["event"] == "sandbox_ready"]
        # From the first sandbox: that is the same work with and without kills, and no image is made in it.
        self.wall = end[0]["at"] - begin[0]["at"] if end and begin else float("nan")
        self.work_out(kills, place)

    def work_out(self, kills, place):
        """Find, for each kill that met a sandbox, what came after it."""
        self.known, self.last_use, self.again, self.lost_attempts = [], [], [], 0
        decided = {e["test"]: e["at"] for e in self.events if e["event"] == "test_decided"}
        handed = collections.defaultdict(list)
        batches_of = collections.defaultdict(list)
        for event in self.events:
            if event["event"] == "batch_started":
                for test in event["tests"]:
                    handed[test].append(event)
                batches_of[event["sandbox"]].append(event)
            if event["event"] == "attempt_finished" and event["outcome"] == "lost":
                self.lost_attempts += 1
        lost = {e["sandbox"]: e for e in self.events if e["event"] == "sandbox_lost"}
        self.lost = len(lost)
        for sandbox, (at, handle) in kills.items():
            if sandbox not in lost:
                continue
            self.known.append(max(0.0, lost[sandbox]["at"] - at))
            if hasattr(place, "last_use"):
                self.last_use.append(place.last_use(handle, at))
            for batch in batches_of[sandbox][-1:]:
                for test in batch["tests"]:
                    if decided.get(test, 0) > at:
                        later = [b["at"] for b in handed[test] if b["at"] > max(at, batch["at"])]
                        if later:
                            self.again.append(min(later) - at)


def share(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def show(run, calm):
    same = "the same" if run.verdicts == calm.verdicts else "DIFFERENT"
    print(f"{run.name}: {run.wall:.1f} s, {run.wall / calm.wall:.2f} x undisturbed, exit {run.done.returncode}; "
          f"verdicts {same} ({len(run.verdicts)}), {run.lost} sandboxes lost, {run.lost_attempts} attempts lost, "
          f"{len(run.left)} sandboxes left")
    for title, values in (
        ("loss known", run.known),
        ("last use of a killed sandbox", run.last_use),
        ("its tests handed out again", run.again),
    ):
        if values:
            print(f"  kill to {title}: p50 {share(values, 0.5):.2f} s, p99 {share(values, 0.99):.2f} s, n = {len(values)}")
    for test in sorted(set(run.verdicts) | set(calm.verdicts)):
        if run.verdicts.get(test) != calm.verdicts.get(test):
            print(f"  {test}: {calm.verdicts.get(test)} -> {run.verdicts.get(test)}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", choices=["default", "docker", "ssh"], default="default")
    parser.add_argument("--tests", type=int, default=400)
    parser.add_argument("--sandboxes", type=int, default=8)
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder to copy the projects of the runs to")
    parser.add_argument("--offload", default=str(places.ROOT / "offload"))
    options = parser.parse_args()
    options.offload = os.path.abspath(options.offload)
    print(f"{options.provider}: {options.tests} tests, {options.sandboxes} sandboxes, a kill every {options.every:g} s, "
          f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    calm = run("", options)
    print(f"undisturbed: {calm.wall:.1f} s, exit {calm.done.returncode}, {len(calm.verdicts)} verdicts, {len(calm.left)} sandboxes left")
    sys.stdout.flush()
    failed = calm.done.returncode != 1
    if failed:
        print(calm.done.stderr)
    for how in places.PLACES[options.provider].KILLS:
        killed = run(how, options)
        show(killed, calm)
        failed |= killed.verdicts != calm.verdicts or bool(killed.left)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
