#!/usr/bin/env python3
"""The service under a steady, mixed load for half an hour: what it holds of memory, descriptors and write-ahead log
must not grow.

    make soak                           thirty minutes
    make soak ARGS="--minutes 2"        a look

Readers open listings, search with a new question each time and look at the desk; writers keep a draft each, change it
and save searches. Every ten seconds the program's resident memory, open descriptors, threads and the size of the
write-ahead log are noted. After a warm-up of a quarter of the time the rest is cut into halves, and the second must not
hold noticeably more than the first: one line says what each thing did, and the end is 0 only if all stayed flat.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "cau-noi-demo"
COORDINATOR = "dieu.phoi@caunoi.example"
MEMBER = "tran.quoc.huy@senchincanh.example"
WORDS = (
    "nhận dạng bệnh cây lúa tôm cá xe tải kho hàng camera giọng nói văn bản tiếng Việt dự báo nhu cầu bệnh viện ảnh X quang "
    "giao thông đèn xanh cảm biến nước mặn du lịch bảo tàng sách học sinh chấm bài robot lắp ráp vải lỗi bề mặt thuốc"
).split()

# How much more the second half may hold than the first: allocators and caches settle late, a leak does not stop.
MEMORY_GROWTH = 0.05
MEMORY_SLACK_KB = 8_000
DESCRIPTOR_SLACK = 8
THREAD_SLACK = 2
# The log is cut back to this size at a checkpoint (see kit/db/open.rs); a reader may hold one up for a moment.
LOG_LIMIT = 2 * 64 * 1024 * 1024


class Browser:
    """Keeps its cookies and says where its requests come from, no more."""

    def __init__(self, base):
        self.base = base
        jar = urllib.request.HTTPCookieProcessor()
        self.opener = urllib.request.build_opener(jar)

    def get(self, path):
        return self._send(urllib.request.Request(self.base + path))

    def post(self, path, **fields):
        body = urllib.parse.urlencode(fields).encode()
        return self._send(
            urllib.request.Request(self.base + path, data=body, headers={"Sec-Fetch-Site": "same-origin"})
        )

    def _send(self, request):
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode("utf-8", "replace")


class Load:
    """People in threads, at a steady pace, until told to stop."""

    def __init__(self, base, pace):
        self.base, self.pace = base, pace
        self.stop = threading.Event()
        self.counts, self.faults = {}, []
        self.lock = threading.Lock()
        self.threads = []

    def begin(self):
        for number, act in enumerate([self.reads, self.searches, self.writes, self.coordinates]):
            thread = threading.Thread(target=self._run, args=(act, random.Random(number)), daemon=True)
            thread.start()
            self.threads.append(thread)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(timeout=40)

    def _run(self, act, chance):
        steps = act(chance)
        while not self.stop.is_set():
            began = time.monotonic()
            name, status = next(steps)
            with self.lock:
                self.counts[name] = self.counts.get(name, 0) + 1
                if status >= 500 or status == 0:
                    self.faults.append(f"{name}: {status}")
            self.stop.wait(max(0.0, self.pace - (time.monotonic() - began)))

    def reads(self, chance):
        reader = Browser(self.base)
        pages = [f"/vi/{noun}" for noun in ("search", "organisations", "how", "privacy")]
        _status, body = reader.get("/vi/search")
        pages += sorted(set(re.findall(r"/vi/(?:needs|offers)/[0-9a-f-]{36}", body)))
        for _ in itertools.count():
            status, _body = reader.get(chance.choice(pages))
            yield "read", status

    def searches(self, chance):
        reader = Browser(self.base)
        for _ in itertools.count():
            question = " ".join(chance.sample(WORDS, chance.randint(2, 6)))
            status, _body = reader.get("/vi/search?" + urllib.parse.urlencode({"q": question}))
            yield "search", status

    def writes(self, chance):
        for number in itertools.count():
            writer = Browser(self.base)
            if number % 20 == 0:
                status, _body = writer.post("/vi/session", email=MEMBER, password=PASSWORD)
                yield "sign in", status
            text = " ".join(chance.sample(WORDS, 12))
            status, _body = writer.post("/vi/needs", title=f"Chúng tôi cần {text}.")
            yield "draft", status
            if number % 20 == 0:
                query = urllib.parse.urlencode({"q": chance.choice(WORDS)})
                status, _body = writer.post("/vi/searches", query=query)
                yield "keep a search", status

    def coordinates(self, chance):
        lan = Browser(self.base)
        for number in itertools.count():
            if number % 500 == 0:
                status, _body = lan.post("/vi/session", email=COORDINATOR, password=PASSWORD)
                yield "sign in", status
            status, _body = lan.get(chance.choice(["/vi/desk", "/vi/desk/suggestions", "/vi/desk/figures", "/vi/desk/outbox"]))
            yield "desk", status


def sample(process, data):
    """Resident memory in KB, descriptors, threads, bytes of the write-ahead log."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    log = data / "caunoi.db-wal"
    return {
        "memory": int(fields["VmRSS"].split()[0]),
        "descriptors": len(os.listdir(f"/proc/{process.pid}/fd")),
        "threads": int(fields["Threads"]),
        "log": log.stat().st_size if log.exists() else 0,
    }


