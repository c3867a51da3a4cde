"""A stand-in for Modal on this machine: the calls that the SDK makes to run sandboxes, over plain gRPC on loopback.

Sandboxes are folders, and commands in them are real processes of this machine, which may do whatever you may do: this is
for tests and for trying things out, not a fence. In commands, paths into the top folders of the image are those in the
sandbox's folder.

    python fake_modal.py [--port N] [--run PREFIX] [--token ID:SECRET] [--secret NAME]... [--volume NAME]...

It prints one line of JSON with its address and how to use it, and then reads orders from standard input, one JSON object a
line, and answers each with one line. At the end of the input, or at a signal, it ends all sandboxes and itself. The orders
are the methods of `Orders`, for example:

    {"do": "kill", "sandbox": "sb-…", "status": 7, "exitcode": 0}
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import string
import sys
import tempfile
import time

import grpclib.server
from aiohttp import web
from grpclib import GRPCError, Status
from modal._utils.grpc_utils import custom_detail_codec
from modal_proto import api_grpc, api_pb2, task_command_router_grpc, task_command_router_pb2 as router_pb2

OK = api_pb2.GenericResult(status=1)
# A command that nobody reads stops after about this much output, as it does behind the real service's window.
MOST_UNREAD = 4 << 20
CHUNK = 64 << 10


def token(length, letters=string.ascii_letters + string.digits):
    return "".join(random.choices(letters, k=length))


def jwt():
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return ".".join([part({"alg": "none"}), part({"exp": time.time() + 3600}), "signature"])


class Output:
    """One output stream of a command: everything it wrote, so that a reader may begin again anywhere."""

    def __init__(self, fd):
        self.fd = fd
        self.data = bytearray()
        self.ended = False
        self.read_to = 0
        self.waiters = []
        self.reading = True
        os.set_blocking(fd, False)
        asyncio.get_running_loop().add_reader(fd, self.readable)

    def readable(self):
        try:
            data = os.read(self.fd, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.data += data
        else:
            self.end()
        self.wake()
        if self.reading and len(self.data) - self.read_to > MOST_UNREAD:
            self.reading = False
            asyncio.get_running_loop().remove_reader(self.fd)

    def end(self):
        if not self.ended:
            self.ended = True
            asyncio.get_running_loop().remove_reader(self.fd)
            os.close(self.fd)
            self.wake()

    def wake(self):
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)
        self.waiters.clear()

    async def more(self, offset):
        """Return what is there from an offset on, or nothing at the end."""
        while len(self.data) <= offset and not self.ended:
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            await waiter
        self.read_to = max(self.read_to, offset)
        if not self.reading and not self.ended and len(self.data) - self.read_to <= MOST_UNREAD:
            self.reading = True
            asyncio.get_running_loop().add_reader(self.fd, self.readable)
        return bytes(self.data[offset : offset + CHUNK])


class Exec:
    """One command in a sandbox."""

    def __init__(self, sandbox, request):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("MODAL_", "OFFLOAD_"))}
        env.update(sandbox.env)
        env.update(request.env)
        for source in getattr(request, "secret_sources", ()):  # not in 1.5.4
            env.update(source.env.contents)
        env = {key: sandbox.inside(value) for key, value in env.items()}
        env.update(TMPDIR=sandbox.tmp, FAKE_MODAL_SANDBOX=sandbox.id)
        stdin, self.stdin = os.pipe()
        os.set_blocking(self.stdin, False)
        reads, writes = zip(os.pipe(), os.pipe())
        self.ended = asyncio.get_running_loop().create_future()
        self.written = 0
        try:
            # Spawned from here and not by asyncio, whose wait() also waits for whoever holds the pipes.
            self.process = sandbox.popen([sandbox.inside(word) for word in request.command_args], env, request.workdir, stdin, *writes)
            self.watch()
        except OSError as e:
            os.write(writes[1], f"{request.command_args[0]}: {e.strerror}\n".encode())
            self.process = None
            self.ended.set_result(127)
        for fd in (stdin, *writes):
            os.close(fd)
        self.outputs = [Output(fd) for fd in reads]
        if request.timeout_secs:
            asyncio.get_running_loop().call_later(request.timeout_secs, self.time_out)

    def watch(self):
        loop = asyncio.get_running_loop()
        fd = os.pidfd_open(self.process.pid)

        def exited():
            loop.remove_reader(fd)
            os.close(fd)
            self.process.wait()
            if not self.ended.done():
                self.ended.set_result(self.process.returncode)

        loop.add_reader(fd, exited)

    def time_out(self):
        # The real service ends only the direct child, too.
        if not self.ended.done() and self.process:
            self.process.kill()

    async def write(self, data):
        data = memoryview(data)
        while data and self.stdin is not None:
            try:
                count = os.write(self.stdin, data)
                self.written += count
                data = data[count:]
            except BlockingIOError:
                await asyncio.sleep(0.005)
            except BrokenPipeError:
                self.close_stdin()

    def close_stdin(self):
        if self.stdin is not None:
            os.close(self.stdin)
            self.stdin = None

    def answer(self, response):
        code = self.ended.result()
        return response(signal=-code) if code < 0 else response(code=code)


class Sandbox:
    def __init__(self, state, version, request):
        self.state = state
        self.version = version
        # Everything that is not 22 letters and digits is of version 2 to the SDK.
        self.id = "sb-" + token(22 if version == 1 else 26)
        self.task_id = "ta-" + token(22) + ("V" if version == 2 else "")
        self.definition = request.definition
        self.app_id = request.app_id
        self.tags = {tag.tag_name: tag.tag_value for tag in request.tags}
        self.created_at = time.time()
        self.folder = os.path.join(state.folder, self.id)
        self.tmp = os.path.join(self.folder, "tmp")
        self.root = os.path.join(self.folder, "root")
        os.makedirs(self.tmp)
        image = state.images.get(self.definition.image_id)
        if image:
            shutil.copytree(image.root, self.root, symlinks=True)
        else:
            os.makedirs(self.root)
        self.folders = set(os.listdir(self.root))
        self.env = {}
        self.execs = {}
        self.result = None
        self.died = asyncio.Event()
        self.told = asyncio.Event()
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.scheduled = asyncio.Event()
        self.cut_at = None
        self.worker = None
        self.url = None
        if self.definition.timeout_secs:
            asyncio.get_running_loop().call_later(self.definition.timeout_secs, self.die, 4, 124)

    async def start(self):
        """Begin to serve commands, at an address of its own."""
        self.worker = Host([Router(self.state)], status_details_codec=custom_detail_codec)
        await self.worker.start("127.0.0.1", 0)
        port = self.worker._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.scheduled.set()

    def popen(self, argv, env, workdir, stdin, stdout, stderr):
        import subprocess

        return subprocess.Popen(
            argv,
            env=env,
            cwd=self.place(workdir or self.definition.workdir or "/"),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def inside(self, text):
        """Return a text with paths that begin with a folder of the image where those really are."""

        def really(found):
            path = found.group()
            begins = text.startswith(self.state.folder, found.start())
            return path if begins or found.group(1) not in self.folders else self.root + path

        return re.sub(r"(?<![\w./~-])/([\w.-]+)", really, text)

    def place(self, path):
        found = self.inside(path)
        return found if found != "/" and os.path.isdir(found) else self.root

    def die(self, status, exitcode, exception="", tell_after=0.0):
        if self.result is not None:
            return
        self.result = api_pb2.GenericResult(status=status, exitcode=exitcode, exception=exception)
        self.died.set()
        for run in self.execs.values():
            if run.process and not run.ended.done():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(run.process.pid, signal.SIGKILL)
        self.state.kill_processes(self.id)
        for run in self.execs.values():
            run.close_stdin()
            for output in run.outputs:
                output.end()
            if not run.ended.done():
                run.ended.set_result(-9)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.worker:
            asyncio.get_running_loop().call_later(2, self.worker.abort)
        asyncio.get_running_loop().call_later(tell_after, self.told.set)


class Host(grpclib.server.Server):
    """A worker that can vanish."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.protocols = []

    def _protocol_factory(self):
        protocol = super()._protocol_factory()
        self.protocols.append(protocol)
        return protocol

    def abort(self):
        self.close()
        for protocol in self.protocols:
            # A connection that is closed has no transport any more.
            if transport := getattr(getattr(protocol, "connection", None), "_transport", None):
                transport.abort()


