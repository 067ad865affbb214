#!/usr/bin/env python3
"""Kills the program at random instants of posting, matching and mailing, starts it again, and counts what is missing.

    .cache/venv/bin/python tests/nodes/torture.py --rounds 1000                                       on SQLite
    scripts/postgres.sh run .cache/venv/bin/python tests/nodes/torture.py --rounds 200 --postgres     on PostgreSQL

Nothing that was acknowledged may be lost, the index must hold what the database says, and letters must keep what is
promised: none lost, an invitation or introduction never twice, any copy of another letter under one Message-ID.
"""

import argparse
import random
import shutil
import sqlite3
import statistics
import time
import uuid

import people
from service import BINARY, Service, wait_until
from sink import Sink
from town import Town, acknowledged, letters

RESTARTED_WITHIN = 2.0
LETTERS = 1000
LEASES_END_WITHIN = 60.0


def main():
    options = argparse.ArgumentParser(description="Torture")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--postgres", action="store_true")
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    random.seed(chosen.seed)
    with Service(postgres=chosen.postgres, balanced=False) as service:
        print(f"{service.database.name}: {chosen.rounds} rounds, seed {chosen.seed}", flush=True)
        town = Town(service)
        starts = [a_round(service, town) for _ in range(chosen.rounds)]
        come_to_rest(service)
        acknowledged(service.database.rows, town.ledger)
        letters(service.database.rows, service.postbox, town.ledger, deaths=chosen.rounds)
        the_index_is_equal(service, town)
        tell(service, town, starts)
        if not chosen.postgres:
            letters_leave_fast(service)


def a_round(service, town):
    """How long the start after the death took."""
    [node] = service.nodes
    crowd = town.goes_to_work()
    time.sleep(random.uniform(0.02, 1.5))
    node.kill()
    crowd.stops()
    assert not crowd.faults, "\n".join(str(fault) for fault in crowd.faults[:5])
    seconds = node.start()
    acknowledged(service.database.rows, town.ledger)
    return seconds


def come_to_rest(service):
    rows = service.database.rows
    wait_until(
        lambda: rows("select count(*) from jobs") == [("0",)],
        LEASES_END_WITHIN,
        lambda: f"work is left: {rows('select kind, state, attempts, fault from jobs')}",
        pause=0.2,
    )
    wait_until(
        lambda: rows("select count(*) from outbox where state in ('queued', 'sending', 'data')") == [("0",)],
        LEASES_END_WITHIN,
        lambda: f"letters are left: {rows('select state, kind, attempts, answer from outbox where sent_at is null')}",
        pause=0.2,
    )


def the_index_is_equal(service, town):
    """The index that went through it all finds what one made anew finds."""
    [node] = service.nodes
    before = found(node, town)
    node.stop()
    shutil.rmtree(node.folder / "index")
    node.start()
    wait_until(lambda: node.health()["index"]["events_behind"] == 0, 30, "the index does not come to its end")
    anew = found(node, town)
    assert before == anew, f"the index had {before[0]} documents, one made anew has {anew[0]}"
    published = {listing for listing, (title, _) in town.ledger.published.items() if title}
    assert published <= anew[1], f"{len(published - anew[1])} published listings are not found"
    live = service.database.rows("select count(*) from listings where state = 'published'")
    assert anew[0] == int(live[0][0]), f"{anew[0]} documents, {live} published listings"


def found(node, town):
    titles = town.ledger.drafts
    return node.health()["index"]["documents"], {id for id, title in titles.items() if people.finds(node.base, title)}


def tell(service, town, starts):
    ledger, rows = town.ledger, service.database.rows
    states = ", ".join(f"{count} {state}" for state, count in rows("select state, count(*) from outbox group by state"))
    copies = len(service.postbox.letters) - len({letter.header("Message-ID") for letter in service.postbox.letters})
    median = statistics.median(starts)
    print(
        f"{len(ledger.drafts)} drafts, {len(ledger.submitted)} submitted, {len(ledger.published)} published, "
        f"{len(ledger.approved)} approved, {len(ledger.accepted)} accepted: none lost\n"
        f"letters: {states}, {copies} came twice under one Message-ID\n"
        f"restarts: median {median:.2f} s, slowest {max(starts):.2f} s",
        flush=True,
    )
    assert median <= RESTARTED_WITHIN, f"half of the starts took more than {median:.1f} s"


def letters_leave_fast(service):
    """A heap of letters lies in the outbox when the program starts."""
    [node] = service.nodes
    node.stop()
    columns = "kind, class, person_id, recipient, lang, subject, plain, html, unsubscribe, pairing_id, created_at"
    with sqlite3.connect(service.database.path) as database:
        for _ in range(LETTERS):
            name = uuid.uuid4()
            database.execute(
                f"insert into outbox (id, once, message_id, state, attempts, next_at, give_up_at, {columns}) "
                f"select ?, ?, ?, 'queued', 0, 0, 9000000000000000, {columns} from outbox where state = 'sent' limit 1",
                (name.bytes, str(name), f"<{name}@pace.test>"),
            )
    database.close()
    with Sink() as sink:
        node.settings |= {"CAUNOI_MAIL_URL": sink.url}
        node.start()
        sink.wait_for_number(1, timeout=30)
        began = time.monotonic()
        sink.wait_for_number(LETTERS, timeout=120)
        pace = (LETTERS - 1) / (time.monotonic() - began)
        node.stop()
    print(f"letters: {pace:.0f} a second on one connection", flush=True)
    assert sink.connections == 1, f"the letters came over {sink.connections} connections"
    # The goal is 200 for the program as it is released; what is not optimised is held to a tenth of it.
    least = 200 if "release" in BINARY.parts else 20
    assert pace >= least, f"only {pace:.0f} letters a second"


if __name__ == "__main__":
    main()
