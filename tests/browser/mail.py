"""Letters against a real mail server: what every letter looks like, and what becomes of one that is refused, put off
or cut short by a crash."""

import collections
import html.parser
import os
import re
import sqlite3
import threading
import time

import people

ROUNDS_OF_KILLING = 4
LETTERS_A_ROUND = 6
# How often a browser with scripts opens each mailed address: a few times in `make test`, a hundred in `make openings`.
# tests/it/mailed.rs reads each a hundred times by plain GET and HEAD.
OPENINGS = int(os.environ.get("CAUNOI_OPENINGS", "5"))


def test_every_letter_is_whole(world):
    """Of all letters the tests before this one caused, and at least a code."""
    people.Person(world, "vi", "an@thu-mot.example").opens("account/new").joins("Nguyễn An")
    for letter in own(world):
        faults = [fault for fault, kept in rules(world, letter).items() if not kept]
        assert not faults, f"“{letter.subject}” to {letter.recipients}: {'; '.join(faults)}\n{letter.text}"


def test_one_click_stops_letters(world):
    letters = [letter for letter in own(world) if letter.header("List-Unsubscribe")]
    assert letters, "no letter offered to be stopped; the stories before this test send some"
    letter = letters[-1]
    url = re.search(r"<(http[^>]+)>", letter.header("List-Unsubscribe")).group(1)
    path = url.removeprefix(world.base)
    looked = world.fetch(path)
    assert looked[0] == 200, "the page behind the link must open"
    status, _, body = world.fetch(path, data=b"List-Unsubscribe=One-Click")
    assert status == 200, f"one click was answered {status}: {body[:300]}"


def test_opening_mailed_links_changes_nothing(world):
    """Scanners run scripts, too: one address of each kind, opened again and again by somebody who has not signed in."""
    kinds = {}
    for letter in own(world):
        for link in letter.links:
            if link.startswith(world.base):
                kinds.setdefault(re.sub(r"[0-9A-Za-z_-]{30,}", "*", link.split("#")[0]), link)
    assert len(kinds) > 4, f"too few kinds of links: {list(kinds)}"
    until = time.monotonic() + 600
    while world.not_sought_again():
        assert time.monotonic() < until, "the clock does not look after what has no match"
        time.sleep(1)
    world.settle()
    before = dump(world)
    page = world.visitor()
    for link in kinds.values():
        for _ in range(OPENINGS - 1):
            # The pages' scripts are modules: they have run by then.
            answer = page.goto(link, wait_until="domcontentloaded")
            assert answer.status < 400, f"{link} answered {answer.status}"
        # And once until what they may have begun is over.
        page.goto(link, wait_until="networkidle")
    after = dump(world)
    # What limits attempts is forgotten when its time is over; nothing may have come to it.
    forgotten = set(before["paces"]) - set(after["paces"])
    before["paces"] = [row for row in before["paces"] if row not in forgotten]
    changed = [table for table in before if before[table] != after[table]]
    assert not changed, f"reading {len(kinds)} kinds of links changed {changed}"


def test_a_refused_letter_lies_on_the_desk(world):
    address = "khong-co-ai@refused.example"
    world.postbox.refuse(address, "550 5.1.1 No such user here")
    sign_up(world, address)
    coordinator = people.coordinator(world)
    coordinator.opens_until("desk/outbox?state=failed", address)
    world.postbox.accept(address)
    coordinator.page.locator("main a[href*='/desk/outbox/']", has_text=address).or_(
        coordinator.page.locator("main tr, main li", has_text=address).locator("a[href*='/desk/outbox/']")
    ).first.click()
    coordinator.page.wait_for_url("**/desk/outbox/*")
    coordinator.sees("550").sends("/sending")
    assert world.postbox.wait(to=address)


def test_a_letter_put_off_waits(world):
    address = "dang-ban@busy.example"
    world.postbox.refuse(address, "451 4.7.1 Please try again later")
    sign_up(world, address)
    coordinator = people.coordinator(world)
    coordinator.opens_until("desk/outbox?state=retrying", address)
    world.postbox.none_comes(to=address, within=1)
    world.postbox.accept(address)


