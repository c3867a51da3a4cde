"""What Offload's Modal bridge and `modal_sandbox.py` share: how the official SDK is used, and what its errors mean.

Measured facts behind the choices: operations on a sandbox are no means to learn of its death, since the SDK retries them for
ten seconds to for ever; `wait()` is. A dead sandbox may have the exit code 0: that there is a code is what counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import os
import posixpath
import random
import string
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import modal
    from modal.container_process import ContainerProcess

OLDEST = (1, 5, 4)
BEYOND = (1, 7)
SDK = "modal>=1.5.4,<1.7"

# The longest an operation may take; the SDK has no such limits.
START_DEADLINE = 120
EXEC_DEADLINE = 30
ASK_DEADLINE = 4
END_DEADLINE = 10
# How many sandboxes are ended at one time: more would be throttled.
ENDS_AT_ONCE = 32

DEAD_MARK = "OFFLOAD_SANDBOX_DEAD:"
DEAD_EXIT = 75

# GenericResult.status of Modal's protocol: the cause, and what to say when Modal says nothing.
STATUS = {
    1: ("exited", "its main process ended"),
    2: ("exited", "its main process failed"),
    3: ("evicted", "it was terminated, not by this run"),
    4: ("lifetime", "its lifetime was over"),
    5: ("never_started", "it could not be set up"),
    6: ("unknown", "internal failure of Modal"),
    7: ("idle", "it was idle for too long"),
    8: ("memory", "evicted for its use of memory"),
    9: ("memory", "evicted because memory was short"),
    10: ("memory", "killed by the kernel for its use of memory"),
}


class Failure(Exception):
    """An operation failed; the kind says what the caller must do: transient, dead, unavailable, image_gone, fatal."""

    def __init__(self, kind: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


@dataclasses.dataclass
class Death:
    cause: str
    code: int | None
    message: str

    def __str__(self) -> str:
        code = "" if self.code is None else f" (exit {self.code})"
        return f"{self.message or self.cause}{code}"


UNKNOWN = Death("unknown", None, "Modal does not know it any more")


class Dead(Failure):
    """A sandbox is dead; the death says of what."""

    def __init__(self, death: Death) -> None:
        super().__init__("dead", str(death))
        self.death = death


def load_sdk() -> ModuleType:
    """Import the SDK, in a version that is known to work."""
    # Throttling must be told at once and not be waited out in silence; a file that changes while an image is built is
    # no reason to stop.
    os.environ["MODAL_MAX_THROTTLE_WAIT"] = "0"
    os.environ.setdefault("MODAL_BUILD_VALIDATION", "ignore")
    try:
        modal = importlib.import_module("modal")
    except ImportError as e:
        raise Failure(
            "fatal",
            f"Python has no usable package 'modal' ({e}). Install uv, or run: python3 -m pip install '{SDK}'",
        ) from e
    version = getattr(modal, "__version__", "unknown")
    if not OLDEST <= numbers(version) < BEYOND:
        raise Failure("fatal", f"Modal's SDK {version} is not supported. Run: python3 -m pip install '{SDK}'")
    return modal


def run_inside(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine function in the SDK's own event loop, where no call to the SDK has to change threads.

    That halves what a stream costs. An SDK that hides its loop is used from a loop of ours.
    """
    try:
        load_sdk()
        loop = synchronizer()._get_loop(start=True)
    except (Failure, ImportError, AttributeError, TypeError):
        return asyncio.run(main())
    return asyncio.run_coroutine_threadsafe(main(), loop).result()


def synchronizer() -> Any:
    """Return what stands between the SDK and its users, which the SDK keeps to itself."""
    from modal._utils.async_utils import synchronizer

    return synchronizer


def numbers(version: str) -> tuple[int, ...]:
    parts = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip(string.digits))]
        if not digits:
            break
        parts.append(int(digits))
    return tuple(parts)