class Image:
    def __init__(self, state, request, image_id):
        self.id = image_id
        self.request = request
        self.root = os.path.join(state.folder, "images", image_id)
        self.commands = list(request.image.dockerfile_commands)
        self.files = state.mounts.get(request.image.context_mount_id, {})
        self.log = []
        self.result = None
        self.workdir = "/"


class State:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="fake-modal-")
        self.sandboxes = {}
        self.tasks = {}
        self.images = {}
        self.forgotten = set()
        self.images_expire = False
        self.mounts = {}
        self.files = {}
        self.blobs = {}
        self.blob_url = ""
        self.apps = {}
        self.calls = []
        self.faults = []
        self.never_schedule = 0
        self.die_at_start = None
        self.builds = 0
        self.peak = 0

    def check(self, metadata):
        if self.options.token:
            given = f"{metadata.get('x-modal-token-id', '')}:{metadata.get('x-modal-token-secret', '')}"
            if given != self.options.token:
                raise GRPCError(Status.UNAUTHENTICATED, "Token ID is malformed or unknown.")

    async def call(self, name, request, metadata):
        """Note a call, and do what was ordered for its kind."""
        names = getattr(request, "sandbox_id", "") or getattr(request, "task_id", "")
        sandbox = self.tasks.get(names)
        self.calls.append((time.time(), name, sandbox.id if sandbox else names))
        if name not in ("TaskExecStart", "TaskExecWait") and not name.startswith("TaskExec"):
            self.check(metadata)
        for fault in self.faults:
            if name.removesuffix("V2") == fault["rpc"] and fault["times"] > 0 and not fault.get("late"):
                if fault.get("sandbox") in (None, sandbox and sandbox.id, names):
                    fault["times"] -= 1
                    if fault.get("hang"):
                        await asyncio.sleep(fault["hang"])
                    if fault.get("status"):
                        details = None
                        if "retry_after" in fault:
                            details = [api_pb2.RPCRetryPolicy(retry_after_secs=fault["retry_after"])]
                        raise GRPCError(Status[fault["status"]], fault.get("message", "as ordered"), details)

    def answer(self, name):
        """Lose the answer of a call that was carried out, if that was ordered for its kind."""
        for fault in self.faults:
            if name.removesuffix("V2") == fault["rpc"] and fault["times"] > 0 and fault.get("late"):
                fault["times"] -= 1
                raise GRPCError(Status.UNAVAILABLE, "the answer was lost, as ordered")

    def sandbox(self, sandbox_id):
        if sandbox_id not in self.sandboxes:
            raise GRPCError(Status.NOT_FOUND, f"Sandbox {sandbox_id} not found.")
        return self.sandboxes[sandbox_id]

    def check_image(self, image_id):
        if self.images_expire or image_id not in self.images or image_id in self.forgotten:
            raise GRPCError(Status.NOT_FOUND, f"Image with ID '{image_id}' not found.")

    def task(self, task_id):
        sandbox = self.tasks.get(task_id)
        if sandbox is None or sandbox.died.is_set():
            raise GRPCError(
                Status.NOT_FOUND,
                f"Modal Sandbox with container ID {task_id} not found. This means this Sandbox has already shut down.",
            )
        return sandbox

    def kill_processes(self, sandbox_id):
        """End everything that runs in a sandbox, whatever session it made for itself."""
        mark = b"FAKE_MODAL_SANDBOX=" + sandbox_id.encode()
        found = True
        while found:
            found = False
            for process in os.listdir("/proc"):
                if process.isdigit() and int(process) != os.getpid():
                    with contextlib.suppress(OSError):
                        with open(f"/proc/{process}/environ", "rb") as environ:
                            if mark in environ.read().split(b"\0"):
                                os.kill(int(process), signal.SIGKILL)
                                found = True
            if found:
                time.sleep(0.002)

    def end(self):
        for sandbox in self.sandboxes.values():
            sandbox.die(3, 137)
        shutil.rmtree(self.folder, ignore_errors=True)