def test_a_crash_loses_no_letter(world):
    """Kills the program while letters are on their way. Codes may come twice, under one Message-ID; never not at all."""
    awaited = []
    for number in range(ROUNDS_OF_KILLING):
        addresses = [f"vong-{number}-{seat}@crash.example" for seat in range(LETTERS_A_ROUND)]
        before = len(world.postbox.letters)
        senders = [threading.Thread(target=sign_up, args=(world, address)) for address in addresses]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        # At another moment each time: before the first letter, after it, in the middle, near the end.
        wanted = before + number * 2
        if number:
            world.postbox.wait_for_number(min(wanted, before + LETTERS_A_ROUND))
        world.restart(hard=True)
        awaited += addresses
    for address in awaited:
        world.postbox.wait(to=address, timeout=90)
    came = collections.defaultdict(list)
    for letter in world.postbox.letters:
        came[letter.recipients[0]].append(letter.header("Message-ID"))
    for address in awaited:
        ids = came[address]
        assert len(ids) <= 2 and len(set(ids)) == 1, f"{address} got {len(ids)} letters: {ids}"


def dump(world):
    """Every row of every table, save what the service writes by the clock, and when somebody was last seen."""
    database = sqlite3.connect(f"file:{world.folder}/data/caunoi.db?mode=ro", uri=True)
    try:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        rows = {}
        for table in sorted(set(tables) - {"jobs", "cursors", "models"}):
            columns = [row[1] for row in database.execute(f"pragma table_info({table})") if row[1] != "seen_at"]
            rows[table] = sorted(map(repr, database.execute(f"select {', '.join(columns)} from {table}")))
        return rows
    finally:
        database.close()


def own(world):
    """Letters of this run: one that started from a copied data folder also sends what was waiting there."""
    return [letter for letter in world.postbox.letters if world.base in letter.text]


def rules(world, letter):
    plain, rich = letter.text, letter.html
    parts = Parts(rich)
    promotional = letter.header("List-Unsubscribe") is not None
    return {
        "it goes to more than one person": len(letter.recipients) == 1,
        "no plain text": len(plain.strip()) > 40,
        "no HTML": "</html>" in rich,
        "the HTML does not say its language": parts.lang in ("vi", "en"),
        "no Message-ID": bool(letter.header("Message-ID")),
        "no Date": bool(letter.header("Date")),
        "no subject": bool(letter.subject.strip()),
        f"it fetches {parts.fetched}": not parts.fetched,
        f"a link leads astray: {letter.links} {parts.links}": all(
            link.startswith((world.base, "mailto:", "tel:")) for link in letter.links + parts.links
        ),
        "its links differ between plain text and HTML": {link for link in parts.links if link.startswith("http")}
        <= set(letter.links),
        "one-click unsubscription is not announced as such": not promotional
        or letter.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click",
        "it cannot be stopped from the text": not promotional or any("/unsubscription/" in link for link in letter.links),
    }


class Parts(html.parser.HTMLParser):
    """What an HTML letter links to, and what it would fetch by itself."""

    def __init__(self, text):
        super().__init__()
        self.lang, self.links, self.fetched = None, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "html":
            self.lang = values.get("lang")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        for name in ("src", "srcset", "background", "poster"):
            if values.get(name):
                self.fetched.append(values[name])
        if tag == "link" or "url(" in values.get("style", ""):
            self.fetched.append(tag)


def sign_up(world, address):
    """As a browser without scripts would, but without a browser, so that many can at once."""
    form = f"name=Ng%C6%B0%E1%BB%9Di+m%E1%BB%9Bi&email={address.replace('@', '%40')}&terms=yes&letters=yes"
    status, _, body = world.fetch("/vi/account", data=form.encode())
    assert status == 200, f"signing up {address} was answered {status}: {body[:300]}"
