"""vitest: ten tests a file, each waiting for 5 ms."""

import os
from pathlib import Path

TOML = """[framework]
type = "vitest"
run_args = "--no-file-parallelism"
"""


def environment(tools):
    return {"NO_COLOR": "1"}


def plain(tools):
    return ["node_modules/.bin/vitest", "run"]


def write(folder, tests):
    tools = Path(os.environ.get("OFFLOAD_TEST_TOOLS") or Path.home() / ".cache/offload-test-tools")
    (folder / "node_modules").symlink_to(tools / "vitest-4/node_modules")
    (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
    (folder / "tests").mkdir()
    for file in range(0, tests, 10):
        lines = ["import { expect, test } from 'vitest'", "const wait = () => new Promise(done => setTimeout(done, 5))"]
        for number in range(file, min(file + 10, tests)):
            lines.append(f"test('test {number}', async () => {{ await wait(); expect({number} + 1).toBe({number + 1}) }})")
        (folder / f"tests/file{file:04}.test.js").write_text("\n".join(lines) + "\n")
