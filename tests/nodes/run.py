#!/usr/bin/env python3
"""Three nodes on one PostgreSQL behind a balancer, under load: one is killed, one is restarted, nothing is lost.

    scripts/postgres.sh run .cache/venv/bin/python tests/nodes/run.py              a minute or so (make test)
    scripts/postgres.sh run .cache/venv/bin/python tests/nodes/run.py --rounds 10  as long as you like (make nodes)
"""

import argparse
import collections
import random
import sys
import threading
import time

import people
from people import Client
from service import Service, wait_until
from town import Town, acknowledged, letters

FOUND_WITHIN = 5.0
TAKEN_OVER_WITHIN = 60.0


def main():
    options = argparse.ArgumentParser(description="Many nodes")
    options.add_argument("--rounds", type=int, default=1, help="how often a node is killed and another restarted")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--older", help="an older version's program, which serves as node 1 beside the new one")
    chosen = options.parse_args()
    random.seed(chosen.seed)
    print(f"seed {chosen.seed}", flush=True)
    with Service(nodes=3, postgres=True, older=chosen.older) as service:
        town = Town(service)
        any_node_takes_any_request(service, town)
        mortal = service.nodes[1:] if chosen.older else service.nodes
        watch = Watch(service, town.ledger)
        crowd = town.goes_to_work()
        crowd.goes_on(watch.looks, pause=0.05)
        for number in range(chosen.rounds):
            time.sleep(4)
            a_node_is_killed_with_work_in_its_hands(service, town, mortal[number % len(mortal)])
            time.sleep(1)
            a_node_is_restarted(mortal[(number + 1) % len(mortal)])
        time.sleep(2)
        crowd.stops()
        assert not crowd.faults, "\n".join(str(fault) for fault in crowd.faults[:5])
        nothing_is_lost(service, town)
        watch.tells()
    print("many nodes: nothing lost, nothing doubled", flush=True)


def any_node_takes_any_request(service, town):
    """Sessions, tickets, limits and uploads are the database's, not a node's."""
    one, two, three = service.nodes
    lan = town.authors["lan"].client
    for node in service.nodes:
        lan.at(node.base).get("mine")
    # A link asked for at one node is opened at another and used at the third.
    before = len(service.postbox.letters)
    Client(one.base).post("session/letters", {"email": "lan@people.test"})
    link = service.postbox.wait(to="lan@people.test", since=before).link("/session/links/").removeprefix(service.base)
    fresh = Client(two.base)
    fresh.get(link)
    fresh.at(three.base).post(link)
    fresh.at(one.base).get("mine")
    # Guesses are counted together, wherever they are made (by an older version each node counted its own).
    counting = service.nodes[bool(service.older) :]
    guess = {"email": "khongco@people.test", "password": "một mật khẩu sai"}
    said = [Client(counting[number % len(counting)].base).ask("POST", "session", guess).status for number in range(9)]
    assert said == [422] * 8 + [429], said
    # A file sent to one node is entered at another.
    table = "loại,tiêu đề,tóm tắt,tổ chức\nnhu cầu,Đếm tôm giống trong bể ương,Cần đếm tôm giống bằng máy ảnh,Trại Tôm Xa\n"
    kind, body = upload("tom.csv", table.encode())
    answer = town.hoa.at(two.base).ask("POST", "desk/imports", body=body, kind=kind)
    assert answer.status == 303, answer.body[-600:]
    town.hoa.at(three.base).get(answer.location)
    town.hoa.at(one.base).post(answer.location.split("?")[0] + "/entry")
    assert service.database.rows("select count(*) from imported") == [("1",)]


def upload(name, data):
    border = "caunoi-nodes-border"
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
    return f"multipart/form-data; boundary={border}", body


def a_node_is_killed_with_work_in_its_hands(service, town, node):
    """Each node takes up a job that writes letters and is held up there; then one of them dies."""

    def running():
        return int(service.database.rows("select count(*) from jobs where state = 'running'")[0][0])

    for _ in range(5):
        # Shorter than statements wait for a lock, so that nothing fails for it.
        with service.database.holding("lock table outbox in share mode"):
            until = time.monotonic() + 4
            while running() < 3 and time.monotonic() < until:
                time.sleep(0.05)
            if running() >= 3:
                node.kill()
                break
        time.sleep(2)
    else:
        raise AssertionError("never did every node take up a job at once")
    town.died = time.monotonic()
    time.sleep(1)
    assert running() >= 1, "the dead node held nothing"
    threading.Thread(target=lambda: (time.sleep(3), node.start()), daemon=True).start()


def a_node_is_restarted(node):
    node.stop()
    node.start()


class Watch:
    """Looks whether every node finds what was published, and when."""

    def __init__(self, service, ledger):
        self.service, self.ledger = service, ledger
        self.late = collections.defaultdict(float)
        self._found = set()
        self._up = {}

    def looks(self):
        now = time.monotonic()
        for node in self.service.nodes:
            if not node.is_ready():
                self._up.pop(node.number, None)
                continue
            up = self._up.setdefault(node.number, now)
            for listing, (title, published) in list(self.ledger.published.items()):
                if (node.number, listing) in self._found or not title:
                    continue
                try:
                    found = people.finds(node.base, title)
                except people.NotAnswered:
                    break
                waited = time.monotonic() - max(published, up)
                if found:
                    self._found.add((node.number, listing))
                    self.late[node.number] = max(self.late[node.number], waited)
                assert waited < FOUND_WITHIN, f"node {node.number} does not find “{title}” after {waited:.1f} s"

    def tells(self):
        for node in self.service.nodes:
            for listing, (title, _) in self.ledger.published.items():
                assert not title or people.finds(node.base, title), f"node {node.number} does not find “{title}”"
            print(f"node {node.number}: found everything, the latest after {self.late[node.number]:.1f} s", flush=True)


def nothing_is_lost(service, town):
    ledger, rows = town.ledger, service.database.rows
    left = "select count(*) from jobs where state <> 'parked'"
    try:
        wait_until(lambda: rows(left) == [("0",)], TAKEN_OVER_WITHIN, "work is left", pause=0.2)
    except AssertionError:
        print(rows("select kind, state, attempts, fault from jobs"), file=sys.stderr)
        raise
    took = time.monotonic() - town.died
    assert took < TAKEN_OVER_WITHIN, f"the dead node's work was done only {took:.0f} s after its death"
    assert rows("select kind, fault from jobs") == [], rows("select kind, fault from jobs")
    print(f"the dead node's work was done {took:.0f} s after its death", flush=True)
    acknowledged(rows, ledger)
    wait_until(
        lambda: rows("select count(*) from outbox where state in ('queued', 'sending', 'data')") == [("0",)],
        TAKEN_OVER_WITHIN,
        lambda: f"letters are left: {rows('select state, kind, attempts, answer from outbox where sent_at is null')}",
        pause=0.2,
    )
    letters(rows, service.postbox, ledger)
    print(
        f"{len(ledger.drafts)} drafts, {len(ledger.submitted)} submitted, {len(ledger.published)} published, "
        f"{len(ledger.approved)} approved, {len(ledger.accepted)} accepted, {len(service.postbox.letters)} letters; "
        f"{ledger.unanswered} requests unanswered",
        flush=True,
    )


if __name__ == "__main__":
    main()