def service(base, handlers):
    """Make a service out of handlers of single requests; what has none is not implemented."""

    def unary(name, handler):
        async def handle(self, stream):
            request = await stream.recv_message()
            await self.state.call(name, request, stream.metadata)
            answer = await handler(self, request)
            self.state.answer(name)
            await stream.send_message(answer)

        return handle

    def missing(name):
        async def handle(self, stream):
            raise GRPCError(Status.UNIMPLEMENTED, f"the fake has no {name}")

        return handle

    methods = {name: missing(name) for name in base.__abstractmethods__}
    for name, handler in handlers.items():
        if name in methods:
            methods[name] = handler if name in STREAMED else unary(name, handler)
    return type(base.__name__, (base,), {**methods, "__init__": lambda self, state: setattr(self, "state", state)})


STREAMED = {"ImageJoinStreaming", "TaskExecStdioRead", "TaskExecStdinWriteStream"}


class Control:
    """What the control plane answers."""

    async def ClientHello(self, request):
        return api_pb2.ClientHelloResponse()

    async def AuthTokenGet(self, request):
        return api_pb2.AuthTokenGetResponse(token=jwt())

    async def AppGetOrCreate(self, request):
        name = request.app_name
        if name not in self.state.apps and request.object_creation_type != 1:
            raise GRPCError(Status.NOT_FOUND, f"App '{name}' not found in environment 'main'")
        return api_pb2.AppGetOrCreateResponse(app_id=self.state.apps.setdefault(name, "ap-" + token(22)))

    async def EnvironmentGetOrCreate(self, request):
        settings = api_pb2.EnvironmentSettings(image_builder_version="2025.06")
        metadata = api_pb2.EnvironmentMetadata(name=request.deployment_name or "main", settings=settings)
        return api_pb2.EnvironmentGetOrCreateResponse(environment_id="en-1", metadata=metadata)

    async def SecretGetOrCreate(self, request):
        name = request.deployment_name
        if name and name not in self.state.options.secret:
            raise GRPCError(Status.NOT_FOUND, f"Secret '{name}' not found in environment 'main'")
        return api_pb2.SecretGetOrCreateResponse(secret_id="st-" + (name or token(22)))

    async def VolumeGetOrCreate(self, request):
        name = request.deployment_name
        if name not in self.state.options.volume:
            raise GRPCError(Status.NOT_FOUND, f"Volume '{name}' not found in environment 'main'")
        return api_pb2.VolumeGetOrCreateResponse(volume_id="vo-" + name)

    # --- images

    async def MountBatchedCheckExistence(self, request):
        missing = [digest for digest in request.sha256_hex_hashes if digest not in self.state.files]
        return api_pb2.MountBatchedCheckExistenceResponse(missing_sha256_hex_hashes=missing)

    async def BlobCreate(self, request):
        blob = "bl-" + token(22)
        return api_pb2.BlobCreateResponse(
            blob_ids=[blob], upload_urls=api_pb2.UploadUrlList(items=[f"{self.state.blob_url}/{blob}"])
        )

    async def MountPutFile(self, request):
        # Files of 4 MiB and more come as blobs.
        if request.data_blob_id:
            self.state.files[request.sha256_hex] = self.state.blobs.pop(request.data_blob_id)
        else:
            self.state.files[request.sha256_hex] = request.data
        return api_pb2.MountPutFileResponse(exists=request.sha256_hex in self.state.files)

    async def MountGetOrCreate(self, request):
        files = {file.filename: (file.sha256_hex, file.mode) for file in request.files}
        digest = hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()
        self.state.mounts["mo-" + digest[:22]] = files
        metadata = api_pb2.MountHandleMetadata(content_checksum_sha256_hex=digest)
        return api_pb2.MountGetOrCreateResponse(mount_id="mo-" + digest[:22], handle_metadata=metadata)

    async def ImageGetOrCreate(self, request):
        content = request.image.SerializeToString(deterministic=True)
        digest = hashlib.sha256(content).hexdigest()[:22]
        known = self.state.images.get("im-" + digest)
        if known and known.result and known.result.status == 1 and not request.force_build:
            return api_pb2.ImageGetOrCreateResponse(image_id=known.id, result=OK)
        image = Image(self.state, request, "im-" + digest)
        self.state.images[image.id] = image
        self.state.forgotten.discard(image.id)
        return api_pb2.ImageGetOrCreateResponse(image_id=image.id)

    async def ImageJoinStreaming(self, stream):
        request = await stream.recv_message()
        await self.state.call("ImageJoinStreaming", request, stream.metadata)
        image = self.state.images[request.image_id]
        self.state.builds += 1
        async for line in build(self.state, image):
            log = api_pb2.TaskLogs(data=line + "\n", file_descriptor=1)
            await stream.send_message(api_pb2.ImageJoinStreamingResponse(task_logs=[log], entry_id=str(time.time_ns())))
        await stream.send_message(api_pb2.ImageJoinStreamingResponse(result=image.result, eof=True))

    async def ImageFromId(self, request):
        self.state.check_image(request.image_id)
        return api_pb2.ImageFromIdResponse(image_id=request.image_id)

    # --- sandboxes

    async def create(self, version, request):
        state = self.state
        image_id = request.definition.image_id
        if image_id:
            state.check_image(image_id)
        sandbox = Sandbox(state, version, request)
        for source in getattr(request, "secret_sources", ()):
            sandbox.env.update(source.env.contents)
        state.sandboxes[sandbox.id] = state.tasks[sandbox.task_id] = sandbox
        state.peak = max(state.peak, sum(s.result is None for s in state.sandboxes.values()))
        if state.die_at_start:
            sandbox.die(*state.die_at_start)
        elif state.never_schedule > 0:
            state.never_schedule -= 1
        else:
            await sandbox.start()
        return sandbox

    async def SandboxCreate(self, request):
        sandbox = await Control.create(self, 1, request)
        metadata = api_pb2.SandboxHandleMetadata(app_id=sandbox.app_id)
        return api_pb2.SandboxCreateResponse(sandbox_id=sandbox.id, metadata=metadata)

    async def SandboxCreateV2(self, request):
        sandbox = await Control.create(self, 2, request)
        response = api_pb2.SandboxCreateV2Response(
            sandbox_id=sandbox.id, metadata=api_pb2.SandboxHandleMetadata(app_id=sandbox.app_id)
        )
        if sandbox.scheduled.is_set():
            response.task_id = sandbox.task_id
            response.command_router_access.CopyFrom(api_pb2.CommandRouterAccess(jwt=jwt(), url=sandbox.url))
        return response

    async def SandboxGetTaskId(self, request):
        sandbox = self.state.sandbox(request.sandbox_id)
        if sandbox.result:
            return api_pb2.SandboxGetTaskIdResponse(task_result=sandbox.result)
        return api_pb2.SandboxGetTaskIdResponse(task_id=sandbox.task_id if sandbox.scheduled.is_set() else "")

    SandboxGetTaskIdV2 = SandboxGetTaskId

    async def SandboxWait(self, request):
        sandbox = self.state.sandbox(request.sandbox_id)
        metadata = api_pb2.SandboxHandleMetadata(app_id=sandbox.app_id)
        if request.timeout:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(sandbox.told.wait(), request.timeout)
        if sandbox.told.is_set():
            return api_pb2.SandboxWaitResponse(result=sandbox.result, metadata=metadata)
        return api_pb2.SandboxWaitResponse(metadata=metadata)

    SandboxWaitV2 = SandboxWait

    async def SandboxTerminate(self, request):
        sandbox = self.state.sandbox(request.sandbox_id)
        existing = sandbox.result
        sandbox.die(3, 137)
        return api_pb2.SandboxTerminateResponse(existing_result=existing)

    async def SandboxTerminateV2(self, request):
        self.state.sandbox(request.sandbox_id).die(3, 137)
        return api_pb2.SandboxTerminateV2Response() if hasattr(api_pb2, "SandboxTerminateV2Response") else (
            api_pb2.SandboxTerminateResponse()
        )

    async def SandboxList(self, request):
        wanted = {tag.tag_name: tag.tag_value for tag in request.tags}
        found = [
            api_pb2.SandboxInfo(id=sandbox.id, created_at=sandbox.created_at)
            for sandbox in self.state.sandboxes.values()
            if (not request.app_id or sandbox.app_id == request.app_id)
            and (request.include_finished or sandbox.result is None)
            and (not request.before_timestamp or sandbox.created_at < request.before_timestamp)
            and wanted.items() <= sandbox.tags.items()
        ]
        found.sort(key=lambda info: -info.created_at)
        return api_pb2.SandboxListResponse(sandboxes=found[:100])

    SandboxListV2 = SandboxList

    async def TaskGetCommandRouterAccess(self, request):
        sandbox = self.state.task(request.task_id)
        return api_pb2.TaskGetCommandRouterAccessResponse(jwt=jwt(), url=sandbox.url)

    async def SandboxGetCommandRouterAccess(self, request):
        sandbox = self.state.sandbox(request.sandbox_id) if request.sandbox_id else self.state.task(request.task_id)
        if sandbox.result:
            raise GRPCError(Status.FAILED_PRECONDITION, "Sandbox already finished")
        return api_pb2.SandboxGetCommandRouterAccessResponse(jwt=jwt(), url=sandbox.url)


