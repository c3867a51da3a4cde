"""nextest: thirty tests in each integration test program, each waiting for 5 ms."""

import os

TOML = """[framework]
type = "nextest"
run_args = "-j 1"
"""


def environment(tools):
    return {"PATH": f"{tools / 'nextest-0.9.148/bin'}:{os.environ['PATH']}"}


def plain(tools):
    return ["cargo", "nextest", "run"]


def write(folder, tests):
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "bench"\nversion = "0.1.0"\nedition = "2021"\n\n[profile.test]\ndebug = 0\n\n[workspace]\n'
    )
    (folder / "src").mkdir()
    (folder / "src/lib.rs").write_text("")
    (folder / "tests").mkdir()
    for file in range(0, tests, 30):
        text = ""
        for number in range(file, min(file + 30, tests)):
            text += f"#[test]\nfn test_{number}() {{ std::thread::sleep(std::time::Duration::from_millis(5)); }}\n"
        (folder / f"tests/file{file:04}.rs").write_text(text)
