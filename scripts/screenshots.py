#!/usr/bin/env python3
"""Takes the README's pictures from the running program into docs/screenshots: `make screenshots`.

Each picture is a page somebody meets, with the sample data. PNG where it stays small, else JPEG; none above 150 KB.
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import people  # noqa: E402  (the tests' folder must be on the path first)
from world import DESKTOP, PHONE, World  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
LARGEST = 150 * 1024


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.*"):
        old.unlink()
    # A data folder with the sample city may be named, which saves making one.
    with World(data=sys.argv[1] if len(sys.argv) > 1 else None) as world:
        for take in (visitors, writers, coordinators):
            take(world)
            world.close_visitors()


def visitors(world):
    desktop = world.visitor("vi", DESKTOP)
    keep(desktop, world.at("/vi"), "home-vi")
    keep(desktop, world.at("/vi/search?q=phat+hien+benh+tren+la"), "search-vi")
    keep(world.visitor("en", DESKTOP, dark=True), world.at("/en/search?q=predict+machine+failure"), "search-en-dark")
    phone = world.visitor("en", PHONE)
    keep(phone, world.at("/en"), "home-en-phone")
    listing = first_link(desktop, world.at("/vi/needs"), "main a[href*='/vi/needs/']")
    keep(desktop, listing, "listing-vi")
    keep(world.visitor("vi", PHONE), listing, "listing-vi-phone")


def writers(world):
    """The form while it is being filled in, with offers like it beside."""
    member = people.member(world, "vi").opens("needs/new")
    member.fills(title="Nhận dạng bệnh trên lá rau từ ảnh chụp bằng điện thoại ngoài ruộng").sends("/needs")
    member.fills(summary="Cán bộ chụp lá ngoài đồng và cần biết ngay lá có bệnh không, mức độ ra sao.")
    page = member.page
    page.locator("[data-similar-target] a").first.wait_for()
    save(page, "post-vi")


def coordinators(world):
    page = people.coordinator(world, "en").page
    keep(page, world.at("/en/desk"), "desk-en")
    keep(page, world.at("/en/desk/suggestions"), "suggestions-en")
    why = first_link(page, world.at("/en/desk/suggestions"), "main a[href*='/en/pairings/']:not([href*='letter'])")
    keep(page, why, "why-en")
    page = people.coordinator(world, "vi").page
    keep(page, world.at("/vi/desk/figures"), "figures-vi")


def first_link(page, url, selector):
    page.goto(url)
    return page.evaluate("s => document.querySelector(s).href", selector)


def keep(page, url, name):
    page.goto(url, wait_until="networkidle")
    save(page, name)


def save(page, name):
    page.evaluate("() => document.fonts.ready.then(() => true)")
    data, suffix = page.screenshot(), "png"
    for quality in (85, 70, 55, 40):
        if len(data) <= LARGEST:
            break
        data, suffix = page.screenshot(type="jpeg", quality=quality), "jpg"
    assert len(data) <= LARGEST, f"{name} stays at {len(data) // 1024} KB"
    (PICTURES / f"{name}.{suffix}").write_bytes(data)
    print(f"{name}.{suffix}: {len(data) // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