def sort(error: BaseException) -> Failure:
    """Say what the caller must do about an error of the SDK. That a sandbox is dead is not said here: see `poll`."""
    if isinstance(error, Failure):
        return error
    from modal import exception

    text = one_line(error)
    if isinstance(error, exception.ResourceExhaustedError):
        return Failure("unavailable", text, retry_after(error))
    if isinstance(error, exception.AuthError):
        return Failure("fatal", f"Modal does not accept the credentials: {text}")
    if isinstance(error, exception.ConflictError):
        return Failure("transient", text)
    if isinstance(
        error,
        (
            exception.NotFoundError,
            exception.PermissionDeniedError,
            exception.InvalidError,
            exception.UnimplementedError,
            exception.AlreadyExistsError,
            exception.VersionError,
            exception.RemoteError,
        ),
    ):
        return Failure("fatal", text)
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return Failure("transient", "Modal did not answer in time")
    if isinstance(error, exception.Error) and "oken missing" in text:
        return Failure("fatal", no_credentials())
    return Failure("transient", text)


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def sort_alive(error: BaseException) -> Failure:
    """Say what the caller must do about an error on a sandbox of which no death is known.

    What is not found there was not found in passing: perhaps the death is told a moment later.
    """
    failure = sort(error)
    if failure is not error and failure.kind == "fatal":
        return Failure("transient", str(failure))
    return failure


def no_credentials() -> str:
    return (
        "there are no credentials for Modal. Run `modal setup`, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET "
        "(https://modal.com/settings)"
    )


def retry_after(error: BaseException) -> float | None:
    for detail in getattr(error, "_grpc_details", None) or ():
        if hasattr(detail, "retry_after_secs"):
            return max(0.1, float(detail.retry_after_secs))
    return None


async def connect(fresh: bool = False) -> modal.Client:
    """Return a client, with a connection of its own when a fresh one is wanted."""
    import modal

    token_id, secret = setting("token_id"), setting("token_secret")
    if not (token_id and secret) and not setting("oauth_client_id"):
        raise Failure("fatal", no_credentials())
    if fresh and token_id and secret:
        return await modal.Client.from_credentials.aio(token_id, secret)
    return await modal.Client.from_env.aio()


def setting(name: str) -> Any:
    """Return what the user's environment and Modal's own configuration say, or None."""
    from modal.config import config

    try:
        return config.get(name)
    except KeyError:
        return None  # an SDK that does not know it


async def lookup(name: str, environment: str | None, client: modal.Client) -> modal.App:
    import modal

    return await modal.App.lookup.aio(
        name, client=client, environment_name=environment or None, create_if_missing=True
    )


# --- making and ending

# The tag of a sandbox that tells it from all others before its id is known.
CREATED = "offload_create"


async def end_created(
    app: modal.App, client: modal.Client, mark: str, error: BaseException, places: asyncio.Semaphore
) -> None:
    """After a failed creation: one whose answer was lost may have made a sandbox all the same."""
    if isinstance(error, (asyncio.CancelledError, OSError)) or sort(error).kind == "transient":
        with contextlib.suppress(Exception):
            await end_tagged(app, client, {CREATED: mark}, places)


async def end_tagged(
    app: modal.App, client: modal.Client, tags: dict[str, str], places: asyncio.Semaphore
) -> int:
    """End every sandbox of an app that carries these tags, and return how many there were.

    :param places: a semaphore: so many are ended at one time
    """
    import modal

    async def end(handle: modal.Sandbox) -> None:
        async with places:
            await asyncio.wait_for(handle.terminate.aio(), END_DEADLINE)

    ends = [end(handle) async for handle in modal.Sandbox.list.aio(app_id=app.app_id, tags=tags, client=client)]
    await asyncio.gather(*ends)
    return len(ends)


# --- life and death


def death_of(handle: modal.Sandbox) -> Death:
    """Return what is known of a sandbox of which the SDK says that it has ended."""
    result = private_result(handle)
    status = getattr(result, "status", 0)
    code = getattr(result, "exitcode", None)
    said = getattr(result, "exception", "") or ""
    if not status:
        with contextlib.suppress(Exception):
            code = handle.returncode
        status = {124: 4, 137: 3}.get(code or 0, 0)
    cause, words = STATUS.get(status, ("unknown", "it has ended"))
    if status == 2 and code == 137:
        cause, words = "memory", "killed, probably for its use of memory"
    return Death(cause, code, said.strip() or words)


