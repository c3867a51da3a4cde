"""Play the places where sandboxes live: what stands in offload.toml for each, how a sandbox is killed from outside, what is left."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "examples/shell-provider/scripts"
DOCKER_IMAGE = "offload-test-python:1"


def tools():
    return Path(os.environ.get("OFFLOAD_TEST_TOOLS") or Path.home() / ".cache/offload-test-tools")


def write_python(project):
    """Write the program that is `python` with pytest here and in every sandbox."""
    here = tools() / "pytest-9/bin/python"
    program = project / "python"
    program.write_text(f'#!/bin/sh\n[ ! -x {here} ] || exec {here} "$@"\nexec python3 "$@"\n')
    program.chmod(0o755)


def write_settings(project, place, sandboxes, *, provider="", group=""):
    """Write offload.toml for the pytest tests of a project; what is given besides stands at the end of its table."""
    (project / "offload.toml").write_text(f"""
[offload]
max_parallel = {sandboxes}
sandbox_project_root = "{place.root}"
[provider]
{place.provider(project)}
{provider}
[framework]
type = "pytest"
command = "./python -m pytest"
paths = ["tests"]
[groups.all]
{group}
""")


class Place:
    """Where sandboxes live. KILLS names the ways in which one can be killed."""

    KILLS = ()
    root = "."

    def provider(self, project):
        raise NotImplementedError

    def env(self):
        return {}

    def kill(self, how, handle):
        raise NotImplementedError

    def left(self):
        return []

    def close(self):
        pass


class Local(Place):
    """Processes in the project's folder."""

    def __init__(self, folder, sandboxes):
        pass

    def provider(self, project):
        return 'type = "local"'


class Shell(Place):
    """The scripts of examples/shell-provider, whose calls are noted with their time."""

    KILLS = ("SIGKILL", "SIGSTOP")

    def __init__(self, folder, sandboxes):
        self.boxes = folder / "sandboxes"
        self.boxes.mkdir()
        self.calls = folder / "calls"
        self.note = folder / "note.sh"
        self.note.write_text(
            '#!/bin/sh\n# usage: note.sh SCRIPT SANDBOX [ARGUMENT]...\n'
            f'printf "%s %s %s\\n" "$(date +%s.%N)" "$1" "$2" >>\'{self.calls}\'\n'
            f'script=$1\nshift\nexec \'{SCRIPTS}\'/"$script" "$@"\n'
        )
        self.note.chmod(0o755)

    def provider(self, project):
        return f"""type = "default"
create_command = "'{SCRIPTS}/create.sh' ."
exec_command = "'{self.note}' exec.sh {{sandbox_id}} {{command}}"
poll_command = "'{self.note}' poll.sh {{sandbox_id}}"
destroy_command = "'{self.note}' destroy.sh {{sandbox_id}}"
timeout_secs = 60"""

    def env(self):
        return {"OFFLOAD_SHELL_SANDBOXES": str(self.boxes)}

    def script(self, name, *words):
        env = dict(os.environ, **self.env())
        subprocess.run([SCRIPTS / name, *words], env=env, stderr=subprocess.DEVNULL)

    def kill(self, how, handle):
        self.script("kill.sh", handle, how.removeprefix("SIG"))

    def last_use(self, handle, after):
        """Return the seconds from a moment to the last command on a sandbox but the one that destroys it."""
        calls = [line.split() for line in self.calls.read_text().splitlines()]
        uses = [float(at) - after for at, script, box in calls if box == handle and script != "destroy.sh"]
        return max([use for use in uses if use > 0], default=0.0)

    def left(self):
        return sorted(box.name for box in self.boxes.iterdir())

    def close(self):
        for box in self.left():
            self.script("destroy.sh", box)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Docker(Place):
    """Containers of the engine at DOCKER_HOST or the usual socket, from the image that the tests use."""

    KILLS = ("docker kill", "docker pause")
    root = "/app"

    def __init__(self, folder, sandboxes):
        self.socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
        self.before = self.containers()

    def call(self, method, path):
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read() or "null")
        finally:
            connection.close()

    def containers(self):
        chosen = '{"label":["dev.offload.owned=sandbox"]}'
        return sorted(container["Id"] for container in self.call("GET", f"/containers/json?all=1&filters={chosen}"))

    def provider(self, project):
        (project / ".dockerignore").write_text("test-results\n")
        return f"""type = "docker"
image = "{DOCKER_IMAGE}"
pull = "never"
include_cwd = true"""

    def kill(self, how, handle):
        self.call("POST", f"/containers/{handle}/{how.removeprefix('docker ')}")

    def left(self):
        return sorted(set(self.containers()) - set(self.before))

    def close(self):
        for container in self.left():
            # The engine hangs in the removal of a container that was paused while a command began in it.
            state = Path(f"/sys/fs/cgroup/freezer/docker/{container}/freezer.state")
            if state.exists():
                state.write_text("THAWED")
            self.call("DELETE", f"/containers/{container}?force=1")


