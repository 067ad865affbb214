"""The people of the stories: each has a browser and does what a person does, by hand and eye.

    lan = Person(world, "vi", email="lan@xuong.example")
    lan.opens("needs/new")
    lan.fills(title="…")
    lan.sends("/needs")
    lan.sees("Đã lưu")
"""

import re
import time

from world import PHONE  # noqa: F401  (stories take it from here)

# The sample people's password, as the program prints it when it starts with --demo.
SAMPLE_PASSWORD = "cau-noi-demo"
SAMPLE_COORDINATOR = "dieu.phoi@caunoi.example"
SAMPLE_MEMBER = "tran.quoc.huy@senchincanh.example"


class Person:
    def __init__(self, world, lang="vi", email=None, scripts=True, size=None):
        self.world = world
        self.lang = lang
        self.email = email
        self.page = world.visitor(lang, size, scripts)
        self._letters_seen = 0

    # ── going places ────────────────────────────────────────────────────────────────────────────────────────────

    def opens(self, where):
        """A page of the service by its path after the language, or any whole address (a letter's link)."""
        url = where if where.startswith("http") else self.world.at(f"/{self.lang}/{where}".rstrip("/"))
        answer = self.page.goto(url)
        assert answer.status < 400, f"{self.path} answered {answer.status}: {self.reads()[:300]}"
        return self

    @property
    def path(self):
        return self.page.url.removeprefix(self.world.base)

    # ── doing things ────────────────────────────────────────────────────────────────────────────────────────────

    def fills(self, **fields):
        """Types into fields by their name; True ticks, a list chooses several."""
        for name, value in fields.items():
            if isinstance(value, str):
                self._fill(name, value)
            else:
                for choice in ["yes"] if value is True else value:
                    self._choose(name, choice)
        return self

    def _fill(self, name, value):
        field = self._unfold(self.page.locator(f"main [name='{name}']").first)
        kind = field.evaluate("e => e.type")
        if kind in ("radio", "checkbox"):
            self._choose(name, value)
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)

    def _choose(self, name, value):
        # The box itself may be hidden behind its label, which is what a person clicks.
        self._unfold(self.page.locator(f"main [name='{name}'][value='{value}']").first).check(force=True)

    def chooses_first(self, name):
        """The first of the choices offered, where the story does not know their codes."""
        self._unfold(self.page.locator(f"main [name='{name}']").first).check(force=True)
        return self

    def _unfold(self, field):
        """Opens the folds a field lies in, as a person would first."""
        field.evaluate(
            "e => { for (let fold = e.closest('details'); fold; fold = fold.parentElement.closest('details'))"
            " fold.open = true; }"
        )
        return field

    def sends(self, action=None, button="button:not([type=button])"):
        """Presses a button of the form that goes to an address ending so (or of the page's own form, which goes
        back to the page); what comes must not be a fault."""
        form = f"main form[action$='{action}']" if action else "main form[method=post]:not([action])"
        press = self.page.locator(f"{form} {button}").first
        with self.page.expect_navigation() as coming:
            press.click()
        answer = coming.value
        if answer is not None:
            assert answer.status < 400, f"{action or self.path} answered {answer.status}: {self.reads()[:600]}"
        return self

    def presses_near(self, words, action, reads=None):
        """Presses the button of the entry that holds these words (and those)."""
        entries = self.page.locator("main li, main article, main tr, main section, main form")
        for text in filter(None, (words, reads)):
            entries = entries.filter(has_text=text)
        button = f"form[action$='{action}'] button:not([type=button]):visible"
        with self.page.expect_navigation() as coming:
            entries.locator(button).first.click()
        assert coming.value.status < 400, f"{action} answered {coming.value.status}: {self.reads()[:600]}"
        return self

    def opens_until(self, where, words, patience=60):
        """Looks again and again for what the service does in the background."""
        until = time.monotonic() + patience
        while True:
            self.opens(where)
            if words.lower() in self.reads().lower():
                return self
            assert time.monotonic() < until, f"{where} did not come to say “{words}”:\n{self.reads()[:1500]}"
            time.sleep(0.5)

    def follows(self, selector):
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self

    # ── seeing and being written to ─────────────────────────────────────────────────────────────────────────────

    def reads(self):
        return self.page.locator("main").inner_text()

    def sees(self, *words):
        text = self.reads()
        for word in words:
            assert word.lower() in text.lower(), f"{self.path} does not say “{word}”; it says:\n{text[:1500]}"
        return self

    def sees_nothing_of(self, *words):
        html = self.page.content()
        for word in words:
            assert word.lower() not in html.lower(), f"{self.path} gives away “{word}”"
        return self

    def letter(self, subject=None):
        """The newest letter to this person that this story has not read yet."""
        letter = self.world.postbox.wait(to=self.email, subject=subject, since=self._letters_seen)
        self._letters_seen = len(self.world.postbox.letters)
        return letter

    # ── coming in ───────────────────────────────────────────────────────────────────────────────────────────────

    def signs_in(self, password=SAMPLE_PASSWORD):
        self.opens("session/new").fills(email=self.email, password=password)
        press = self.page.locator("form:has(input[name=password]) button:not([type=button])").first
        with self.page.expect_navigation():
            press.click()
        assert "/session" not in self.path, f"{self.email} could not sign in: {self.reads()[:400]}"
        return self

    def joins(self, name, phone=""):
        """Signs up and confirms by the letter's link."""
        if "/account/new" not in self.path:
            self.opens("account/new")
        self.fills(name=name, email=self.email, phone=phone, terms=True, letters=True).sends("/account")
        return self.opens(self.letter().link("/confirmation/")).sends()


def sample(world, email, lang="vi", scripts=True):
    """One of the sample people, signed in."""
    person = Person(world, lang, email, scripts)
    if email in world.cookies:
        person.page.context.add_cookies(world.cookies[email])
    else:
        person.signs_in()
        world.cookies[email] = person.page.context.cookies()
    return person


def member(world, lang="vi", scripts=True):
    return sample(world, SAMPLE_MEMBER, lang, scripts)


def coordinator(world, lang="vi", scripts=True):
    return sample(world, SAMPLE_COORDINATOR, lang, scripts)


def ids(url):
    """The ids in an address, in order."""
    return re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", url)