class Worker:
    """What the host of a sandbox answers."""

    async def running(self, request):
        sandbox = self.state.task(request.task_id)
        await sandbox.thawed.wait()
        if request.exec_id not in sandbox.execs:
            raise GRPCError(Status.NOT_FOUND, f"Exec {request.exec_id} not found.")
        return sandbox, sandbox.execs[request.exec_id]

    async def TaskExecStart(self, request):
        sandbox = self.state.task(request.task_id)
        await sandbox.thawed.wait()
        if request.exec_id not in sandbox.execs:
            sandbox.execs[request.exec_id] = Exec(sandbox, request)
        return router_pb2.TaskExecStartResponse()

    async def TaskExecPoll(self, request):
        _, run = await Worker.running(self, request)
        return run.answer(router_pb2.TaskExecPollResponse) if run.ended.done() else router_pb2.TaskExecPollResponse()

    async def TaskExecWait(self, request):
        sandbox, run = await Worker.running(self, request)
        await asyncio.shield(run.ended)
        await sandbox.thawed.wait()
        self.state.task(request.task_id)
        return run.answer(router_pb2.TaskExecWaitResponse)

    async def TaskExecStdinWrite(self, request):
        _, run = await Worker.running(self, request)
        await run.write(request.data[max(0, run.written - request.offset) :])
        if request.eof:
            run.close_stdin()
        return router_pb2.TaskExecStdinWriteResponse()

    async def TaskExecStdinStatus(self, request):
        _, run = await Worker.running(self, request)
        return router_pb2.TaskExecStdinStatusResponse(num_bytes_written=run.written, closed=run.stdin is None)

    async def TaskExecStdinWriteStream(self, stream):
        run = None
        async for message in stream:
            kind = message.WhichOneof(message.DESCRIPTOR.oneofs[0].name)
            if kind == "start":
                await self.state.call("TaskExecStdinWriteStream", message.start, stream.metadata)
                _, run = await Worker.running(self, message.start)
                skip = run.written - message.start.offset
            elif kind == "data":
                await run.write(message.data[max(0, skip) :])
                skip = max(0, skip - len(message.data))
            elif kind == "end":
                run.close_stdin()
        await stream.send_message(router_pb2.TaskExecStdinWriteStreamResponse())

    async def TaskExecStdioRead(self, stream):
        request = await stream.recv_message()
        await self.state.call("TaskExecStdioRead", request, stream.metadata)
        sandbox, run = await Worker.running(self, request)
        output = run.outputs[request.file_descriptor]
        offset = request.offset
        while data := await output.more(offset):
            await sandbox.thawed.wait()
            if sandbox.cut_at is not None and offset + len(data) > sandbox.cut_at:
                sandbox.cut_at = None
                raise GRPCError(Status.UNAVAILABLE, "the stream was cut, as ordered")
            await stream.send_message(router_pb2.TaskExecStdioReadResponse(data=data))
            offset += len(data)
        self.state.task(request.task_id)


