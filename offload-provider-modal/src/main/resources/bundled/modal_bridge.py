# /// script
# requires-python = ">=3.10,<3.15"
# dependencies = ["modal>=1.5.4,<1.7"]
# ///
"""The bridge between Offload and Modal's official SDK: requests on standard input, answers and events on standard output.

One line is one JSON object. The bridge translates and decides nothing: Offload retries, replaces and plans.

    > {"id": 7, "op": "exec", "sandbox": "sb-…", "argv": ["true"], …}
    < {"id": 7, "ev": "out", "fd": 1, "data": "<base64>"}            while it runs
    < {"id": 7, "ok": {…}}                                           once, or
    < {"id": 7, "error": {"kind": "transient|dead|unavailable|image_gone|fatal", "message": "…", …}}
    < {"ev": "dead", "sandbox": "sb-…", "cause": "…", "code": 0, "message": "…"}

A `cancel` ends the request it names, which gets no answer then. At the end of its input the bridge ends every sandbox it
knows, and itself.
"""

from __future__ import annotations

import os
import sys

# The protocol has standard output for itself: whatever the SDK prints goes to standard error.
PROTOCOL = os.dup(1)
os.dup2(2, 1)

import asyncio  # noqa: E402
import base64  # noqa: E402
import contextlib  # noqa: E402
import inspect  # noqa: E402
import json  # noqa: E402
import signal  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine  # noqa: E402
from typing import TYPE_CHECKING, Any, TypeVar  # noqa: E402

import offload_modal as sdk  # noqa: E402

if TYPE_CHECKING:
    import modal

T = TypeVar("T")

VERSION = 1
# How many sandboxes share one connection: a server may allow 100 calls on one, and each sandbox has one waiting.
SHARD = 50
# How much of one stream may be on its way to Offload, which acknowledges what it has used up.
WINDOW = 1 << 20
PIECE = 48 << 10
# How long a stream that a background process holds open may be silent after its command ended.
STRAGGLER_GRACE = 1.0
# How long a failing operation waits to hear that its sandbox is dead before it asks.
DEATH_PATIENCE = 0.3
# What a dead sandbox still sent may be read for so long.
DRAIN = 0.3
CANARY_PAUSE = 5


class Writer(asyncio.Protocol):
    """Write lines without ever waiting for the reader."""

    encode = json.JSONEncoder(separators=(",", ":")).encode

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        # Set when nobody asks or listens any more.
        self.alone = asyncio.Event()

    async def open(self, fd: int) -> None:
        self.pipe, _ = await self.loop.connect_write_pipe(lambda: self, os.fdopen(fd, "wb", buffering=0))

    def send(self, **message: Any) -> None:
        line = self.encode(message).encode() + b"\n"
        if asyncio._get_running_loop() is not self.loop:
            self.loop.call_soon_threadsafe(self.write, line)
        else:
            self.write(line)

    def write(self, line: bytes) -> None:
        if not self.alone.is_set():
            self.pipe.write(line)

    def connection_lost(self, _: Exception | None) -> None:
        self.alone.set()


class Window:
    """Let only so much of a stream be on its way."""

    def __init__(self) -> None:
        self.used = 0
        self.free = asyncio.Event()
        self.free.set()

    async def take(self, count: int) -> None:
        await self.free.wait()
        self.used += count
        if self.used >= WINDOW:
            self.free.clear()

    def give(self, count: int) -> None:
        self.used -= count
        if self.used < WINDOW:
            self.free.set()


class Shard:
    """One connection with its app, and what was looked up through it."""

    def __init__(self, client: modal.Client, app: modal.App) -> None:
        self.client = client
        self.app = app
        self.boxes: set[Box] = set()
        self.reserved = 0
        self.images: dict[str, modal.Image] = {}

    def is_full(self) -> bool:
        return len(self.boxes) + self.reserved >= SHARD


class Box:
    """One sandbox."""

    watch: asyncio.Future[None]

    def __init__(self, handle: modal.Sandbox, shard: Shard) -> None:
        self.handle = handle
        self.id: str = handle.object_id
        self.shard = shard
        self.death: asyncio.Future[sdk.Death] = asyncio.get_running_loop().create_future()
        self.tasks: set[asyncio.Future[Any]] = set()
        self.closed = False
        shard.boxes.add(self)