def private_result(handle: modal.Sandbox) -> Any:
    """The SDK keeps the status to itself and shows the exit code only."""
    try:
        inner = synchronizer()._translate_in(handle)
        backend = getattr(inner, "_impl", None)
        return getattr(backend, "result", None) or getattr(inner, "_result", None)
    except Exception:
        return None


async def poll(handle: modal.Sandbox) -> Death | None:
    """Ask once whether a sandbox has ended; return its death, or None.

    :raises Failure: when that cannot be known now
    """
    from modal import exception

    try:
        code = await asyncio.wait_for(handle.poll.aio(), ASK_DEADLINE)
    except exception.NotFoundError:
        return UNKNOWN
    except Exception as e:
        raise sort(e) from e
    return None if code is None else death_of(handle)


async def wait(handle: modal.Sandbox) -> Death:
    """Wait until a sandbox has ended and return its death. Whatever happens to the connection, this goes on."""
    from modal import exception

    pause = 0.5
    while True:
        try:
            # A wait on a connection that is gone would never end, so it is begun anew now and then.
            await asyncio.wait_for(handle.wait.aio(raise_on_termination=False), 40)
            return death_of(handle)
        except exception.SandboxTimeoutError:
            return death_of(handle)
        except exception.SandboxTerminatedError:
            return death_of(handle)
        except exception.NotFoundError:
            return UNKNOWN
        except (asyncio.TimeoutError, TimeoutError):
            pause = 0.5
        except Exception:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5)


# --- images


class BuildLog:
    """Catch what image builds say, which the SDK otherwise drops or prints."""

    def __init__(self, take: Callable[[str], object]) -> None:
        self.take = take
        self.lines: list[str] = []
        self.rest = ""
        self.before: Any = None

    def __enter__(self) -> BuildLog:
        try:
            from modal._output import manager

            log = self

            class Catching(manager.DisabledOutputManager):
                async def put_streaming_log(self, part: Any, prefix: str = "") -> None:
                    log.add(part.data)

            self.before = manager.OutputManager.get()
            manager.OutputManager._set(Catching())
        except Exception:
            self.before = None
        return self

    def __exit__(self, *_: object) -> None:
        if self.rest:
            self.add("\n")
        if self.before is not None:
            from modal._output import manager

            manager.OutputManager._set(self.before)

    def add(self, text: str) -> None:
        *whole, self.rest = (self.rest + text).split("\n")
        for line in whole:
            line = line.rstrip("\r")
            self.lines = [*self.lines[-199:], line]
            self.take(line)


@dataclasses.dataclass
class Folder:
    """A folder that goes into an image.

    files: the files of it that do, relative with forward slashes; None for all of them
    """

    local: str
    remote: str = ""
    files: list[str] | None = None

    def ignores(self) -> Sequence[str] | Callable[[Any], bool]:
        if self.files is None:
            return []
        wanted = set(self.files)
        local = os.path.abspath(self.local)

        def ignored(path: Any) -> bool:
            relative = os.path.relpath(path, local) if os.path.isabs(path) else str(path)
            return relative.replace(os.sep, "/") not in wanted

        return ignored


async def build(
    app: modal.App,
    client: modal.Client,
    *,
    dockerfile: str | None,
    context: Folder,
    folders: Iterable[Folder],
    init: str | None,
    force: bool,
    progress: Callable[[str], object],
) -> str:
    """Build an image, layer by layer, and return its id."""
    import modal
    from modal import exception

    if dockerfile:
        image = modal.Image.from_dockerfile(
            dockerfile, context_dir=context.local, ignore=context.ignores(), force_build=force
        )
    else:
        image = modal.Image.debian_slim("3.11", force_build=force).pip_install("pytest", force_build=force)
    for folder in folders:
        image = image.add_local_dir(folder.local, folder.remote, copy=True, ignore=folder.ignores())
    if init:
        image = image.run_commands(init, force_build=force)
    with BuildLog(progress) as log:
        try:
            await image.build.aio(app)
        except exception.ImageBuildError as e:
            last = "\n".join(log.lines[-30:])
            raise Failure("fatal", f"{one_line(e)}\n{last}".rstrip()) from e
    return image.object_id


