"""The people of these tests: each has cookies and does by plain HTTP what a browser without scripts would.

What was answered with success is written into the ledger; what was not (the node died, the balancer had none) is
simply not, and tried anew from the beginning.
"""

import dataclasses
import http.client
import itertools
import re
import threading
import time
import urllib.parse


LOOKED_AT = [("check", code) for code in ("clear", "safe", "true", "fit", "lawful")]
PASSWORD = "ruộng lúa cò bay"
IDS = r"[0-9a-f]{8}-[0-9a-f-]{27}"


class NotAnswered(Exception):
    """Nobody said that it was done: it may be, or not."""


class Refused(Exception):
    """It was answered, and not with success."""

    def __init__(self, path, answer):
        words = re.sub(r"<[^>]+>|\s+", " ", answer.body)
        super().__init__(f"{path} was answered {answer.status}: {' '.join(words.split())[:600]}")
        self.status = answer.status


@dataclasses.dataclass
class Answer:
    status: int
    location: str
    body: str


@dataclasses.dataclass
class Ledger:
    """What the service said it had done."""

    drafts: dict = dataclasses.field(default_factory=dict)  # listing → title
    submitted: set = dataclasses.field(default_factory=set)
    published: dict = dataclasses.field(default_factory=dict)  # listing → (title, moment)
    approved: set = dataclasses.field(default_factory=set)
    accepted: set = dataclasses.field(default_factory=set)  # (pairing, person)
    unanswered: int = 0