def processes():
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            yield int(process.name)


def read(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def parent(pid):
    status = read(pid, "stat").rpartition(b")")[2].split()
    return int(status[1]) if len(status) > 1 else 0


class Ssh(Place):
    """Two hosts: SSH servers on loopback ports with throw-away keys and a home folder of their own."""

    HOSTS = ("host-a", "host-b")
    KILLS = ("connection cut", "connection frozen", "processes killed")

    def __init__(self, folder, sandboxes):
        self.slots = -(-sandboxes // len(self.HOSTS))
        self.folder = folder / "hosts"
        self.folder.mkdir(mode=0o700)
        self.servers = {}
        self.keygen(self.folder / "client")
        # As root the server wants this folder, which starting it as a service would make.
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        for host in self.HOSTS:
            self.start(host)
        with open(self.folder / "ssh_config", "a") as config:
            config.write(
                f"Host *\n  IdentityFile {self.folder}/client\n  IdentitiesOnly yes\n"
                f"  UserKnownHostsFile {self.folder}/known_hosts\n"
            )

    @staticmethod
    def keygen(file):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)

    def start(self, host):
        home = self.folder / host
        (home / "tmp").mkdir(parents=True)
        self.keygen(home / "key")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (home / "sshd_config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/key\nAuthorizedKeysFile {self.folder}/client.pub\n"
            "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            f"MaxStartups 100:30:200\nSetEnv HOME={home} TMPDIR={home}/tmp\n"
        )
        server = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
        with open(home / "log", "wb") as log:
            self.servers[host] = subprocess.Popen([server, "-D", "-e", "-f", home / "sshd_config"], stderr=log)
        with open(self.folder / "known_hosts", "a") as known:
            known.write(f"{host} " + " ".join((home / "key.pub").read_text().split()[:2]) + "\n")
        with open(self.folder / "ssh_config", "a") as config:
            config.write(f"Host {host}\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {host}\n")
        while "Server listening" not in (home / "log").read_text():
            if self.servers[host].poll() is not None:
                raise SystemExit((home / "log").read_text())
            time.sleep(0.05)

    def provider(self, project):
        hosts = ", ".join(f'"{host}"' for host in self.HOSTS)
        return f"""type = "ssh"
hosts = [{hosts}]
slots = {self.slots}
ssh_options = ["-F", "{self.folder}/ssh_config"]"""

    def kill(self, how, handle):
        pids = self.members(handle) if how == "processes killed" else self.connection(handle)
        self.signal(pids, signal.SIGSTOP if how == "connection frozen" else signal.SIGKILL)

    def connection(self, handle):
        """Return the server's processes of the connection that a sandbox uses."""
        host, token = handle.split()
        found = []
        for state in (self.folder / host / "tmp").glob(f"offload-keeper-*/sandbox-{token}"):
            keeper = state.parent.name.removeprefix("offload-keeper-").encode()
            for pid in processes():
                if b"offload-keeper\0" + keeper in read(pid, "cmdline") and b"sshd" in read(parent(pid), "cmdline"):
                    found.append(parent(pid))
        return found

    @staticmethod
    def members(handle):
        mark = b"OFFLOAD_SANDBOX=" + handle.split()[1].encode()
        return [pid for pid in processes() if mark in read(pid, "environ")]

    @staticmethod
    def signal(pids, sent):
        for pid in pids:
            try:
                os.kill(pid, sent)
            except ProcessLookupError:
                pass

    def left(self):
        return sorted(str(file.name) for host in self.HOSTS for file in (self.folder / host / "tmp").iterdir())

    def close(self):
        for server in self.servers.values():
            children = [pid for pid in processes() if parent(pid) == server.pid]
            grandchildren = [pid for pid in processes() if parent(pid) in children]
            server.kill()
            self.signal(children + grandchildren, signal.SIGKILL)
            server.wait()


PLACES = {"local": Local, "default": Shell, "docker": Docker, "ssh": Ssh}