# --- commands

# Enters a folder and becomes the command: a missing folder or program is an exit code, as in a shell.
LAUNCH = 'cd -- "$1" || exit 126; shift; exec "$@" </dev/null'
# Ends what carries a mark in its environment, whatever session or group it made for itself.
KILL = """
for round in 1 2 3 4 5; do
  found=
  for file in $(grep -lsF "$1" /proc/[0-9]*/environ); do
    process=${file#/proc/}; process=${process%/environ}
    [ "$process" = $$ ] || { kill -9 "$process" 2>/dev/null && found=1; }
  done
  [ "$found" ] || break
done
exit 0
"""
MARK = "OFFLOAD_EXEC_MARK"
OPEN = (
    'umask 077; d=${TMPDIR:-/tmp}/offload-$1; mkdir -p "$d" && cd "$d" && pwd -P; '
    'cd -- "$2" 2>/dev/null || { echo "the folder $2 is not in the image" >&2; exit 67; }'
)
PUT = 'case $1 in */*) mkdir -p -- "${1%/*}" ;; esac && cat >"$1.part" && mv -f -- "$1.part" "$1"'
GET = 'if [ -f "$1" ]; then exec cat <"$1"; else exit 66; fi'
MISSING = 66
NO_FOLDER = 67


def fresh_name() -> str:
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=16))


async def start(
    handle: modal.Sandbox, argv: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: int | None = None
) -> ContainerProcess[bytes]:
    """Start a command and return its process; both streams must be read."""
    return await asyncio.wait_for(
        handle.exec.aio(*argv, env=dict(env or {}), timeout=timeout, text=False), EXEC_DEADLINE
    )


async def read_all(stream: Any) -> bytes:
    return b"".join([chunk async for chunk in stream])


async def run(
    handle: modal.Sandbox,
    argv: Sequence[str],
    *,
    feed: BinaryIO | None = None,
    take: Callable[[bytes], object] | None = None,
    timeout: int = 60,
) -> tuple[int, bytes, bytes]:
    """Run a small command of our own.

    :param feed: a file that the command reads
    :param take: takes the standard output in pieces; None to have it returned
    :returns: the exit code, the standard output, the standard error
    """
    process = await start(handle, argv, timeout=timeout)

    async def send() -> None:
        if feed is not None:
            while piece := feed.read(1 << 20):
                process.stdin.write(piece)
                await process.stdin.drain.aio()
        process.stdin.write_eof()
        await process.stdin.drain.aio()

    async def receive() -> bytes:
        if take is None:
            return await read_all(process.stdout)
        async for chunk in process.stdout:
            take(chunk)
        return b""

    _, out, err, code = await asyncio.gather(
        send() if feed is not None else nothing(), receive(), read_all(process.stderr), process.wait.aio()
    )
    return code, out, err


async def nothing() -> None:
    return None


async def upload(handle: modal.Sandbox, local: str, remote: str, *, timeout: int) -> None:
    with open(local, "rb") as file:
        code, _, err = await run(handle, ["sh", "-c", PUT, "sh", dashed(remote)], feed=file, timeout=timeout)
    if code != 0:
        raise Failure("transient", f"'{remote}' could not be written (exit {code}): {words(err)}")


async def download(handle: modal.Sandbox, remote: str, local: str, *, timeout: int) -> bool:
    """Copy a file out of a sandbox, in one step; return whether it was there."""
    os.makedirs(os.path.dirname(os.path.abspath(local)), exist_ok=True)
    part = f"{local}.{fresh_name()}.part"
    try:
        with open(part, "wb") as file:
            code, _, err = await run(handle, ["sh", "-c", GET, "sh", dashed(remote)], take=file.write, timeout=timeout)
        if code == 0:
            os.replace(part, local)
            return True
        if code == MISSING:
            return False
        raise Failure("transient", f"'{remote}' could not be read (exit {code}): {words(err)}")
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(part)


def dashed(path: str) -> str:
    return path if posixpath.isabs(path) else "./" + path


def words(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()
