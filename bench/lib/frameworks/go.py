"""Go: thirty tests a package, each waiting for 5 ms."""

import os

TOML = """[framework]
type = "go"
"""


def environment(tools):
    return {"PATH": f"{tools / 'go/bin'}:{os.environ['PATH']}"}


def plain(tools):
    return ["go", "test", "-count=1", "./..."]


def write(folder, tests):
    (folder / "go.mod").write_text("module example.com/bench\n\ngo 1.20\n")
    for first in range(0, tests, 30):
        package = folder / f"p{first:04}"
        package.mkdir()
        text = f'package p{first:04}\n\nimport (\n\t"testing"\n\t"time"\n)\n\n'
        for number in range(first, min(first + 30, tests)):
            text += f"func Test{number}(t *testing.T) {{ time.Sleep(5 * time.Millisecond) }}\n"
        (package / "all_test.go").write_text(text)
