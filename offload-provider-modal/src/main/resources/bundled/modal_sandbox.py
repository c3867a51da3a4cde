# /// script
# requires-python = ">=3.10,<3.15"
# dependencies = ["modal>=1.5.4,<1.7"]
# ///
"""Modal sandboxes for `[provider] type = "default"`, one command of a sandbox's life at a time.

    prepare_command  = "uv run @modal_sandbox.py prepare Dockerfile --include-cwd"
    create_command   = "uv run @modal_sandbox.py create {image_id}"
    exec_command     = "uv run @modal_sandbox.py exec {sandbox_id} {command}"
    download_command = "uv run @modal_sandbox.py download {sandbox_id} {paths}"
    destroy_command  = "uv run @modal_sandbox.py destroy {sandbox_id}"

Ids go to standard output, everything else to standard error. A sandbox that is dead is told with the line
`OFFLOAD_SANDBOX_DEAD: <reason>` on standard error and the exit code 75.
`[provider] type = "modal"` does the same with one process for the whole run and is much quicker.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import sys
import threading
from collections.abc import Awaitable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

PROTOCOL = os.dup(1)
os.dup2(2, 1)

import offload_modal as sdk  # noqa: E402

if TYPE_CHECKING:
    import modal
    from modal.container_process import ContainerProcess

T = TypeVar("T")

APP = "offload-sandbox"
DOCKERFILE_APP = "offload-dockerfile-sandbox"
CHECKPOINT_APP = "offload-checkpoint-sandbox"
LIFETIME = 3600
UNAVAILABLE_MARK = "OFFLOAD_UNAVAILABLE:"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def answer(text: str) -> None:
    os.write(PROTOCOL, f"{text}\n".encode())


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="modal_sandbox.py", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True)

    prepare = commands.add_parser("prepare", help="build an image and print its id")
    prepare.add_argument("dockerfile", nargs="?")
    prepare.add_argument("--include-cwd", action="store_true")
    prepare.add_argument("--copy-dir", action="append", default=[], metavar="LOCAL:REMOTE")
    prepare.add_argument("--sandbox-init-cmd")
    prepare.add_argument("--context-dir", default=".")
    prepare.add_argument("--from-base-image", metavar="IMAGE")
    prepare.add_argument("--patch-file")
    prepare.add_argument("--sandbox-project-root", default="/app")
    prepare.add_argument("--post-patch-cmd")
    prepare.add_argument("--cached", action="store_true", help=argparse.SUPPRESS)

    create = commands.add_parser("create", help="start a sandbox and print its id")
    create.add_argument("image")
    create.add_argument("--cpu", type=float)
    create.add_argument("--memory-gb", type=float)
    create.add_argument("--experimental-options", type=json.loads)
    create.add_argument("--copy-dir", action="append", default=[], metavar="LOCAL:REMOTE")
    create.add_argument("--env", action="append", default=[], metavar="KEY=VALUE")
    create.add_argument("--workdir", default="/app")
    create.add_argument("--timeout", type=int, default=LIFETIME)

    run = commands.add_parser("exec", help="run a command and end with its exit code")
    run.add_argument("sandbox")
    run.add_argument("shell")

    for name, words in (("download", "REMOTE:LOCAL"), ("upload", "LOCAL:REMOTE")):
        copy = commands.add_parser(name, help=f"copy files, {words}")
        copy.add_argument("sandbox")
        copy.add_argument("paths", nargs="+", metavar=words)

    for name, words in (("poll", "end with 0 when a sandbox lives"), ("destroy", "end a sandbox")):
        commands.add_parser(name, help=words).add_argument("sandbox")
    commands.add_parser("destroy-many", help="end the sandboxes whose ids are on standard input")
    return top


def pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        first, colon, second = word.partition(":")
        if not (first and colon and second):
            raise sdk.Failure("fatal", f"'{word}' is not of the form A:B")
        yield first, second


async def prepare(options: argparse.Namespace) -> None:
    import modal

    client = await sdk.connect()
    if options.from_base_image:
        app = await sdk.lookup(CHECKPOINT_APP, None, client)
        answer(await patched(options, modal.Image.from_id(options.from_base_image, client=client), app))
        return
    if options.dockerfile and not os.path.isfile(options.dockerfile):
        raise sdk.Failure("fatal", f"there is no Dockerfile '{options.dockerfile}'")
    app = await sdk.lookup(DOCKERFILE_APP if options.dockerfile else APP, None, client)
    ignore = ignored_here()
    folders = [Ignoring(".", "/app", ignore)] if options.include_cwd else []
    for local, remote in pairs(options.copy_dir):
        if os.path.isdir(local):
            folders.append(Ignoring(local, remote, ignore))
        else:
            say(f"warning: there is no folder '{local}'; it is left out")
    dockerfile = options.dockerfile and os.path.join(options.context_dir, options.dockerfile)
    answer(
        await sdk.build(
            app,
            client,
            dockerfile=dockerfile,
            context=Ignoring(options.context_dir, "", ignore),
            folders=folders,
            init=options.sandbox_init_cmd,
            force=False,
            progress=say,
        )
    )


class Ignoring(sdk.Folder):
    """A folder of which everything goes into an image but what `.dockerignore` names."""

    def __init__(self, local: str, remote: str, patterns: list[str]) -> None:
        super().__init__(local, remote)
        self.patterns = patterns

    def ignores(self) -> list[str]:
        return self.patterns


def ignored_here() -> list[str]:
    try:
        with open(".dockerignore", encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except FileNotFoundError:
        return []
    return [line for line in lines if line and not line.startswith("#")]


async def patched(options: argparse.Namespace, image: modal.Image, app: modal.App) -> str:
    variables = ""
    if options.patch_file:
        image = image.add_local_file(options.patch_file, "/tmp/offload.patch", copy=True).run_commands(
            f"offload apply-diff /tmp/offload.patch --project-root {options.sandbox_project_root}"
        )
        variables = "OFFLOAD_PATCH_FILE=/tmp/offload.patch "
    if options.post_patch_cmd:
        image = image.run_commands(variables + options.post_patch_cmd)
    if options.patch_file:
        image = image.run_commands("rm -f /tmp/offload.patch")
    with sdk.BuildLog(say):
        await image.build.aio(app)
    return image.object_id


async def create(options: argparse.Namespace) -> None:
    import modal

    client = await sdk.connect()
    app = await sdk.lookup(APP, None, client)
    settings = {"workdir": options.workdir, "timeout": options.timeout}
    if options.cpu:
        settings["cpu"] = options.cpu
    if options.memory_gb:
        settings["memory"] = math.ceil(options.memory_gb * 1024)
    if options.experimental_options:
        settings["experimental_options"] = options.experimental_options
    if options.env:
        settings["env"] = dict(pair.split("=", 1) for pair in options.env)
    image = modal.Image.from_id(options.image, client=client)
    folders = list(pairs(options.copy_dir))
    for local, remote in folders:
        image = image.add_local_dir(local, remote, ignore=ignored_here())
    mark = sdk.fresh_name()
    creating = modal.Sandbox.create.aio(app=app, client=client, image=image, tags={sdk.CREATED: mark}, **settings)
    try:
        handle = await asyncio.wait_for(creating, sdk.START_DEADLINE)
    except Exception as e:
        await sdk.end_created(app, client, mark, e, asyncio.Semaphore(sdk.ENDS_AT_ONCE))
        raise
    answer(handle.object_id)


async def attach(sandbox: str) -> modal.Sandbox:
    """Return a living sandbox."""
    import modal
    from modal import exception

    client = await sdk.connect()
    try:
        handle = await asyncio.wait_for(modal.Sandbox.from_id.aio(sandbox, client=client), sdk.ASK_DEADLINE)
    except exception.NotFoundError as e:
        raise sdk.Dead(sdk.UNKNOWN) from e
    # This has asked the server just now.
    if handle.returncode is not None:
        raise sdk.Dead(sdk.death_of(handle))
    return handle


async def while_alive(handle: modal.Sandbox, work: Awaitable[T]) -> T:
    """Carry work out on a sandbox; that it is dead is told whatever became of the work."""
    task = asyncio.ensure_future(work)
    death = asyncio.ensure_future(sdk.wait(handle))
    await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        await asyncio.wait({task}, timeout=0.3)
    failed = not task.done() or task.exception() is not None or task.result() in (-1, 137)
    if failed and not death.done():
        await asyncio.wait({death}, timeout=1)
    if death.done() and failed:
        raise sdk.Dead(death.result())
    try:
        return task.result()
    except Exception as e:
        raise sdk.sort_alive(e) from e


async def execute(options: argparse.Namespace) -> int:
    handle = await attach(options.sandbox)
    process = await sdk.start(handle, ["bash", "-c", options.shell])
    feed_stdin(process, asyncio.get_running_loop())

    async def copy(stream: Any, fd: int) -> None:
        async for chunk in stream:
            await asyncio.to_thread(write, fd, chunk)

    async def all_of_it() -> int:
        _, _, code = await asyncio.gather(copy(process.stdout, PROTOCOL), copy(process.stderr, 2), process.wait.aio())
        return code

    return await while_alive(handle, all_of_it())


def write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


def feed_stdin(process: ContainerProcess[bytes], loop: asyncio.AbstractEventLoop) -> None:
    """Hand standard input on, from a thread: whether it ever ends is not known."""

    async def send(data: bytes) -> None:
        process.stdin.write(data) if data else process.stdin.write_eof()
        await process.stdin.drain.aio()

    def feed() -> None:
        try:
            while True:
                data = os.read(0, 1 << 16)
                asyncio.run_coroutine_threadsafe(send(data), loop).result()
                if not data:
                    return
        except Exception:
            return  # the command is over, or never wanted to read

    threading.Thread(target=feed, daemon=True).start()


async def download(options: argparse.Namespace) -> None:
    handle = await attach(options.sandbox)
    for remote, local in pairs(options.paths):
        if not await while_alive(handle, sdk.download(handle, remote, local, timeout=LIFETIME)):
            raise sdk.Failure("transient", f"there is no '{remote}' in the sandbox")


async def upload(options: argparse.Namespace) -> None:
    handle = await attach(options.sandbox)
    for local, remote in pairs(options.paths):
        await while_alive(handle, sdk.upload(handle, local, remote, timeout=LIFETIME))


async def poll(options: argparse.Namespace) -> None:
    await attach(options.sandbox)


async def destroy(options: argparse.Namespace) -> None:
    await terminate(await sdk.connect(), options.sandbox)


async def terminate(client: modal.Client, sandbox: str) -> None:
    import modal
    from modal import exception

    pause = 0.5
    for _ in range(5):
        try:
            handle = await asyncio.wait_for(modal.Sandbox.from_id.aio(sandbox, client=client), sdk.ASK_DEADLINE)
            await asyncio.wait_for(handle.terminate.aio(), sdk.END_DEADLINE)
            return
        except exception.NotFoundError:
            return
        except exception.ResourceExhaustedError:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 8)
    say(f"warning: {sandbox} could not be ended: Modal is busy")


async def destroy_many(options: argparse.Namespace) -> None:
    client = await sdk.connect()
    places = asyncio.Semaphore(sdk.ENDS_AT_ONCE)

    async def one(sandbox: str) -> None:
        async with places:
            try:
                await terminate(client, sandbox)
            except Exception as e:
                say(f"warning: {sandbox} could not be ended: {e}")

    await asyncio.gather(*(one(line.strip()) for line in sys.stdin if line.strip()))


COMMANDS = {
    "prepare": prepare,
    "create": create,
    "exec": execute,
    "download": download,
    "upload": upload,
    "poll": poll,
    "destroy": destroy,
    "destroy-many": destroy_many,
}


def main() -> int:
    options = parser().parse_args()
    try:
        sdk.load_sdk()
        return asyncio.run(COMMANDS[options.command](options)) or 0
    except sdk.Dead as e:
        say(f"{sdk.DEAD_MARK} {e}")
        return sdk.DEAD_EXIT
    except Exception as e:
        failure = sdk.sort(e)
        if failure.kind == "unavailable":
            say(f"{UNAVAILABLE_MARK} {failure.retry_after or 5:g} {failure}")
        say(f"error: {failure}")
        return {"fatal": 78, "unavailable": 69}.get(failure.kind, 1)


if __name__ == "__main__":
    code = main()
    # The SDK's threads do not all end by themselves.
    sys.stderr.flush()
    os._exit(code)
