#!/usr/bin/env python3
"""How many pages a second, and how long one waits: the release program with 10,000 listings, asked by wrk on the same
machine.

    make load                            SQLite
    make load ARGS="--postgres"          PostgreSQL, a server of its own beside

First as much as the service gives (readers who ask again at once), then at a steady four fifths of it (more readers,
who pause), for listing pages and for searches in words and meaning, no question twice; then both with sign-ins and
new drafts between. In the same run a bare handler gives away the bytes of one such page: what any service here could
do at best. Requests accept compression as browsers do. Service and client share the cores, so each row says how many
milliseconds of a core both took for a request. The end is 0 unless a request failed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("CAUNOI_BIN") or ROOT / "target/release/caunoi").resolve()
SCRIPT = ROOT / "tests" / "load" / "ask.lua"
PASSWORD = "cau-noi-demo"
BROWSER = "Accept-Encoding: gzip, deflate, br"

# Readers who never pause: enough that the service never waits for one.
EAGER = 16
# Readers who pause, so many that one slow answer does not hold up the others' questions.
PATIENT = 64
# No more questions than that were still without an answer when the time was up.
UNANSWERED = EAGER + PATIENT
STEADY = 0.8
# Of what the service gives of each alone; and a second.
MIXED_PAGES, MIXED_SEARCHES = 0.45, 0.2
MIXED_DRAFTS, MIXED_SIGN_INS = 10.0, 2.0
TICK = os.sysconf("SC_CLK_TCK")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--listings", type=int, default=10_000)
    options.add_argument("--embedded", type=int, default=500, help="so many the model really reads")
    options.add_argument("--seconds", type=int, default=15, help="how long each row is measured")
    options.add_argument("--postgres", action="store_true", help="on the server that CAUNOI_TEST_POSTGRES names")
    options.add_argument("--only", default="", help="rows whose name begins so")
    options.add_argument("--folder", help="keep the filled service here, or take what is here (SQLite)")
    chosen = options.parse_args()
    with contextlib.ExitStack() as stack:
        if chosen.folder:
            folder = pathlib.Path(chosen.folder)
            folder.mkdir(parents=True, exist_ok=True)
        else:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caunoi-load-")))
        service = Service(folder, chosen.postgres)
        service.fill(chosen.listings, chosen.embedded)
        stack.callback(service.stop)
        service.start()
        failed = measure(service, folder, chosen)
    sys.exit(1 if failed else 0)


def measure(service, folder, chosen):
    paths = listing_paths(service)
    pages = written(folder / "pages.txt", paths)
    texts = [text_of(service.get(path)) for path in random.Random(1).sample(paths, min(400, len(paths)))]
    searches = written(folder / "searches.txt", questions(texts, 60 * 400))
    drafts = written(folder / "drafts.txt", (draft(text) for text in texts))
    sign_ins = written(folder / "sign-ins.txt", map(sign_in, sample_people()))
    table, load = Table(), Load(service, chosen.seconds)
    wanted = lambda name: name.startswith(chosen.only)  # noqa: E731

    page_rate = search_rate = 0.0
    if wanted("listing"):
        table.add("listing pages, each for the first time", load.eager(pages, least=len(paths)))
        page_rate = table.add("listing pages, as many as it gives", load.eager(pages))
        table.add(f"… at a steady {STEADY:.0%} of it", load.steady(pages, page_rate * STEADY))
    if wanted("search"):
        load.eager(searches, seconds=2)
        search_rate = table.add("searches, as many as it gives", load.eager(searches))
        table.add(f"… at a steady {STEADY:.0%} of it", load.steady(searches, search_rate * STEADY))
    if wanted("mixed") and page_rate and search_rate:
        table.say("at the same time:")
        rows = load.together(
            ("… listing pages", pages, page_rate * MIXED_PAGES, PATIENT),
            ("… searches", searches, search_rate * MIXED_SEARCHES, PATIENT),
            ("… new drafts", drafts, MIXED_DRAFTS, 8),
            ("… sign-ins", sign_ins, MIXED_SIGN_INS, 4),
        )
        for name, row in rows:
            table.add(name, row)
    table.say(f"memory of the service: {service.memory_mb():.0f} MB")
    if wanted("ceiling"):
        page = middle_page(service, paths)
        table.say(f"a bare handler with the bytes of one page ({len(page):,} bytes):")
        with bare_handler(folder, page) as bare:
            ceiling = Load(bare, min(chosen.seconds, 8))
            table.add("… as they are", ceiling.eager(written(folder / "plain.txt", ["/plain"])))
            table.add("… packed for each reader", ceiling.eager(written(folder / "packed.txt", ["/packed"])))
    return table.failed


# What is asked for ----------------------------------------------------------------------------------------------


def listing_paths(service):
    """The public listings, in no order."""
    paths = sorted(set(re.findall(r"/vi/(?:needs|offers)/[0-9a-f-]{36}", service.get("/sitemap.xml"))))
    random.Random(2).shuffle(paths)
    return paths


def text_of(page):
    [lead] = re.findall(r'<p class="lead"[^>]*>([^<]*)', page)
    return lead


def questions(texts, count):
    """Two to six words in a row, a third of them without marks; none twice."""
    dice, seen = random.Random(3), set()
    while len(seen) < count:
        words = dice.choice(texts).split()
        at = dice.randrange(max(1, len(words) - 6))
        question = " ".join(words[at : at + dice.randint(2, 6)] + [str(dice.randrange(100_000))] * (len(seen) > count / 2))
        if dice.random() < 0.33:
            question = without_marks(question)
        if question not in seen:
            seen.add(question)
            yield "/vi/search?" + urllib.parse.urlencode({"q": question})


def without_marks(text):
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return bare.replace("đ", "d").replace("Đ", "D")


def draft(text):
    return "/vi/needs\t" + urllib.parse.urlencode({"title": f"Chúng tôi cần {text[:200]}"})


def sign_in(address):
    return "/vi/session\t" + urllib.parse.urlencode({"email": address, "password": PASSWORD})


def sample_people():
    return sorted(set(re.findall(r"[\w.]+@[\w.-]+\.example", (ROOT / "src/demo/organisations.json").read_text("utf-8"))))


def middle_page(service, paths):
    """A page of the middle length."""
    pages = sorted((service.get(path) for path in paths[:101]), key=len)
    return pages[len(pages) // 2].encode()


def written(file, lines):
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


# How it is asked ------------------------------------------------------------------------------------------------


class Load:
    """One client, which goes on in the file behind the last question it asked: none is asked twice."""

    def __init__(self, service, seconds):
        self.service, self.seconds, self.at = service, seconds, {}

    def eager(self, file, seconds=None, least=None):
        """As fast as it answers; with `least` until so many were asked for, those again whose answer came too late."""
        if least is None:
            return self._one(file, seconds or self.seconds, 0, EAGER)
        rows = []
        while self.at.get(file, 0) < least:
            rows.append(self._one(file, 5, 0, EAGER))
            self.at[file] -= UNANSWERED
        return summed(rows)

    def steady(self, file, rate):
        return self._one(file, self.seconds, rate, PATIENT)

    def together(self, *clients):
        begun = time.monotonic(), self.service.cpu()
        running = [self._begin(file, self.seconds, rate, readers) for _, file, rate, readers in clients]
        rows = [self._end(client) for client in running]
        seconds, cpu = time.monotonic() - begun[0], self.service.cpu() - begun[1]
        for row in rows:
            row["cpu"] = None
        rows[0]["together"] = cpu / seconds
        return list(zip((name for name, *_ in clients), rows))

    def _one(self, file, seconds, rate, readers):
        cpu = self.service.cpu()
        row = self._end(self._begin(file, seconds, rate, readers))
        row["cpu"] = (self.service.cpu() - cpu) / max(1, row["requests"])
        return row

    def _begin(self, file, seconds, rate, readers):
        pause = round(1e3 * readers / rate) if rate else 0
        line = ["wrk", "-t1", f"-c{readers}", f"-d{seconds}s", "--timeout", "15s", "-H", BROWSER, "-s", str(SCRIPT)]
        line += [self.service.base, "--", str(file), str(self.at.get(file, 0)), str(pause)]
        return file, subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def _end(self, client):
        file, wrk = client
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out, err = wrk.communicate()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert wrk.returncode == 0, err
        row = json.loads(re.search(r"^done (.*)$", out, re.M).group(1))
        row["client"] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / max(1, row["requests"])
        self.at[file] = self.at.get(file, 0) + row["requests"] + UNANSWERED
        return row


def summed(rows):
    one = dict(rows[-1])
    for key in ("requests", "seconds", "bytes", "refused", "broken"):
        one[key] = sum(row[key] for row in rows)
    for key in ("p50", "p99", "most"):
        one[key] = max(row[key] for row in rows)
    for key in ("cpu", "client"):
        one[key] = sum(row[key] * row["requests"] for row in rows) / max(1, one["requests"])
    return one


class Table:
    def __init__(self):
        self.failed = False
        print(f"{'':<42} {'a second':>9} {'p50 ms':>7} {'p99 ms':>7} {'most':>6} {'kB':>6} {'cpu ms':>7} {'client':>7}")

    def add(self, name, row):
        rate, count = row["requests"] / row["seconds"], max(1, row["requests"])
        cpu = f"{row['cpu'] * 1e3:7.2f}" if row["cpu"] is not None else f"{'':>7}"
        print(
            f"{name:<42} {rate:9,.1f} {row['p50']:7.1f} {row['p99']:7.1f} {row['most']:6.0f} "
            f"{row['bytes'] / count / 1e3:6.1f} {cpu} {row['client'] * 1e3:7.2f}",
            flush=True,
        )
        if row.get("together"):
            self.say(f"  all together: the service took {row['together']:.2f} cores")
        if row["refused"] or row["broken"]:
            self.failed = True
            self.say(f"  {row['refused']} refused, {row['broken']} broken")
        return rate

    def say(self, words):
        print(words, flush=True)


# What is asked --------------------------------------------------------------------------------------------------


class Service:
    """`caunoi serve` in a folder, the limit by client address lifted."""

    def __init__(self, folder, postgres):
        self.folder, self.process, self.database = folder, None, None
        self.base = f"http://127.0.0.1:{free_port()}"
        self.settings = {
            "CAUNOI_DATA": str(folder / "data"),
            "CAUNOI_BIND": self.base.removeprefix("http://"),
            "CAUNOI_PUBLIC_URL": self.base,
            "CAUNOI_RATE": "0",
        }
        if postgres:
            server = os.environ.get("CAUNOI_TEST_POSTGRES")
            assert server, "no PostgreSQL: run this by scripts/postgres.sh run …"
            name = f"load_{os.getpid()}"
            psql(server, f"create database {name}")
            self.database = f"{server.rsplit('/', 1)[0]}/{name}"
            self.settings["CAUNOI_DATABASE_URL"] = self.database

    def fill(self, listings, embedded):
        full = self.folder / "filled"
        if full.exists():
            return
        line = [str(BINARY), "bench", "--fill", str(listings), "--embedded", str(embedded)]
        subprocess.run(line, env={**os.environ, **self.settings}, cwd=ROOT, check=True)
        full.touch()

    def start(self):
        with open(self.folder / "server.log", "w", encoding="utf-8") as log:
            self.process = begun([str(BINARY), "serve"], self.settings, log)
        wait_for(self.process, lambda: self._follows())

    def _follows(self):
        health = json.loads(self.get("/readyz"))
        return health["ready"] and health["index"]["events_behind"] == 0

    def stop(self):
        ended(self.process)

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=30) as answer:
            return answer.read().decode()

    def cpu(self):
        """Of the program, and of what PostgreSQL does for it."""
        backends = psql(self.database, "select pid from pg_stat_activity").split() if self.database else []
        return cpu_of(self.process.pid) + sum(cpu_of(pid) for pid in backends)

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1e3


class Bare:
    def __init__(self, base, process):
        self.base, self.process = base, process

    def cpu(self):
        return cpu_of(self.process.pid)


@contextlib.contextmanager
def bare_handler(folder, page):
    file = folder / "page.html"
    file.write_bytes(page)
    base = f"http://127.0.0.1:{free_port()}"
    settings = {"CAUNOI_DATA": str(folder / "none"), "CAUNOI_BIND": base.removeprefix("http://")}
    process = begun([str(BINARY), "bench", "--ceiling", str(file)], settings, subprocess.DEVNULL)
    try:
        wait_for(process, lambda: urllib.request.urlopen(base + "/plain", timeout=5).status == 200)
        yield Bare(base, process)
    finally:
        ended(process)


def begun(line, settings, log):
    return subprocess.Popen(line, env={**os.environ, **settings}, cwd=ROOT, stdout=log, stderr=log)


def ended(process):
    process.terminate()
    process.wait(timeout=30)


def wait_for(process, is_ready):
    until = time.monotonic() + 120
    while True:
        assert process.poll() is None, "the program ended at its start"
        assert time.monotonic() < until, "the program was not ready"
        with contextlib.suppress(OSError):
            if is_ready():
                return
        time.sleep(0.2)


def psql(url, statement):
    line = ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", url, "-c", statement]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def cpu_of(pid):
    """Seconds of a core, of all its threads; none of one that has ended."""
    if not os.path.exists(f"/proc/{pid}/stat"):
        return 0.0
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    assert shutil.which("wrk"), "wrk is missing. On Debian: apt-get install wrk"
    main()
