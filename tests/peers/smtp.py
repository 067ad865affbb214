"""A mail server for the tests: it speaks real SMTP, keeps every letter in memory and delivers none.

    with Postbox() as postbox:
        … start the service with CAUNOI_MAIL_URL=postbox.url …
        letter = postbox.wait(to="lan@khoxanh.example", subject="Mã đăng nhập")
        letter.links      # the addresses in its plain text, in order
        letter.code()     # a six-digit code, where it carries one

Run by itself it prints each letter's head as it comes, for trying things by hand: `python smtp.py 2525`.
"""

import email
import email.policy
import re
import sys
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

PATIENCE = 30.0


class Letter:
    """One letter as it came over the wire."""

    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.raw = envelope.original_content
        self.message = email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self):
        return str(self.message["subject"] or "")

    @property
    def text(self):
        return self._part("plain")

    @property
    def html(self):
        return self._part("html")

    @property
    def links(self):
        """Addresses in the plain text; a sentence's closing mark is not part of them."""
        return [link.rstrip(".,;)>") for link in re.findall(r"https?://[^\s<>\"]+", self.text)]

    def link(self, part):
        """The first link that holds the given piece of path."""
        for link in self.links:
            if part in link:
                return link
        raise AssertionError(f"no link with “{part}” in “{self.subject}”: {self.links}")

    def code(self):
        found = re.search(r"(?<!\d)(\d{3})[ \u00a0]?(\d{3})(?!\d)", self.text)
        assert found, f"no six-digit code in “{self.subject}”"
        return "".join(found.groups())

    def header(self, name):
        return str(self.message[name]) if self.message[name] is not None else None

    def _part(self, kind):
        part = self.message.get_body(preferencelist=(kind,))
        return part.get_content() if part else ""

    def __repr__(self):
        return f"<letter to {', '.join(self.recipients)}: {self.subject}>"


class Postbox:
    """The server and what it has received. Its methods may be called from any thread."""

    def __init__(self, port=0, host="127.0.0.1"):
        self._arrived = threading.Condition()
        self._letters = []
        self._refusals = {}
        self._server = _FreePortController(self, hostname=host, port=port)

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop()

    @property
    def url(self):
        host, port = self._server.address
        return f"smtp://{host}:{port}"

    @property
    def letters(self):
        with self._arrived:
            return list(self._letters)

    def refuse(self, address, answer):
        """From now on the address is answered so, e.g. "550 5.1.1 No such user" or "451 4.7.1 Try later"."""
        with self._arrived:
            self._refusals[address.lower()] = answer

    def accept(self, address):
        with self._arrived:
            self._refusals.pop(address.lower(), None)

    def wait(self, to=None, subject=None, since=0, timeout=PATIENCE):
        """The newest letter that fits, waiting until there is one.

        `since` is how many letters to overlook: take `len(postbox.letters)` before an act, and only what the act
        sent is found.
        """
        until = time.monotonic() + timeout
        with self._arrived:
            while True:
                fitting = [letter for letter in self._letters[since:] if _fits(letter, to, subject)]
                if fitting:
                    return fitting[-1]
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"no letter to {to or 'anyone'} about “{subject or 'anything'}” came within {timeout:.0f} s; "
                        f"there are: {self._letters[since:]}"
                    )
                self._arrived.wait(left)

    def wait_for_number(self, number, timeout=PATIENCE):
        """Until so many letters have come in all."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self._letters) >= number, timeout)
            assert came, f"only {len(self._letters)} letters came, not {number}"

    def none_comes(self, to=None, subject=None, since=0, within=2.0):
        """Holds that no such letter arrives in the given time."""
        try:
            letter = self.wait(to, subject, since, timeout=within)
        except AssertionError:
            return
        raise AssertionError(f"nobody should have been written to, yet: {letter}")

    # What aiosmtpd asks of a handler.

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        with self._arrived:
            refusal = self._refusals.get(address.lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server, _session, envelope):
        with self._arrived:
            self._letters.append(Letter(envelope))
            self._arrived.notify_all()
        return "250 2.0.0 Kept"


class _FreePortController(Controller):
    """aiosmtpd's server in a thread of its own, on whichever port the system gives."""

    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True, decode_data=False, ident="test peer", loop=self.loop)

    def _trigger_server(self):
        # The base class greets itself over the port it was told, which would be 0; the port is known only now.
        self.port = self.address[1]
        super()._trigger_server()

    @property
    def address(self):
        return self.server.sockets[0].getsockname()[:2]


def _fits(letter, to, subject):
    return (to is None or to.lower() in (address.lower() for address in letter.recipients)) and (
        subject is None or subject.lower() in letter.subject.lower()
    )


def _watch(port):
    with Postbox(port) as postbox:
        print(f"listening at {postbox.url}", flush=True)
        seen = 0
        while True:
            for letter in postbox.letters[seen:]:
                seen += 1
                print(f"\n{letter}\n{letter.text}", flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    _watch(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