async def build(state, image):
    """Carry a Dockerfile's lines out as far as files go, and those RUN lines that begin as --run says.

    The SDK adds lines of its own, which install packages: those must never touch this machine.
    """
    os.makedirs(image.root, exist_ok=True)
    for base in image.request.image.base_images:
        known = state.images.get(base.image_id)
        if known:
            shutil.copytree(known.root, image.root, symlinks=True, dirs_exist_ok=True)
            image.workdir = known.workdir
    for command in image.commands:
        yield f"=> {command}"
        words = command.split(None, 1)
        if len(words) < 2:
            continue
        word, rest = words[0].upper(), words[1]
        if word == "WORKDIR":
            image.workdir = rest.strip()
            os.makedirs(inside(image, image.workdir), exist_ok=True)
        elif word in ("COPY", "ADD"):
            copy(state, image, [part for part in shlex.split(rest) if not part.startswith("--")])
        elif word == "RUN" and state.options.run and rest.startswith(state.options.run):
            os.makedirs(inside(image, image.workdir), exist_ok=True)
            process = await asyncio.create_subprocess_shell(
                rest, cwd=inside(image, image.workdir), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            output, _ = await process.communicate()
            for line in output.decode(errors="replace").splitlines():
                yield line
            if process.returncode:
                yield f"the command ended with exit code {process.returncode}: {rest}"
                image.result = api_pb2.GenericResult(status=2, exitcode=process.returncode)
                return
    image.result = OK


def inside(image, path):
    return os.path.join(image.root, os.path.join(image.workdir, path).lstrip("/"))


def copy(state, image, paths):
    *sources, target = paths
    for name, (digest, mode) in image.files.items():
        relative = name.lstrip("/")
        for source in sources:
            source = os.path.normpath(source.lstrip("/") or ".")
            if source == "." or relative == source or relative.startswith(source + "/"):
                rest = relative if source == "." else os.path.relpath(relative, source)
                single = rest == "." and not target.endswith("/") and len(sources) == 1
                path = inside(image, target) if single else (
                    os.path.join(inside(image, target), os.path.basename(relative) if rest == "." else rest)
                )
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(state.files[digest])
                os.chmod(path, mode or 0o644)


def public(kind):
    return {name: value for name, value in vars(kind).items() if name[0].isupper()}


ModalClient = service(api_grpc.ModalClientBase, public(Control))
Router = service(task_command_router_grpc.TaskCommandRouterBase, public(Worker))


class Orders:
    """What a test may order; each returns its answer."""

    def __init__(self, state):
        self.state = state

    def sandboxes(self, run=None):
        """List the living sandboxes, oldest first."""
        return [
            sandbox.id
            for sandbox in self.state.sandboxes.values()
            if sandbox.result is None and (run is None or sandbox.tags.get("offload_run") == run)
        ]

    def sandbox(self, sandbox):
        """Tell what a sandbox was asked to be."""
        found = self.state.sandbox(sandbox)
        resources = found.definition.resources
        return {
            "tags": found.tags,
            "cpu": resources.milli_cpu / 1000,
            "memory": resources.memory_mb,
            "timeout": found.definition.timeout_secs,
            "idle_timeout": found.definition.idle_timeout_secs,
            "workdir": found.definition.workdir,
            "image": found.definition.image_id,
            "options": dict(found.definition.experimental_options_v2) or dict(found.definition.experimental_options),
            "version": found.version,
        }

    def kill(self, sandbox, status=3, exitcode=137, exception="", tell_after=0.0):
        """End a sandbox as the service would, with a GenericResult status. The answer is the time it was told."""
        self.state.sandbox(sandbox).die(status, exitcode, exception, tell_after)
        return time.time() + tell_after

    def freeze(self, sandbox):
        """Let the worker of a sandbox say nothing more, as if its packets were dropped."""
        self.state.sandbox(sandbox).thawed.clear()

    def thaw(self, sandbox):
        self.state.sandbox(sandbox).thawed.set()

    def refuse(self, sandbox):
        """Let the worker of a sandbox vanish while the control plane knows nothing of it."""
        self.state.sandbox(sandbox).worker.abort()

    def cut(self, sandbox, offset):
        """Break the next output stream of a sandbox once, at an offset."""
        self.state.sandbox(sandbox).cut_at = offset

    def never_schedule(self, times=1):
        """Let the next sandboxes wait for a place for ever."""
        self.state.never_schedule = times

    def die_at_start(self, status=None, exitcode=0, exception=""):
        """Let every new sandbox be dead before it is scheduled; without a status: no more."""
        self.state.die_at_start = None if status is None else (status, exitcode, exception)

    def fault(self, rpc, times=1, **how):
        """Let the next calls of an RPC (without V2) fail: status, message, retry_after, hang, sandbox.

        With `late` they are carried out, and only their answer is lost.
        """
        self.state.faults.append({"rpc": rpc, "times": times, **how})

    def forget_image(self, image):
        """Let an image have expired."""
        self.state.forgotten.add(image)
        self.state.images[image].result = None

    def expire_images(self):
        """Let every image be gone as soon as it is built."""
        self.state.images_expire = True

    def image(self, image):
        """Tell the files of an image."""
        root = self.state.images[image].root
        return sorted(
            os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names
        )

    def builds(self):
        """Tell how many layers were built."""
        return self.state.builds

    def peak(self):
        """Tell the largest number of sandboxes that lived at one time."""
        return self.state.peak

    def calls(self, sandbox=None, since=0.0):
        """List the calls so far as [time, rpc, sandbox]."""
        return [call for call in self.state.calls if call[0] >= since and sandbox in (None, call[2])]


async def serve_blobs(state):
    """Take what is put to the addresses that BlobCreate gives out, as the store behind the real service does."""

    async def put(request):
        data = await request.read()
        state.blobs[request.path.strip("/")] = data
        return web.Response(headers={"ETag": f'"{hashlib.md5(data).hexdigest()}"'})

    blobs = web.AppRunner(web.Application(client_max_size=1 << 30))
    blobs.app.router.add_put("/{blob}", put)
    await blobs.setup()
    await web.TCPSite(blobs, "127.0.0.1", 0).start()
    state.blob_url = "http://127.0.0.1:%d" % blobs.addresses[0][1]
    return blobs


async def main():
    parser = argparse.ArgumentParser(description="A stand-in for Modal on this machine.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--run", metavar="PREFIX", help="carry out, here, the RUN lines that begin with this")
    parser.add_argument("--token", help="the only token that is accepted, ID:SECRET")
    parser.add_argument("--secret", action="append", default=[])
    parser.add_argument("--volume", action="append", default=[])
    state = State(parser.parse_args())
    blobs = await serve_blobs(state)
    server = grpclib.server.Server([ModalClient(state), Router(state)], status_details_codec=custom_detail_codec)
    await server.start("127.0.0.1", state.options.port)
    port = server._server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    print(json.dumps({"url": url, "use": f"MODAL_SERVER_URL={url} MODAL_TOKEN_ID=x MODAL_TOKEN_SECRET=x"}), flush=True)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    lines = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    orders = Orders(state)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            reading = asyncio.ensure_future(lines.readline())
            await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
            line = reading.result() if reading.done() else b""
            if not line:
                reading.cancel()
                break
            order = json.loads(line)
            try:
                answer = {"answer": getattr(orders, order.pop("do"))(**order)}
            except (GRPCError, AttributeError, TypeError, KeyError) as e:
                answer = {"error": repr(e)}
            print(json.dumps(answer), flush=True)
    finally:
        state.end()
        server.close()
        await blobs.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
