"""One whole world for the browser tests: the built program on an empty data folder with sample data, a mail server
that keeps its letters, and a real Chromium.

    with World() as world:
        page = world.visitor("vi")
        page.goto(world.at("/vi"))
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

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "peers"))

from smtp import Postbox  # noqa: E402  (the peers' folder must be on the path first)

# The sample city is indexed, embedded and matched before the first request is answered.
START_PATIENCE = 900.0

# Chromium talks to nobody but the program under test.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]

PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}


class World:
    def __init__(self, binary=None, settings=None, data=None):
        self.binary = pathlib.Path(binary or os.environ.get("CAUNOI_BIN") or ROOT / "target/debug/caunoi").resolve()
        self.settings = settings or {}
        # A folder to start from a copy of, instead of making the sample city anew.
        self.data = data
        self.complaints = []
        # Who has signed in once need not do it for each test.
        self.cookies = {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for close in reversed(self._closers):
            close()

    # ── where things are ────────────────────────────────────────────────────────────────────────────────────────

    def at(self, path):
        return self.base + path

    def log(self, lines=40):
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-lines:])

    def fetch(self, path, headers=None, data=None):
        """A plain GET (with data: POST) past the browser: status, headers, body."""
        request = urllib.request.Request(self.at(path), headers=headers or {}, data=data)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read()

    def json(self, path):
        status, _, body = self.fetch(path)
        assert status == 200, f"{path} answered {status}"
        return json.loads(body)

    def seconds_of_work(self):
        """Processor time the program has taken so far."""
        with open(f"/proc/{self.server.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def work_left(self):
        """Events that nobody followed yet, and jobs that are not done."""
        return self.count(
            "(select count(*) from events where number > "
            "coalesce((select number from cursors where name = 'flow'), 0)) "
            "+ (select count(*) from jobs where state <> 'parked')"
        )

    def not_sought_again(self):
        """Open listings that nothing open names and nobody sought for in a week: each minute the clock takes some."""
        stages = ("suggested", "proposed", "need_accepted", "offer_accepted", "introduced", "meeting", "negotiating", "agreed")
        return self.count(
            "(select count(*) from listings where live is not null and state in ('published', 'review', 'changes') "
            "and coalesce(searched_at, 0) <= (strftime('%s', 'now') - 7 * 86400) * 1000 and not exists "
            f"(select 1 from pairings where listings.id in (need_id, offer_id) and stage in {stages}))"
        )

    def count(self, number):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/data/caunoi.db?mode=ro", uri=True)) as database:
            [(count,)] = database.execute(f"select {number}")
        return count

    def settle(self, patience=180):
        """Waits until what the start set going is done: sample data are indexed, embedded and matched.

        That the processor rests says little on a machine that others use: the program may be waiting for its turn.
        """
        until = time.monotonic() + patience
        while True:
            before = self.seconds_of_work()
            time.sleep(2)
            if not self.work_left() and self.seconds_of_work() - before < 0.1 or time.monotonic() > until:
                return

    # ── who looks ───────────────────────────────────────────────────────────────────────────────────────────────

    def visitor(self, lang="vi", size=None, scripts=True, dark=False):
        """A new person with a browser of their own; what their pages complain about is kept."""
        context = self._browser.new_context(
            locale="vi-VN" if lang == "vi" else "en-GB",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport=size or DESKTOP,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        self._listen(page)
        return page

    def _listen(self, page):
        def said(message):
            # A page that answers 404 or 422 on purpose is also reported as an error; the status is checked elsewhere.
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.complaints.append(f"{page.url}: {message.text}")

        def answered(response):
            inner = response.request.resource_type != "document"
            if inner and response.status >= 400 and response.url.startswith(self.base):
                self.complaints.append(f"{page.url}: {response.url} answered {response.status}")

        page.on("console", said)
        page.on("response", answered)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def open_pages(self):
        return [page for context in self._browser.contexts for page in context.pages]

    def close_visitors(self):
        for context in self._browser.contexts:
            context.close()

    def take_complaints(self):
        complaints, self.complaints = self.complaints, []
        return complaints

    # ── how it starts ───────────────────────────────────────────────────────────────────────────────────────────

    def _start(self):
        self._closers = []
        self.server = None
        assert self.binary.exists(), f"{self.binary} is missing; build it first: cargo build"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="caunoi-browser-"))
        self._closers.append(lambda: shutil.rmtree(self.folder, ignore_errors=True))
        self.postbox = Postbox().__enter__()
        self._closers.append(lambda: self.postbox.__exit__())
        self.base = f"http://127.0.0.1:{free_port()}"
        if self.data:
            shutil.copytree(self.data, self.folder / "data")
        else:
            (self.folder / "data").mkdir()
        self._closers.append(self.stop_server)
        self._serve()
        self._open_browser()

    def restart(self, hard=False):
        """Ends the program, with `hard` in mid-sentence (kill −9), and starts it again on the same data."""
        if hard:
            self.server.kill()
            self.server.wait()
        else:
            self.stop_server()
        self._serve()

    def _serve(self):
        settings = {
            "CAUNOI_DATA": str(self.folder / "data"),
            "CAUNOI_BIND": self.base.removeprefix("http://"),
            "CAUNOI_PUBLIC_URL": self.base,
            "CAUNOI_MAIL_URL": self.postbox.url,
            "CAUNOI_RATE": "0",
            **self.settings,
        }
        with open(self.folder / "server.log", "a", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                [str(self.binary), "serve", "--demo"],
                env={**os.environ, **settings},
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + START_PATIENCE
        while True:
            assert self.server.poll() is None, f"the program ended at its start:\n{self.log()}"
            assert time.monotonic() < until, f"the program was not ready in {START_PATIENCE:.0f} s:\n{self.log()}"
            try:
                if self.fetch("/readyz")[0] == 200 and self._has_lived():
                    return
            except OSError:
                pass
            time.sleep(0.1)

    def _has_lived(self):
        """A new sample city is served before its past weeks are over; they begin and end with a line."""
        log = self.log(lines=0)
        return log.count("Its past weeks happen now") == log.count("has lived its past weeks")

    def stop_server(self):
        """Asks it to stop as an operator would; what does not heed within ten seconds is killed."""
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def _open_browser(self):
        playwright = sync_playwright().start()
        self._closers.append(playwright.stop)
        self._browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        self._closers.append(self._browser.close)


def chromium():
    path = os.environ.get("CAUNOI_CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: scripts/setup.py --tests"
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