def judge(samples):
    """What grew, in words; the warm-up is left out."""
    steady = samples[len(samples) // 4 :]
    half = len(steady) // 2
    grown = []
    for name, slack in [
        ("memory", lambda first: max(first * MEMORY_GROWTH, MEMORY_SLACK_KB)),
        ("descriptors", lambda _: DESCRIPTOR_SLACK),
        ("threads", lambda _: THREAD_SLACK),
    ]:
        first = statistics.median(one[name] for one in steady[:half])
        second = statistics.median(one[name] for one in steady[half:])
        flat = second - first <= slack(first)
        print(f"{'flat ' if flat else 'GREW '} {name:<12} {first:>12,.0f} → {second:>12,.0f}")
        if not flat:
            grown.append(name)
    most = max(one["log"] for one in steady)
    flat = most <= LOG_LIMIT
    print(f"{'flat ' if flat else 'GREW '} {'log':<12} at most {most:,.0f} bytes")
    return grown + ([] if flat else ["log"])


def main():
    options = argparse.ArgumentParser(description="Half an hour of steady load")
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument("--every", type=float, default=10.0, help="seconds between two samples")
    options.add_argument("--pace", type=float, default=0.1, help="seconds between two acts of one person")
    options.add_argument("--out", help="write the samples to this file, a JSON object a line")
    chosen = options.parse_args()
    binary = os.environ.get("CAUNOI_BIN") or ROOT / "target/release/caunoi"
    with tempfile.TemporaryDirectory(prefix="caunoi-soak-") as folder:
        data = pathlib.Path(folder) / "data"
        base = f"http://127.0.0.1:{free_port()}"
        settings = {
            "CAUNOI_DATA": str(data),
            "CAUNOI_BIND": base.removeprefix("http://"),
            "CAUNOI_PUBLIC_URL": base,
            "CAUNOI_RATE": "0",
        }
        with open(pathlib.Path(folder) / "server.log", "w", encoding="utf-8") as log:
            server = subprocess.Popen(
                [str(binary), "serve", "--demo"], env={**os.environ, **settings}, cwd=ROOT, stdout=log, stderr=log
            )
        try:
            samples, load = soak(server, base, data, chosen)
        finally:
            server.terminate()
            server.wait(timeout=30)
    if chosen.out:
        lines = "".join(json.dumps(one) + "\n" for one in samples)
        pathlib.Path(chosen.out).write_text(lines, encoding="ascii")
    acts = ", ".join(f"{count:,} × {name}" for name, count in sorted(load.counts.items()))
    print(f"{chosen.minutes:g} minutes: {acts}")
    grown = judge(samples)
    for fault in load.faults[:10]:
        print(f"fault: {fault}")
    sys.exit(1 if grown or load.faults else 0)


def soak(server, base, data, chosen):
    until = time.monotonic() + 900
    while not ready(base):
        assert server.poll() is None, "the program ended at its start"
        assert time.monotonic() < until, "the program was not ready"
        time.sleep(1)
    load = Load(base, chosen.pace)
    load.begin()
    samples, end = [], time.monotonic() + chosen.minutes * 60
    while time.monotonic() < end:
        time.sleep(min(chosen.every, max(0.0, end - time.monotonic())))
        assert server.poll() is None, "the program ended in mid-work"
        samples.append(sample(server, data))
        if sys.stderr.isatty():
            print(f"\r{samples[-1]}", end="", file=sys.stderr)
    load.end()
    assert len(samples) >= 8, "too short to judge: at least eight samples are needed"
    return samples, load


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ready(base):
    try:
        with urllib.request.urlopen(base + "/readyz", timeout=5) as answer:
            return json.load(answer)["index"]["events_behind"] == 0
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    main()
