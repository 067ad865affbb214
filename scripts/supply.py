#!/usr/bin/env python3
"""Holds the dependency tree against deny.toml where cargo-deny is not installed.

It checks bans, licences and sources over `cargo metadata`. It cannot check advisories: they need a database from
the network, and it says so instead of keeping quiet.
"""

import json
import os
import re
import subprocess
import sys
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    with open(os.path.join(ROOT, "deny.toml"), "rb") as file:
        rules = tomllib.load(file)
    packages = [package for package in dependencies() if package["source"] is not None]
    faults = [*banned(packages, rules), *unlicensed(packages, rules), *strangers(packages)]
    for fault in faults:
        print(f"supply: {fault}")
    print(f"supply: {len(packages)} crates; bans, licences and sources checked; {len(faults)} faults")
    print("supply: advisories: not checked (no database reachable)")
    sys.exit(1 if faults else 0)


def dependencies():
    """All crates the lockfile names, whatever feature asks for them."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)["packages"]


def banned(packages, rules):
    reasons = {ban["crate"]: ban["reason"] for ban in rules["bans"]["deny"]}
    for package in packages:
        if package["name"] in reasons:
            yield f"{package['name']} {package['version']} is banned: {reasons[package['name']]}"


def unlicensed(packages, rules):
    allowed = set(rules["licenses"]["allow"])
    for package in packages:
        licence = package["license"] or ""
        if not permits(licence, allowed):
            yield f"{package['name']} {package['version']}: licence “{licence}” is not on the list"


def strangers(packages):
    registries = {package["source"] for package in packages}
    for source in sorted(registries):
        if not source.startswith("registry+"):
            yield f"{source} is not a registry"
    if len(registries) > 1:
        yield "crates come from more than one source"


def permits(expression, allowed):
    """Whether a licence expression can be met by the allowed licences: any side of OR, every side of AND."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either():
        met = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both():
        met = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = one() and met
        return met

    def one():
        name = tokens.pop(0)
        if name == "(":
            met = either()
            tokens.pop(0)
            return met
        if tokens[:1] == ["WITH"]:
            name = " ".join([name, tokens.pop(0), tokens.pop(0)])
        return name in allowed

    return bool(tokens) and either() and not tokens


if __name__ == "__main__":
    main()
