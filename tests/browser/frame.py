"""What the service promises around its pages: headers, languages, errors, weight."""

import gzip
import time
import urllib.error
import urllib.request

LONGEST_HOME = 100 * 1024


def test_machines_are_answered(world):
    for path in ("/healthz", "/readyz", "/metrics"):
        status, _, body = world.fetch(path)
        assert status == 200 and body, f"{path} answered {status}"


def test_the_first_page_speaks_the_readers_language(world):
    for wish, lang in (("vi-VN,vi;q=0.9", "vi"), ("en-GB,en;q=0.8", "en"), ("ja,en;q=0.5,vi;q=0.4", "en"), ("", "vi")):
        page = world.visitor(lang)
        page.set_extra_http_headers({"Accept-Language": wish})
        page.goto(world.at("/"))
        assert page.url.removeprefix(world.base).startswith(f"/{lang}"), f"“{wish}” was sent to {page.url}"
        page.context.close()


def test_every_answer_carries_its_guards(world):
    for path in ("/vi", "/en/search", "/vi/no-such-page", "/healthz"):
        _, headers, _ = world.fetch(path)
        policy = headers.get("Content-Security-Policy", "")
        assert "default-src" in policy and "unsafe-inline" not in policy and "unsafe-eval" not in policy, (path, policy)
        assert "frame-ancestors 'none'" in policy, (path, policy)
        assert headers.get("X-Content-Type-Options") == "nosniff", path
        assert headers.get("Referrer-Policy") in ("same-origin", "strict-origin-when-cross-origin", "no-referrer"), path


def test_a_reader_gets_no_cookie(world):
    page = world.visitor("vi")
    for path in ("/vi", "/vi/search", "/en/needs"):
        page.goto(world.at(path))
    assert page.context.cookies() == []


def test_home_is_light(world):
    page = world.visitor("vi")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(world.at("/vi"), wait_until="networkidle")
    total = sum(sizes)
    assert total <= LONGEST_HOME, f"home takes {total / 1024:.0f} KB in {len(sizes)} files"


def test_assets_are_kept_for_long(world):
    page = world.visitor("vi")
    page.goto(world.at("/vi"))
    sheet = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    status, headers, _ = world.fetch(sheet)
    assert status == 200 and "immutable" in headers.get("Cache-Control", ""), dict(headers)


def test_pages_travel_compressed(world):
    _, headers, body = world.fetch("/vi", {"Accept-Encoding": "gzip"})
    assert headers.get("Content-Encoding") == "gzip", dict(headers)
    assert b"</html>" in gzip.decompress(body)


def test_a_wrong_address_is_answered_kindly(world):
    for lang, word in (("vi", "Không tìm thấy"), ("en", "not found")):
        page = world.visitor(lang)
        answer = page.goto(world.at(f"/{lang}/no-such-page"))
        assert answer.status == 404
        text = page.locator("main").inner_text()
        assert word.lower() in text.lower(), text
        assert page.locator("main a").count() > 0, "the page offers no way out"
        page.context.close()


def test_another_site_cannot_post(world):
    request = urllib.request.Request(
        world.at("/vi/session"),
        data=b"email=lan%40x.example",
        headers={"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    try:
        status = urllib.request.urlopen(request, timeout=30).status
    except urllib.error.HTTPError as refusal:
        status = refusal.code
    assert status == 403, f"a form of another site was answered {status}"


def test_an_idle_service_rests(world):
    """Loops that wake each other cost a core and show nowhere else."""
    world.settle()
    before, began = world.seconds_of_work(), time.monotonic()
    time.sleep(5)
    share = (world.seconds_of_work() - before) / (time.monotonic() - began)
    assert share < 0.05, f"with nothing to do the program uses {share:.0%} of a core"


def test_the_record_is_open_to_machines(world):
    described = world.json("/api/openapi.json")
    assert described["openapi"].startswith("3."), described
