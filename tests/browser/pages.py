"""Every page a person can reach by following links, checked in both languages, on a phone and a desktop, by day and
by night. New pages need no entry here: whoever links to one has it checked.

A kind of page is looked at from all sides the first time. In the other language, or with somebody else signed in, it
comes from the same template and style: there one look is enough, on the phone in Vietnamese, on the desktop in English."""

import collections
import re
from urllib.parse import urljoin, urlsplit

import checks
import people
import world as worlds

SIZES = {"phone": worlds.PHONE, "desktop": worlds.DESKTOP}
ONE_LOOK = {"vi": "phone", "en": "desktop"}

# The kinds of page that were looked at from all sides.
known = set()

# Of each kind of page so many are looked at, and each kind at most so deep.
PER_KIND = 1

# A crawl that finds less than this was cut off somewhere.
VISITORS_KINDS = 12
COORDINATORS_KINDS = 20


def test_what_a_visitor_sees(world):
    for lang in ("vi", "en"):
        crawl(world, world.visitor(lang), lang, VISITORS_KINDS)


def test_what_a_member_sees(world):
    for lang in ("vi", "en"):
        crawl(world, people.member(world, lang).page, lang, VISITORS_KINDS)


def test_what_a_coordinator_sees(world):
    for lang in ("vi", "en"):
        crawl(world, people.coordinator(world, lang).page, lang, COORDINATORS_KINDS)


def crawl(world, page, lang, fewest):
    """Looks at one page of each kind that can be reached from home, and gathers every fault before it complains."""
    start = world.at(f"/{lang}")
    waiting = collections.deque([start])
    looked = collections.Counter()
    queued = {start}
    faults = []
    while waiting:
        url = waiting.popleft()
        kind = kind_of(url)
        if looked[kind] >= PER_KIND:
            continue
        looked[kind] += 1
        path = url.removeprefix(world.base)
        answer = page.context.request.get(url)
        if answer.status >= 400:
            faults.append(f"{path} answers {answer.status}")
            continue
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(url)
        faults += [f"{path}: {fault}" for fault in look(page, lang, kind)]
        for link in links(page, world, lang):
            if link not in queued:
                queued.add(link)
                waiting.append(link)
        complaints = world.take_complaints()
        faults += complaints
    print(f"  {lang}: {len(looked)} kinds of page", flush=True)
    page.context.close()
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(f"  {fault}" for fault in faults)
    assert len(looked) >= fewest, f"only {len(looked)} kinds of page were found: {sorted(looked)}"


def look(page, lang, kind):
    faults = checks.manners(page, lang)
    template = kind.removeprefix(f"/{lang}")
    from_all_sides = template not in known
    known.add(template)
    for name, size in SIZES.items():
        if not from_all_sides and name != ONE_LOOK[lang]:
            continue
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light")
        faults += [f"({name}) {fault}" for fault in checks.axe(page)]
        if from_all_sides:
            # By night only the colours are others.
            page.emulate_media(color_scheme="dark")
            faults += [f"({name}, dark) {fault}" for fault in checks.axe(page, "color-contrast")]
    page.set_viewport_size({"width": checks.NARROWEST, "height": 700})
    faults += checks.sideways(page)
    return faults


def links(page, world, lang):
    """Where the page leads within the service and the language, without the fragment."""
    hrefs = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for href in hrefs:
        url = urljoin(page.url, href).split("#")[0]
        if url.startswith(world.base) and urlsplit(url).path.startswith(f"/{lang}"):
            yield url


def kind_of(url):
    """The address with ids, codes and answers left out: pages of one kind come from one template."""
    parts = urlsplit(url)
    path = re.sub(r"/[^/]*\d[^/]*", "/*", parts.path)
    asked = sorted({pair.split("=")[0] for pair in parts.query.split("&") if pair})
    # Filters of the search combine freely; one is as good as another.
    return path + ("?" + asked[0] if asked else "")
