"""What a service is made of when it is tested from outside: a database, nodes, a balancer, a mail server.

Nodes are the built program; they may be stopped, killed in mid-sentence and started again on what they left.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "peers"))

from smtp import Postbox  # noqa: E402  (the peers' folder must be on the path first)

BINARY = pathlib.Path(os.environ.get("CAUNOI_BIN") or ROOT / "target/debug/caunoi").resolve()
START_PATIENCE = 60.0


class Sqlite:
    """The database of one process, in its data folder."""

    name = "SQLite"

    def __init__(self, folder):
        self.path = folder / "caunoi.db"
        self.url = f"sqlite:{self.path}"

    def rows(self, statement):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as database:
            return [tuple(_plain(value) for value in row) for row in database.execute(statement)]


class Postgres:
    """A database of its own on the server that CAUNOI_TEST_POSTGRES names."""

    name = "PostgreSQL"

    def __init__(self, name):
        self.server = os.environ.get("CAUNOI_TEST_POSTGRES")
        assert self.server, "no PostgreSQL: run this by scripts/postgres.sh run …"
        self._psql(self.server, f"create database {name}")
        self.url = f"{self.server.rsplit('/', 1)[0]}/{name}"

    def rows(self, statement):
        out = self._psql(self.url, statement)
        return [tuple(line.split("\x1f")) for line in out.splitlines() if line]

    @contextlib.contextmanager
    def holding(self, statement):
        """Lets a transaction with this statement stand meanwhile."""
        line = ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", self.url]
        talk = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            talk.stdin.write(f"begin; {statement}; select 'held';\n")
            talk.stdin.flush()
            assert talk.stdout.readline() == "held\n", f"{statement} was refused"
            yield
        finally:
            talk.communicate("commit;\n")

    @staticmethod
    def _psql(url, statement):
        line = ["psql", "-qAt", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", url, "-c", statement]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def _plain(value):
    """As psql writes it, so that both databases read alike."""
    if isinstance(value, bytes) and len(value) == 16:
        text = value.hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    return "" if value is None else str(value)


class Node:
    """One `caunoi serve`."""

    def __init__(self, number, folder, settings, binary=BINARY):
        self.number, self.binary = number, binary
        self.folder = folder / f"node{number}"
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.settings = {"CAUNOI_BIND": f"127.0.0.1:{self.port}", "CAUNOI_DATA": str(self.folder), **settings}
        self.process = None

    def start(self, wait=True):
        """How long it took until it was ready."""
        began = time.monotonic()
        with open(self.folder / "server.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [str(self.binary), "serve"], env={**os.environ, **self.settings}, cwd=ROOT, stdout=log, stderr=log
            )
        while wait and not self.is_ready():
            assert self.process.poll() is None, f"node {self.number} ended at its start:\n{self.log()}"
            assert time.monotonic() < began + START_PATIENCE, f"node {self.number} was not ready:\n{self.log()}"
            time.sleep(0.01)
        return time.monotonic() - began

    def is_ready(self):
        try:
            return self.fetch("/readyz")[0] == 200
        except OSError:
            return False

    def health(self):
        return json.loads(self.fetch("/readyz")[1])

    def fetch(self, path):
        try:
            with urllib.request.urlopen(self.base + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def kill(self):
        """In mid-sentence."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def log(self, lines=30):
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-lines:])

    def run(self, *words):
        """A command beside it."""
        line = [str(self.binary), *words]
        return subprocess.run(line, env={**os.environ, **self.settings}, cwd=ROOT, check=True, capture_output=True, text=True).stdout


class Balancer:
    """Debian's HAProxy in front of the nodes."""

    def __init__(self, folder, nodes, port):
        servers = "\n".join(f"  server node{node.number} 127.0.0.1:{node.port}" for node in nodes)
        template = (ROOT / "deploy" / "haproxy.cfg").read_text()
        marked = template.split("  # nodes\n")
        assert len(marked) == 3, "deploy/haproxy.cfg has its nodes between two marks"
        text = marked[0] + servers + "\n" + marked[2]
        self.config = folder / "haproxy.cfg"
        self.config.write_text(text.replace("bind :8080", f"bind 127.0.0.1:{port}"))
        self.base = f"http://127.0.0.1:{port}"
        self.process = None

    def start(self):
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        self.process = subprocess.Popen([program, "-db", "-q", "-f", str(self.config)])
        wait_until(lambda: can_connect(self.base), 10, "the balancer does not listen")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


class Service:
    """All of it, in a folder that goes when it ends (save where something failed)."""

    def __init__(self, nodes=1, postgres=False, balanced=True, older=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="caunoi-nodes-"))
        self.postbox = Postbox()
        self.postgres, self.number, self.balanced, self.older = postgres, nodes, balanced, older
        self._closers = contextlib.ExitStack()

    def __enter__(self):
        assert BINARY.exists(), f"{BINARY} is missing; build it first: cargo build"
        self._closers.enter_context(self.postbox)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        if self.postgres:
            self.database = Postgres(f"nodes_{os.getpid()}_{time.monotonic_ns()}")
        else:
            self.database = Sqlite(self.folder)
        settings = {
            "CAUNOI_DATABASE_URL": self.database.url,
            "CAUNOI_PUBLIC_URL": self.base,
            "CAUNOI_MAIL_URL": self.postbox.url,
            "CAUNOI_MODEL": "none",
            "CAUNOI_RATE": "0",
            "CAUNOI_PROXIES": "1",
        }
        self.nodes = [Node(number, self.folder, settings) for number in range(1, self.number + 1)]
        if not self.balanced:
            self.base = self.nodes[0].base
            self.nodes[0].settings |= {"CAUNOI_PUBLIC_URL": self.base, "CAUNOI_PROXIES": "0"}
        for node in self.nodes:
            self._closers.callback(node.stop)
        if self.older:
            # As in a rolling upgrade: it made the schema, and the new one changes it beside it.
            self.nodes[0].binary = self.older
            self.nodes[0].start()
        for node in self.nodes[bool(self.older) :]:
            node.start(wait=False)
        for node in self.nodes:
            wait_until(node.is_ready, START_PATIENCE, f"node {node.number} is not ready")
        if self.balanced:
            balancer = Balancer(self.folder, self.nodes, port)
            self._closers.callback(balancer.stop)
            balancer.start()
        return self

    def __exit__(self, kind, *_):
        self._closers.close()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"what the nodes said lies in {self.folder}", file=sys.stderr)


def wait_until(holds, patience, complaint, pause=0.02):
    until = time.monotonic() + patience
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < until, complaint() if callable(complaint) else complaint
        time.sleep(pause)


def can_connect(base):
    host, port = base.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
