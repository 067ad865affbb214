"""What must hold of every page, whoever wrote it."""

import json
import pathlib

AXE = (pathlib.Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text(encoding="utf-8")

# The success criteria of WCAG 2.2 at levels A and AA, and what axe calls good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]

NARROWEST = 320


def axe(page, *rules):
    """What axe finds wrong, one line a rule; with `rules` only those are asked."""
    # Over the debugging protocol: the page's own policy forbids `eval`, and the tests must not loosen it.
    if not _evaluate(page, "typeof window.axe === 'object'"):
        _evaluate(page, AXE + "; true")
    asked = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS}
    options = json.dumps({"runOnly": asked, "resultTypes": ["violations"]})
    found = _evaluate(page, f"axe.run(document, {options}).then(result => JSON.stringify(result.violations))")
    return [
        "axe {}: {} — {}".format(
            violation["id"],
            violation["help"],
            "; ".join(_place(node) for node in violation["nodes"][:3]),
        )
        for violation in json.loads(found)
    ]


def sideways(page):
    """Whether the page scrolls sideways at its present width, and what sticks out."""
    found = _evaluate(
        page,
        """(() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return "";
            const inScroller = e => { for (let p = e.parentElement; p; p = p.parentElement)
                if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return true; return false; };
            const wide = [...document.body.querySelectorAll("*")]
                .filter(e => e.getBoundingClientRect().right > width + 1 && !inScroller(e))
                .map(e => e.tagName.toLowerCase() + (e.className.baseVal ?? e.className ? "." + e.className : ""));
            return document.documentElement.scrollWidth + " > " + width + ": " + wide.slice(0, 4).join(", ");
        })()""",
    )
    return [f"scrolls sideways ({found})"] if found else []


def manners(page, lang):
    """The frame every page shares: its language said, one heading, a title, a way past the menu, the twin."""
    facts = json.loads(
        _evaluate(
            page,
            """JSON.stringify({
                lang: document.documentElement.lang,
                title: document.title.trim(),
                headings: document.querySelectorAll("h1").length,
                main: document.querySelectorAll("main").length,
                styles: document.querySelectorAll("[style], style").length,
                handlers: [...document.querySelectorAll("*")].filter(
                    e => [...e.attributes].some(a => a.name.startsWith("on"))).length,
                twin: [...document.querySelectorAll("a[hreflang], link[hreflang]")].map(
                    a => new URL(a.href).pathname),
                path: location.pathname,
            })""",
        )
    )
    other = "en" if lang == "vi" else "vi"
    twin = facts["path"].replace(f"/{lang}", f"/{other}", 1)
    rules = {
        f"<html lang> is “{facts['lang']}”, not “{lang}”": facts["lang"] == lang,
        "no title": facts["title"] != "",
        f"{facts['headings']} first-level headings": facts["headings"] == 1,
        f"{facts['main']} <main>": facts["main"] == 1,
        f"{facts['styles']} inline styles": facts["styles"] == 0,
        f"{facts['handlers']} inline handlers": facts["handlers"] == 0,
        f"no link to {twin} (it has {facts['twin']})": twin in facts["twin"],
    }
    return [fault for fault, kept in rules.items() if not kept]


def dead_links(page, world, known):
    """Links of this page into the service that lead nowhere; `known` remembers those already tried."""
    hrefs = json.loads(
        _evaluate(page, "JSON.stringify([...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]))")
    )
    faults = []
    for href in sorted(set(hrefs)):
        if not href.startswith(world.base) or href in known:
            continue
        known.add(href)
        answer = page.context.request.get(href, max_redirects=5)
        if answer.status >= 400:
            faults.append(f"links to {href.removeprefix(world.base)}, which answers {answer.status}")
    return faults


def _evaluate(page, expression):
    session = page.context.new_cdp_session(page)
    try:
        answer = session.send(
            "Runtime.evaluate",
            {"expression": expression, "awaitPromise": True, "returnByValue": True, "allowUnsafeEvalBlockedByCSP": True},
        )
    finally:
        session.detach()
    if "exceptionDetails" in answer:
        raise AssertionError(answer["exceptionDetails"].get("exception", {}).get("description", answer))
    return answer["result"].get("value")


def _place(node):
    return f"{' '.join(map(str, node['target']))} [{_why(node)}]"


def _why(node):
    notes = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return notes[0] if notes else ""
