"""Make a pytest suite of many tests that take the same time."""

import sys
import textwrap
from pathlib import Path

WORK = {
    # The test waits, as one that talks to a service does.
    "wait": "time.sleep({seconds})",
    # The test computes.
    "compute": "end = time.process_time() + {seconds}\n    while time.process_time() < end:\n        pass",
}

PROVIDER = {
    "local": 'type = "local"',
    # Folders of this machine, reached as any other sandbox would be: through shell commands.
    "default": """type = "default"
            create_command = "mktemp -d"
            exec_command = "test -d {sandbox_id} && sh -c {command}"
            destroy_command = "rm -rf {sandbox_id}\"""",
}


def write(folder, tests, files, seconds, kind, python, sandboxes, provider="local"):
    """Write the suite with its offload.toml; the tests are divided evenly over the files."""
    folder = Path(folder)
    (folder / "tests").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    body = WORK[kind].format(seconds=seconds)
    left = tests
    for number in range(files):
        count = left // (files - number)
        left -= count
        text = f"import time\n\nimport pytest\n\n\n@pytest.mark.parametrize('number', range({count}))\ndef test_some(number):\n    {body}\n"
        (folder / "tests" / f"test_{number:03}.py").write_text(text)
    (folder / "offload.toml").write_text(
        textwrap.dedent(
            f"""\
            [offload]
            max_parallel = {sandboxes}
            sandbox_project_root = "."

            [provider]
            {PROVIDER[provider]}

            [framework]
            type = "pytest"
            command = "{python} -m pytest"
            paths = ["tests"]

            [groups.all]
            """
        )
    )


if __name__ == "__main__":
    sys.exit("used by the other programs here")
