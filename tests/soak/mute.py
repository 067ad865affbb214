#!/usr/bin/env python3
"""What pages cost while letters cannot leave: the same steady load with a relay that takes every connection and never
says a word, and with one that answers, in turns.

    make mute                                     five runs with each
    make mute ARGS="--seconds 10 --runs 3"        a look

Each run starts the program on a copy of one data folder (the sample city, and letters that wait), lets it find its pace,
then sends page requests at fixed moments from a process of its own and notes how long each took from its moment on, so
that whoever has to wait in line is counted. Meanwhile people go on signing up, which sends letters. The median of the
99th percentiles with the mute relay may be at most a tenth above that with the other. How far runs with the same relay
are apart is told, too: where that is more than a tenth, the machine is too restless to say, and the end is 2.
"""

import argparse
import concurrent.futures
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "nodes"), str(ROOT / "tests" / "peers")]

import service  # noqa: E402  (the folders must be on the path first)
from people import Client  # noqa: E402
from run import WORDS  # noqa: E402
from smtp import Postbox  # noqa: E402

MOST_MORE = 0.10
# Above this the requests stand in line, and how long the line is says nothing of the relay.
AT_EASE = 0.1
READERS = 8
WARM_UP = 5.0
WAITING = 200
NEWCOMERS_A_SECOND = 2.0


def main():
    options = argparse.ArgumentParser(description="Pages while the relay is mute")
    options.add_argument("--runs", type=int, default=5, help="with each relay")
    options.add_argument("--seconds", type=float, default=60.0, help="that count, of each run")
    options.add_argument("--pace", type=float, default=40.0, help="pages a second")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="caunoi-mute-") as folder:
        folder = pathlib.Path(folder)
        data = prepared(folder)
        found = {relay: [] for relay in RELAYS}
        for number in range(chosen.runs):
            # Whatever grows slower or faster by itself meets both alike.
            for relay in sorted(RELAYS, reverse=number % 2 == 1):
                found[relay].append(a_run(folder, data, relay, chosen))
    sys.exit(verdict(found))


def prepared(folder):
    """The sample city, and letters that nobody took."""
    with Mute() as url:
        node = Program(folder / "first", folder / "made", url)
        node.start()
        for number in range(WAITING):
            signs_up(node.base, f"cho-{number}@waiting.example")
        node.stop()
    return folder / "made"


def a_run(folder, data, relay, chosen):
    place = folder / f"{relay}-{time.monotonic_ns()}"
    shutil.copytree(data, place / "data")
    with RELAYS[relay]() as url:
        node = Program(place, place / "data", url)
        node.start()
        try:
            pages = pages_of(node.base)
            done = threading.Event()
            newcomers = threading.Thread(target=keep_coming, args=(node.base, done))
            newcomers.start()
            try:
                times, faults = read(node.base, pages, chosen)
            finally:
                done.set()
                newcomers.join()
            sent, waits = letters(place / "data")
        finally:
            node.stop()
    shutil.rmtree(place)
    assert not faults, f"pages were refused: {faults[:5]}"
    assert (sent == 0) == (relay == "mute") and (waits > WAITING) == (relay == "mute"), (
        f"{relay}: {sent} letters left and {waits} wait, which is not what this relay does"
    )
    median, high = percentile(times, 0.50), percentile(times, 0.99)
    assert median < AT_EASE, f"half of the pages took more than {median:.1f} s: this machine needs a lower --pace"
    print(
        f"{relay:<8} {len(times):,} pages, p50 {median * 1e3:.1f} ms, p99 {high * 1e3:.1f} ms, "
        f"{sent} letters left, {waits} wait",
        flush=True,
    )
    return high


def verdict(found):
    medians = {relay: statistics.median(highs) for relay, highs in found.items()}
    more = medians["mute"] / medians["answers"] - 1
    apart = max(spread(highs) for highs in found.values())
    print(
        f"median p99: {medians['answers'] * 1e3:.1f} ms with a relay that answers, {medians['mute'] * 1e3:.1f} ms with one "
        f"that is mute: {more:+.1%}. Half of the runs with one relay lie within {apart:.1%} of their median."
    )
    if more <= MOST_MORE:
        return 0
    if apart > MOST_MORE:
        print("The machine is too restless to say more.")
        return 2
    return 1


def spread(highs):
    """The median distance from the median, as a share of it."""
    middle = statistics.median(highs)
    return statistics.median(abs(high - middle) for high in highs) / middle


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


