"""Start commands and say what they cost: wall time, processor time, and for Offload that of its Java process and its memory."""

import ctypes
import os
import resource
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TICK = os.sysconf("SC_CLK_TCK")

# Processes whose parents do not wait for them become children of this one, so that their processor time is known, too.
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@dataclass
class Cost:
    wall: float  # seconds
    cpu: float  # processor seconds, with all processes it started
    own_cpu: float  # processor seconds of the process itself
    peak_mb: float  # most memory the process itself held
    exit_code: int


def offload():
    """Return the words that start Offload; it is built first if need be."""
    subprocess.run([str(ROOT / "offload"), "--version"], stdout=subprocess.DEVNULL, check=True)
    home = (ROOT / "offload-cli/target/distribution.stamp").read_text().splitlines()[0]
    return [str(ROOT / home / "bin/offload")]


def tools():
    """Return the Python environment with pytest, xdist and coverage that build-config/tools/pytest.sh makes."""
    folder = Path(os.environ.get("OFFLOAD_TEST_TOOLS") or Path.home() / ".cache/offload-test-tools")
    python = folder / "pytest-9-plugins/bin/python"
    if not python.exists():
        subprocess.run(["sh", str(ROOT / "build-config/tools/pytest.sh")], check=True)
    return str(python)


def run(command, folder, log, env=None):
    """Run a command to its end and return its cost; its output goes to the log. `env` holds variables beside those of this process."""
    own, peak = 0.0, 0.0
    before = _processor_time()
    with open(log, "wb") as output:
        begin = time.perf_counter()
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(os.environ, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while True:
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                wall = time.perf_counter() - begin
                break
            try:
                fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
                own = (int(fields[11]) + int(fields[12])) / TICK
                for line in Path(f"/proc/{child.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        peak = int(line.split()[1]) / 1024
            except (OSError, IndexError):
                pass
            time.sleep(0.02)
    child.returncode = os.waitstatus_to_exitcode(status)
    _wait_for_the_rest()
    return Cost(wall, _processor_time() - before, own, peak, child.returncode)


def _processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _wait_for_the_rest():
    """Wait for the orphans; those that stay longer than a second are left alone."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)
        except ChildProcessError:
            return


def median(values):
    return statistics.median(values)


def machine():
    load = os.getloadavg()
    return f"{os.cpu_count()} processors, load before: {load[0]:.1f} {load[1]:.1f} {load[2]:.1f}"