class Client:
    def __init__(self, base, lang="vi"):
        self.base, self.lang = base, lang
        self.cookies = {}

    def at(self, base):
        """The same browser at another address."""
        other = type(self)(base, self.lang)
        other.cookies = self.cookies
        return other

    def get(self, path):
        answer = self.ask("GET", path)
        if answer.status != 200:
            raise _not_ok(path, answer)
        return answer.body

    def post(self, path, fields=()):
        """Where it leads on to; a form that is not taken is a fault."""
        answer = self.ask("POST", path, fields)
        if answer.status not in (200, 303):
            raise _not_ok(path, answer)
        return answer.location

    def ask(self, method, path, fields=None, body=None, kind="application/x-www-form-urlencoded"):
        if not path.startswith("/"):
            path = f"/{self.lang}/{path}"
        headers = {"Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            pairs = fields.items() if isinstance(fields, dict) else fields
            body = urllib.parse.urlencode(list(pairs)).encode()
        if body is not None:
            headers["Content-Type"] = kind
        line = http.client.HTTPConnection(self.base.removeprefix("http://"), timeout=30)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as why:
            raise NotAnswered(f"{method} {path}: {why!r}") from why
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return Answer(answer.status, answer.headers.get("Location", ""), text)


def _not_ok(path, answer):
    # The balancer says 502 where a node died with the request, 503 where it has none; 504 is a node that hangs.
    if answer.status in (502, 503):
        return NotAnswered(f"{path}: {answer.status}")
    return Refused(path, answer)


def joins(service, email, name, lang="vi"):
    """Signs up, answers the letter."""
    person = Client(service.base, lang)
    form = {"name": name, "email": email, "password": PASSWORD, "terms": "yes", "letters": "yes"}
    person.post("account", form)
    link = service.postbox.wait(to=email).link("/confirmation/").removeprefix(service.base)
    person.get(link)
    person.post(link)
    return person


def coordinator(service, email="hoa@thanhpho.test"):
    said = service.nodes[-1].run("user", "add", email, "--name", "Hoa", "--role", "coordinator")
    link = re.search(r"http\S+", said).group().removeprefix(service.base)
    person = Client(service.base)
    person.get(link)
    person.post(link)
    return person


def founds(person, name, kind):
    form = {"kind": kind, "name_vi": name, "place": "25747", "size": "small", "capacity": "50", "anyway": "yes"}
    return person.post("organisations", form)


def verifies_all(person):
    body = person.get("desk/organisations")
    for action in sorted(set(re.findall(r'action="([^"]+/verification)"', body))):
        person.post(action)


class Author:
    """Writes needs or offers, one after another; each has a word that stands in no other."""

    _words = itertools.count(1)
    _turn = threading.Lock()

    def __init__(self, client, noun, mark):
        self.client, self.noun, self.mark = client, noun, mark

    def writes(self, ledger):
        with self._turn:
            word = f"{self.mark}{next(self._words):05d}"
        title = f"Nhận dạng bệnh trên lá lúa từ ảnh chụp ở cánh đồng {word}"
        goal = self.client.post(self.noun, {"title": title})
        base = goal.split("/edit/")[0]
        listing = re.search(IDS, base).group()
        ledger.drafts[listing] = title
        story = {"first": "vi", "title": title, "summary": SUMMARY, "body": BODY, "then": "on"}
        self._step(base, "problem", story)
        fit = {"sector": "agriculture", "capability": "cv.class", "cooperation": "pilot", "then": "on"}
        self._step(base, "fit", fit)
        self._step(base, "details", {"first": "vi", "then": "on", **DETAILS[self.noun]})
        body = self.client.get(f"{base}/edit/check")
        self.client.post(f"{base}/submission", [("version", _version(body)), *LOOKED_AT])
        ledger.submitted.add(listing)
        return listing

    def _step(self, base, step, fields):
        path = f"{base}/edit/{step}"
        self.client.post(path, {"version": _version(self.client.get(path)), **fields})


SUMMARY = "Chụp một tấm ảnh là biết bệnh gì, trước khi quyết định phun thuốc cho cả ruộng."
BODY = (
    "Hợp tác xã có 640 hộ trồng lúa. Mỗi vụ mất khoảng 8 % sản lượng vì nhận ra bệnh muộn hoặc phun sai thuốc. "
    "Cán bộ kỹ thuật chỉ đến được mỗi ruộng hai tuần một lần, nên ảnh chụp từ điện thoại là cách nhanh nhất."
)
DETAILS = {
    "needs": {"success": "Đúng 9 trên 10 ảnh", "data": "raw"},
    "offers": {"advantage": "Chạy không cần mạng, đúng 91 %", "offer_kind": "service", "trl": "6"},
}


def publishes(person, ledger, titles=None):
    """Everything that waits for review."""
    body = person.get("desk/reviews")
    for listing in sorted(set(re.findall(rf"/desk/reviews/({IDS})", body))):
        review = f"desk/reviews/{listing}"
        try:
            page = person.get(review)
            person.post(f"{review}/publication", [("version", _version(page)), *LOOKED_AT])
        except Refused as refused:
            # The answer to an earlier try was lost, and it had been done.
            if refused.status in (404, 409):
                continue
            raise
        ledger.published[listing] = (ledger.drafts.get(listing, ""), time.monotonic())


def approves(person, ledger, most=3):
    """Some of the suggestions that wait."""
    body = person.get("desk/suggestions")
    for pairing in sorted(set(re.findall(rf"/pairings/({IDS})/approval", body)))[:most]:
        try:
            person.post(f"pairings/{pairing}/approval", {"words": ""})
        except Refused as refused:
            if refused.status in (404, 409):
                continue
            raise
        ledger.approved.add(pairing)


def accepts(person, name, ledger, most=3):
    """Some of what waits for an answer."""
    body = person.get("inbox")
    for pairing in sorted(set(re.findall(rf"/pairings/({IDS})", body)))[:most]:
        if (pairing, name) in ledger.accepted:
            continue
        try:
            person.post(f"pairings/{pairing}/acceptance")
        except Refused as refused:
            if refused.status in (404, 409):
                continue
            raise
        ledger.accepted.add((pairing, name))


def finds(base, title):
    """Whether a search there names the listing."""
    word = title.rsplit(" ", 1)[1]
    return word in _results(Client(base).get(f"search?q={word}"))


def _results(body):
    """Without the box the question stands in."""
    return re.sub(r"<(title|form|input|h1)\b.*?(</\1>|>)", "", body, flags=re.DOTALL)


def _version(body):
    found = re.search(r'name="version" value="([^"]+)"', body)
    assert found, "a form without its version"
    return found.group(1)


class Crowd:
    """People who go on doing something at once, each in a thread, until told to stop."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.faults = []
        self._stop = threading.Event()
        self._threads = []

    def goes_on(self, act, pause=0.0):
        def on_and_on():
            while not self._stop.is_set():
                try:
                    act()
                except NotAnswered:
                    self.ledger.unanswered += 1
                    time.sleep(0.05)
                except Exception as fault:  # told by whoever waits for the end
                    self.faults.append(fault)
                self._stop.wait(pause)

        thread = threading.Thread(target=on_and_on, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stops(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "somebody still waits for an answer"