# The load ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pages_of(base):
    """What visitors open: pages of listings and organisations, and searches."""
    client = Client(base)
    body = client.get("search")
    pages = sorted(set(re.findall(r"/vi/(?:needs|offers)/[0-9a-f-]{36}", body)))
    assert len(pages) > 5, "the sample city shows no listings"
    return pages + ["/vi", "/vi/search", "/vi/organisations"]


def read(base, pages, chosen):
    """Sends the requests from other processes, so that neither the relay nor the newcomers hold them up."""
    first = time.monotonic() + 1.0
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        shares = [pool.submit(read_share, base, pages, chosen, first, share, 2) for share in range(2)]
        results = [share.result() for share in shares]
    times = [one for times, _ in results for one in times]
    return times, [one for _, faults in results for one in faults]


def read_share(base, pages, chosen, first, share, shares):
    chance = random.Random(share)
    number = int((WARM_UP + chosen.seconds) * chosen.pace)
    begin = first + 2.0
    moments = [(begin + at / chosen.pace, page(pages, chance)) for at in range(share, number, shares)]
    times, faults = [], []
    turn = threading.Lock()
    left = iter(moments)

    def reader():
        client = Client(base)
        while True:
            with turn:
                moment, path = next(left, (None, None))
            if moment is None:
                return
            time.sleep(max(0.0, moment - time.monotonic()))
            answer = client.ask("GET", path)
            if answer.status != 200:
                faults.append((path, answer.status))
            if moment >= begin + WARM_UP:
                times.append(time.monotonic() - moment)

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, faults


def page(pages, chance):
    if chance.random() < 0.25:
        question = " ".join(chance.sample(WORDS, chance.randint(2, 6)))
        return "/vi/search?" + urllib.parse.urlencode({"q": question})
    return chance.choice(pages)


def keep_coming(base, done):
    number = 0
    while not done.wait(1 / NEWCOMERS_A_SECOND):
        number += 1
        signs_up(base, f"moi-{number}-{time.monotonic_ns()}@coming.example")


def signs_up(base, address):
    Client(base).post("account", {"name": "Người mới", "email": address, "terms": "yes", "letters": "yes"})


# The program and its relays ─────────────────────────────────────────────────────────────────────────────────────────


class Program(service.Node):
    """One process with the sample city."""

    def __init__(self, place, data, mail_url):
        place.mkdir(parents=True, exist_ok=True)
        settings = {"CAUNOI_DATA": str(data), "CAUNOI_MAIL_URL": mail_url, "CAUNOI_MODEL": "none", "CAUNOI_RATE": "0"}
        super().__init__(1, place, settings)
        self.settings["CAUNOI_PUBLIC_URL"] = self.base

    def start(self):
        with open(self.folder / "server.log", "a", encoding="utf-8") as log:
            line = [str(self.binary), "serve", "--demo"]
            self.process = subprocess.Popen(line, env={**os.environ, **self.settings}, cwd=ROOT, stdout=log, stderr=log)
        service.wait_until(self.rests, 900, lambda: f"the program does not come to rest:\n{self.log()}", pause=0.5)

    def rests(self):
        assert self.process.poll() is None, f"the program ended at its start:\n{self.log()}"
        log = (self.folder / "server.log").read_text(errors="replace")
        lived = log.count("Its past weeks happen now") == log.count("has lived its past weeks")
        return self.is_ready() and lived and self.health()["index"]["events_behind"] == 0


def letters(data):
    """How many have left for newcomers and those who waited, and how many of theirs wait."""
    ours = "where recipient like '%@waiting.example%' or recipient like '%@coming.example%'"
    rows = service.Sqlite(data).rows(f"select state = 'sent', count(*) from outbox {ours} group by 1")
    found = {state: int(count) for state, count in rows}
    return found.get("1", 0), found.get("0", 0)


class Mute:
    """Takes every connection and never says a word."""

    def __enter__(self):
        self._line = socket.create_server(("127.0.0.1", 0))
        self._held = []
        threading.Thread(target=self._take, daemon=True).start()
        return f"smtp://127.0.0.1:{self._line.getsockname()[1]}"

    def _take(self):
        try:
            while True:
                self._held.append(self._line.accept())
        except OSError:
            pass

    def __exit__(self, *_):
        self._line.close()
        for connection, _ in self._held:
            connection.close()


class Answers(Postbox):
    def __enter__(self):
        super().__enter__()
        return self.url


RELAYS = {"answers": Answers, "mute": Mute}


if __name__ == "__main__":
    main()
