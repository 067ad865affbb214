"""A small town at work, and what must be true of it afterwards, whatever was killed meanwhile."""

import collections
import uuid

import people
from people import Author, Client, Crowd, Ledger


class Town:
    """Who lives there."""

    def __init__(self, service):
        self.ledger = Ledger()
        self.hoa = people.coordinator(service)
        self.authors = {}
        for name, noun, kind in (("lan", "needs", "business"), ("minh", "offers", "institute"), ("tam", "needs", "business")):
            client = people.joins(service, f"{name}@people.test", name.title())
            people.founds(client, f"Đơn vị của {name}", kind)
            self.authors[name] = Author(client, noun, f"{name}{uuid.uuid4().hex[:4]}")
        people.verifies_all(self.hoa)

    def goes_to_work(self):
        crowd = Crowd(self.ledger)
        for name, author in self.authors.items():
            crowd.goes_on(lambda author=author: author.writes(self.ledger), pause=0.2)
            crowd.goes_on(lambda name=name, author=author: people.accepts(author.client, name, self.ledger), pause=0.5)
        crowd.goes_on(lambda: people.publishes(self.hoa, self.ledger), pause=0.1)
        crowd.goes_on(lambda: people.approves(self.hoa, self.ledger), pause=0.3)
        crowd.goes_on(lambda: Client(self.hoa.base).get("search?q=b%E1%BB%87nh+l%C3%A1+l%C3%BAa"), pause=0.05)
        return crowd


def acknowledged(rows, ledger):
    """What was answered with success is there."""
    listings = {row[0]: row[1:] for row in rows("select id, state, submitted_at is not null, draft from listings")}
    for listing, title in ledger.drafts.items():
        assert listing in listings, f"the draft “{title}” is lost"
        assert title.rsplit(" ", 1)[1] in listings[listing][2], f"the words of “{title}” are lost"
    for listing in ledger.submitted:
        assert listings[listing][1] in ("t", "1"), f"the submission of {listing} is lost"
    for listing in ledger.published:
        assert listings[listing][0] == "published", f"{listing} is not published but {listings[listing][0]}"
    moves = collections.Counter(rows("select pairing_id, step from moves"))
    for pairing in ledger.approved:
        assert moves[(pairing, "approve")] == 1, f"{pairing} was approved {moves[(pairing, 'approve')]} times"
    for pairing, name in ledger.accepted:
        assert 1 <= moves[(pairing, "accept")] <= 2, f"the yes of {name} to {pairing} is lost"


def letters(rows, postbox, ledger, deaths=1):
    """Each letter of the outbox arrived, once; who was to be written to has one letter, not two."""
    came = collections.Counter(letter.header("Message-ID") for letter in postbox.letters)
    doubled = []
    for message_id, state, kind, letter_class in rows("select message_id, state, kind, class from outbox"):
        if state == "sent":
            assert came[message_id] >= 1, f"a letter ({kind}) is said to be sent and never came"
        elif state == "in_doubt":
            assert letter_class == "hold", f"a letter ({kind}) in doubt, and nobody need decide about it"
            assert came[message_id] <= 1, f"a letter ({kind}) in doubt came {came[message_id]} times"
        else:
            raise AssertionError(f"a letter ({kind}) is {state}")
        if came[message_id] > 1:
            assert letter_class == "resend", f"an invitation or introduction ({kind}) came {came[message_id]} times"
            doubled.append(kind)
    # The one letter a node was about to hand over when it died may come again under the same Message-ID.
    assert len(doubled) <= deaths, doubled
    told = rows("select count(*) from outbox where kind = 'listing_published'")
    assert int(told[0][0]) >= len(ledger.published), f"{told} letters for {len(ledger.published)} published listings"
