#!/usr/bin/env python3
"""Runs the browser tests against one running program and says how many held.

    make browser-tests                          all of them
    make browser-tests ARGS="--only story"      those whose name holds the word
    make browser-tests ARGS="--list"            their names

A test is a function `test_…(world)` in one of the modules below. When one fails, its page's picture and the program's
last lines are left in .cache/browser.
"""

import argparse
import importlib
import sys
import time
import traceback

import world as worlds

MODULES = ["frame", "pages", "story", "mail"]
EVIDENCE = worlds.ROOT / ".cache" / "browser"


def main():
    options = argparse.ArgumentParser(description="Browser tests")
    options.add_argument("--only", default="", help="run the tests whose name holds this")
    options.add_argument("--data", help="start from a copy of this data folder, which saves making the sample city")
    options.add_argument("--list", action="store_true", help="name the tests and stop")
    chosen = options.parse_args()
    tests = [(name, test) for name, test in all_tests() if chosen.only in name]
    if chosen.list:
        print("\n".join(name for name, _ in tests))
        return
    if not tests:
        sys.exit(f"no test is named like “{chosen.only}”")
    passed, failed = 0, []
    with worlds.World(data=chosen.data) as world:
        for name, test in tests:
            if run(world, name, test):
                passed += 1
            else:
                failed.append(name)
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def all_tests():
    for module in MODULES:
        tests = vars(importlib.import_module(module))
        for name, test in tests.items():
            if name.startswith("test_"):
                yield f"{module}.{name.removeprefix('test_')}", test


def run(world, name, test):
    began = time.monotonic()
    try:
        test(world)
        complaints = world.take_complaints()
        assert not complaints, "the browser complained:\n" + "\n".join(complaints[:10])
    except Exception as error:
        print(f"FAILED {name} ({time.monotonic() - began:.1f} s)", flush=True)
        print(plain(error), flush=True)
        keep_evidence(world, name)
        return False
    finally:
        world.take_complaints()
        world.close_visitors()
    print(f"ok {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return True


def plain(error):
    """An assertion says it all itself; of anything else the place matters too."""
    if isinstance(error, AssertionError) and str(error):
        frame = traceback.extract_tb(error.__traceback__)[1:2]
        where = f"  at line {frame[0].lineno}: " if frame else "  "
        return where + str(error)
    return "".join(traceback.format_exception(error))


def keep_evidence(world, name):
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    (EVIDENCE / f"{name}.log").write_text(world.log(200), encoding="utf-8")
    for number, page in enumerate(world.open_pages()):
        try:
            page.screenshot(path=EVIDENCE / f"{name}.{number}.png", full_page=True)
            (EVIDENCE / f"{name}.{number}.html").write_text(page.content(), encoding="utf-8")
        except Exception as error:
            print(f"  (no picture of {page.url}: {error})")
    print(f"  evidence in {EVIDENCE.relative_to(worlds.ROOT)}/{name}.*", flush=True)


if __name__ == "__main__":
    main()