class Bridge:
    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.boxes: dict[str, Box] = {}
        self.shards: list[Shard] = []
        self.sharding = asyncio.Lock()
        self.requests: dict[int, asyncio.Future[None]] = {}
        self.windows: dict[tuple[int, int], Window] = {}
        self.background: set[asyncio.Future[Any]] = set()
        self.endings: set[asyncio.Future[Any]] = set()
        self.ending = asyncio.Semaphore(sdk.ENDS_AT_ONCE)
        self.settings: dict[str, str] = {}

    # --- requests

    def accept(self, message: dict[str, Any]) -> None:
        op = message.pop("op")
        if op == "ack":
            if window := self.windows.get((message["exec"], message["fd"])):
                window.give(message["bytes"])
        elif op == "cancel":
            if task := self.requests.get(message["request"]):
                task.cancel()
        else:
            number = message.pop("id")
            task = asyncio.ensure_future(self.answer(number, op, message))
            self.requests[number] = task
            task.add_done_callback(lambda _: self.requests.pop(number, None))

    async def answer(self, number: int, op: str, message: dict[str, Any]) -> None:
        handler = getattr(self, "do_" + op)
        try:
            if "number" in inspect.signature(handler).parameters:
                message["number"] = number
            self.writer.send(id=number, ok=await handler(**message) or {})
        except asyncio.CancelledError:
            return
        except sdk.Dead as e:
            self.writer.send(id=number, error={"kind": "dead", **vars(e.death)})
        except Exception as e:
            failure = sdk.sort(e)
            error: dict[str, Any] = {"kind": failure.kind, "message": str(failure), "type": type(e).__name__}
            if failure.retry_after is not None:
                error["retry_after"] = failure.retry_after
            self.writer.send(id=number, error=error)

    # --- connections

    async def shard(self) -> Shard:
        """Return a connection with room for one more sandbox, and keep that room."""
        async with self.sharding:
            found = next((shard for shard in self.shards if not shard.is_full()), None)
            if found is None:
                client = await sdk.connect(fresh=bool(self.shards))
                app = await sdk.lookup(self.settings["app"], self.settings["environment"], client)
                found = Shard(client, app)
                self.shards.append(found)
                self.spawn(self.canary(found))
            found.reserved += 1
            return found

    @contextlib.asynccontextmanager
    async def room(self) -> AsyncIterator[Shard]:
        shard = await self.shard()
        try:
            yield shard
        finally:
            shard.reserved -= 1

    async def canary(self, shard: Shard) -> None:
        """Notice a connection that has gone silent, and move its sandboxes to a new one."""
        silent = 0
        while True:
            await asyncio.sleep(CANARY_PAUSE)
            box = next((box for box in shard.boxes if not box.closed and not box.death.done()), None)
            if box is None:
                continue
            try:
                await asyncio.wait_for(box.handle.poll.aio(), CANARY_PAUSE)
                silent = 0
            except (asyncio.TimeoutError, TimeoutError):
                silent += 1
            except Exception:
                silent = 0  # an answer, if a bad one
            if silent >= 2:
                silent = 0
                while not await self.renew(shard):
                    await asyncio.sleep(CANARY_PAUSE)

    async def renew(self, shard: Shard) -> bool:
        """Give a shard a new connection and move its sandboxes to it; return whether all of them were."""
        try:
            client = await sdk.connect(fresh=True)
            app = await sdk.lookup(self.settings["app"], self.settings["environment"], client)
            shard.client, shard.app, shard.images = client, app, {}
            await asyncio.gather(*(self.move(box, client) for box in list(shard.boxes)))
            return True
        except Exception as e:
            print(f"offload: the connection to Modal could not be renewed: {e}", file=sys.stderr)
            return False

    async def move(self, box: Box, client: modal.Client) -> None:
        import modal
        from modal import exception

        try:
            handle = await asyncio.wait_for(modal.Sandbox.from_id.aio(box.id, client=client), sdk.ASK_DEADLINE)
        except exception.NotFoundError:
            self.died(box, sdk.UNKNOWN)
            return
        if not box.closed and not box.death.done():
            box.handle = handle
            box.watch.cancel()
            box.watch = self.spawn(self.watch(box))

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        task = asyncio.ensure_future(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    # --- operations

    async def do_lookup(
        self, app: str, environment: str, secrets: list[str], volumes: list[str]
    ) -> dict[str, Any]:
        """Connect, and see that everything is there that the configuration names."""
        import modal

        self.settings = {"app": app, "environment": environment}
        async with self.room() as shard:
            for name in secrets:
                await modal.Secret.from_name(name, environment_name=environment or None).hydrate.aio(shard.client)
            for name in volumes:
                await modal.Volume.from_name(name, environment_name=environment or None).hydrate.aio(shard.client)
            return {"app": shard.app.app_id}

    async def do_image(self, image: str) -> dict[str, Any]:
        """Say whether an image exists."""
        async with self.room() as shard:
            return {"exists": await self.image_exists(shard, image)}

    async def image_exists(self, shard: Shard, image_id: str) -> bool:
        from modal import exception

        shard.images.pop(image_id, None)
        try:
            await self.known_image(shard, image_id)
            return True
        except exception.NotFoundError:
            return False

    async def known_image(self, shard: Shard, image_id: str) -> modal.Image:
        import modal

        known = shard.images.get(image_id)
        if known is None:
            known = modal.Image.from_id(image_id, client=shard.client)
            await known.build.aio(shard.app)
            shard.images[image_id] = known
        return known

    async def do_build(
        self,
        number: int,
        dockerfile: str,
        context: dict[str, Any],
        folders: list[dict[str, Any]],
        init: str,
        force: bool,
    ) -> dict[str, Any]:
        async with self.room() as shard:
            image_id = await sdk.build(
                shard.app,
                shard.client,
                dockerfile=dockerfile,
                context=sdk.Folder(**context),
                folders=[sdk.Folder(**folder) for folder in folders],
                init=init,
                force=force,
                progress=lambda text: self.writer.send(id=number, ev="progress", text=text),
            )
        return {"image": image_id}

    async def do_create(
        self,
        image: str,
        options: dict[str, Any],
        secrets: list[str],
        volumes: dict[str, str],
        tags: dict[str, str],
        root: str,
    ) -> dict[str, Any]:
        import modal
        from modal import exception

        environment = self.settings["environment"] or None
        async with self.room() as shard:
            mark = sdk.fresh_name()
            box = None
            try:
                creating = modal.Sandbox.create.aio(
                    app=shard.app,
                    client=shard.client,
                    image=await self.known_image(shard, image) if image else None,
                    secrets=[modal.Secret.from_name(name, environment_name=environment) for name in secrets],
                    volumes={
                        path: modal.Volume.from_name(name, environment_name=environment)
                        for path, name in volumes.items()
                    },
                    tags={**tags, sdk.CREATED: mark},
                    **options,
                )
                handle = await asyncio.wait_for(creating, sdk.START_DEADLINE)
                box = self.adopt(handle, shard)
                scratch = await self.first_command(box, mark, root)
                return {"sandbox": box.id, "scratch": scratch}
            except BaseException as e:
                # Whatever went wrong, nobody would ever use it.
                ending = self.spawn(
                    self.end(box) if box else sdk.end_created(shard.app, shard.client, mark, e, self.ending)
                )
                self.endings.add(ending)
                ending.add_done_callback(self.endings.discard)
                if not isinstance(e, asyncio.CancelledError):
                    await asyncio.wait({ending}, timeout=sdk.END_DEADLINE)
                if isinstance(e, exception.NotFoundError) and image and not await self.image_exists(shard, image):
                    raise sdk.Failure("image_gone", f"the image {image} does not exist any more") from e
                if isinstance(e, exception.ConflictError):
                    raise sdk.Dead(sdk.Death("never_started", None, str(e))) from e
                raise

    async def first_command(self, box: Box, mark: str, root: str) -> str:
        """Make the sandbox's scratch folder: that shows that it runs and can be used."""
        opening = sdk.run(box.handle, ["sh", "-c", sdk.OPEN, "sh", mark, root])
        code, out, err = await self.alive(box, opening, sdk.START_DEADLINE)
        if code == sdk.NO_FOLDER:
            raise sdk.Failure("fatal", sdk.words(err) + ": set `workdir`, or `sandbox_project_root` in [offload]")
        if code != 0:
            raise sdk.Failure("transient", f"the sandbox cannot run commands (exit {code}): {sdk.words(err)}")
        return sdk.words(out)

    async def do_attach(self, sandbox: str) -> None:
        """Take a sandbox over from a bridge that is no more."""
        import modal

        async with self.room() as shard:
            handle = await asyncio.wait_for(
                modal.Sandbox.from_id.aio(sandbox, client=shard.client), sdk.ASK_DEADLINE
            )
            self.adopt(handle, shard)

    def adopt(self, handle: modal.Sandbox, shard: Shard) -> Box:
        box = Box(handle, shard)
        self.boxes[box.id] = box
        box.watch = self.spawn(self.watch(box))
        return box

    async def watch(self, box: Box) -> None:
        self.died(box, await sdk.wait(box.handle))

    def died(self, box: Box, death: sdk.Death) -> None:
        """State a death, once; what runs in the sandbox may still hand over what it got, and is then given up."""
        if box.death.done() or box.closed:
            return
        box.death.set_result(death)
        self.writer.send(ev="dead", sandbox=box.id, **vars(death))
        asyncio.get_running_loop().call_later(DRAIN, self.forget, box)

    def forget(self, box: Box) -> None:
        box.shard.boxes.discard(box)
        self.boxes.pop(box.id, None)
        if box.watch is not asyncio.current_task():
            box.watch.cancel()
        for task in list(box.tasks):
            task.cancel()
        self.spawn(self.detach(box))

    @staticmethod
    async def detach(box: Box) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(box.handle.detach.aio(), 5)

    def box(self, sandbox: str) -> Box:
        box = self.boxes.get(sandbox)
        if box is None:
            raise sdk.Dead(sdk.Death("unknown", None, "it is gone"))
        if box.death.done():
            raise sdk.Dead(box.death.result())
        return box

    async def alive(self, box: Box, work: Awaitable[T], deadline: float | None = None) -> T:
        """Carry an operation out while its sandbox lives.

        :raises Dead: when the sandbox is known to be dead, whatever became of the operation
        """
        task = asyncio.ensure_future(work)
        box.tasks.add(task)
        try:
            either: set[asyncio.Future[Any]] = {task, box.death}
            done, _ = await asyncio.wait(either, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
            if box.death in done and task not in done:
                # What was sent before the death is worth having.
                await asyncio.wait({task}, timeout=DRAIN)
            if box.death.done():
                raise sdk.Dead(box.death.result())
            if task not in done:
                raise sdk.Failure("transient", f"no answer within {deadline} s")
            try:
                return task.result()
            except Exception as e:
                await self.ask_death(box)
                raise sdk.sort_alive(e) from e
        finally:
            box.tasks.discard(task)
            task.cancel()

    async def ask_death(self, box: Box) -> None:
        """After a failure: give the news of a death a moment to arrive, then ask once."""
        await asyncio.wait({box.death}, timeout=DEATH_PATIENCE)
        if not box.death.done() and not box.closed:
            with contextlib.suppress(sdk.Failure):
                if death := await sdk.poll(box.handle):
                    self.died(box, death)
        if box.death.done():
            raise sdk.Dead(box.death.result())

    async def do_exec(
        self,
        number: int,
        sandbox: str,
        argv: list[str],
        env: dict[str, str],
        directory: str,
        mark: str,
        timeout: int,
    ) -> dict[str, Any]:
        box = self.box(sandbox)
        windows = {fd: Window() for fd in (1, 2)}
        for fd, window in windows.items():
            self.windows[number, fd] = window
        try:
            return await self.alive(box, self.run(number, box, argv, env, directory, mark, timeout, windows))
        except asyncio.CancelledError:
            if not box.closed and not box.death.done():
                self.spawn(self.kill(box, mark))
            raise
        finally:
            for fd in windows:
                self.windows.pop((number, fd), None)

    async def run(
        self,
        number: int,
        box: Box,
        argv: list[str],
        env: dict[str, str],
        directory: str,
        mark: str,
        timeout: int,
        windows: dict[int, Window],
    ) -> dict[str, Any]:
        process = await sdk.start(
            box.handle,
            ["sh", "-c", sdk.LAUNCH, "offload", directory, *argv],
            env={**env, sdk.MARK: mark},
            timeout=timeout,
        )
        heard = [time.monotonic()]
        readers = {
            asyncio.ensure_future(self.pass_on(number, fd, stream, windows[fd], heard))
            for fd, stream in ((1, process.stdout), (2, process.stderr))
        }
        try:
            code = await process.wait.aio()
            heard[0] = max(heard[0], time.monotonic())
            while readers:
                done, readers = await asyncio.wait(readers, timeout=0.1)
                for reader in done:
                    reader.result()
                slow = not all(window.free.is_set() for window in windows.values())
                if not slow and time.monotonic() - heard[0] > STRAGGLER_GRACE:
                    break
        finally:
            for reader in readers:
                reader.cancel()
        if code in (-1, 137):
            await self.ask_death(box)
        if code == -1:
            raise sdk.Failure("transient", "the time limit of the command was over")
        return {"code": code}

    async def pass_on(self, number: int, fd: int, stream: Any, window: Window, heard: list[float]) -> None:
        async for chunk in stream:
            heard[0] = time.monotonic()
            for begin in range(0, len(chunk), PIECE):
                piece = chunk[begin : begin + PIECE]
                await window.take(len(piece))
                heard[0] = time.monotonic()
                self.writer.send(id=number, ev="out", fd=fd, data=base64.b64encode(piece).decode())

    async def kill(self, box: Box, mark: str) -> None:
        """End a command of which nobody wants to hear any more; the SDK has no means for it."""
        with contextlib.suppress(Exception):
            killing = sdk.run(box.handle, ["sh", "-c", sdk.KILL, "sh", f"{sdk.MARK}={mark}"], timeout=10)
            await self.alive(box, killing, sdk.END_DEADLINE)

    async def do_upload(self, sandbox: str, local: str, remote: str, timeout: int) -> None:
        box = self.box(sandbox)
        await self.alive(box, sdk.upload(box.handle, local, remote, timeout=timeout), timeout)

    async def do_download(self, sandbox: str, remote: str, local: str, timeout: int) -> dict[str, Any]:
        box = self.box(sandbox)
        return {"there": await self.alive(box, sdk.download(box.handle, remote, local, timeout=timeout), timeout)}

    async def do_poll(self, sandbox: str) -> None:
        box = self.box(sandbox)
        if death := await sdk.poll(box.handle):
            self.died(box, death)
            raise sdk.Dead(death)

    # --- ends

    async def do_terminate(self, sandbox: str) -> None:
        """End a sandbox; also one of another run, by its id."""
        import modal
        from modal import exception

        if box := self.boxes.get(sandbox):
            await self.end(box)
            return
        async with self.room() as shard, self.ending:
            try:
                handle = await asyncio.wait_for(modal.Sandbox.from_id.aio(sandbox, client=shard.client), sdk.ASK_DEADLINE)
                await asyncio.wait_for(handle.terminate.aio(), sdk.END_DEADLINE)
                await handle.detach.aio()
            except exception.NotFoundError:
                pass

    async def do_terminate_tagged(self, tags: dict[str, str]) -> dict[str, Any]:
        """End every sandbox of this app that carries these tags."""
        async with self.room() as shard:
            return {"count": await sdk.end_tagged(shard.app, shard.client, tags, self.ending)}

    async def end(self, box: Box) -> None:
        """End a sandbox, unless it is dead already."""
        if box.closed or box.death.done():
            return
        box.closed = True
        box.watch.cancel()
        for task in list(box.tasks):
            task.cancel()
        try:
            async with self.ending:
                await asyncio.wait_for(box.handle.terminate.aio(), sdk.END_DEADLINE)
        finally:
            self.forget(box)

    async def finish(self) -> None:
        for task in list(self.requests.values()):
            task.cancel()
        ends = {asyncio.ensure_future(self.end(box)) for box in list(self.boxes.values())} | self.endings
        if ends:
            await asyncio.wait(ends, timeout=sdk.END_DEADLINE)


def read(
    loop: asyncio.AbstractEventLoop, accept: Callable[[dict[str, Any]], None], alone: asyncio.Event
) -> None:
    for line in sys.stdin.buffer:
        loop.call_soon_threadsafe(accept, json.loads(line))
    loop.call_soon_threadsafe(alone.set)


async def main() -> None:
    writer = Writer()
    await writer.open(PROTOCOL)
    try:
        modal = sdk.load_sdk()
    except sdk.Failure as e:
        writer.send(ev="hello", protocol=VERSION, error=str(e))
        os._exit(1)
    writer.send(ev="hello", protocol=VERSION, sdk=modal.__version__, python=sys.version.split()[0], pid=os.getpid())
    bridge = Bridge(writer)
    threading.Thread(target=read, args=(writer.loop, bridge.accept, writer.alone), daemon=True).start()
    await writer.alone.wait()
    await bridge.finish()
    # The SDK's threads are of no use any more, and they do not all end by themselves.
    os._exit(0)


if __name__ == "__main__":
    # Ctrl-C is for Offload, which then says what is to be done; the end of the input is the end of all.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError, ImportError):
        import resource

        # Each sandbox has a connection of its own.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sdk.run_inside(main)
