#!/usr/bin/env python3
"""Schemathesis against the built program's API: whatever a client sends, nothing answers 5xx, and every answer is of
the status, the type and the shape that the OpenAPI document promises.

    python tests/fuzz_api.py [--examples 3000] [--least 10000]
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

from attacks import Service

CHECKS = ",".join([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--examples", type=int, default=4000, help="examples for each operation")
    arguments.add_argument("--least", type=int, default=10_000, help="cases without which this was no test")
    given = arguments.parse_args()
    with Service() as service:
        base = service.settings["CAUNOI_PUBLIC_URL"]
        command = [
            str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", f"{base}/api/openapi.json",
            "--header", f"Authorization: Bearer {token(service)}", "--checks", CHECKS,
            "--max-examples", str(given.examples), "--generation-database", "none", "--no-color",
            "--suppress-health-check", "all",
        ]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             cwd=service.folder, env={**os.environ, "PYTHONUTF8": "1"}, check=False)
        sys.stdout.write(ran.stdout[-6000:])
        service.is_well()
        cases = sum(int(count.replace(",", "")) for count in re.findall(r"([\d,]+) generated", ran.stdout))
        assert ran.returncode == 0, "schemathesis found faults"
        assert cases >= given.least, f"{cases} cases only"
        print(f"ok   {cases} cases, no 5xx, no fault of the schema")


def token(service):
    """Made as a person makes one: signed in, on the page of the settings."""
    cookie = service.sign_in("member")
    with service.connection() as line:
        line.request("POST", "/vi/settings/tokens", body="name=fuzz&scope=write", headers={
            "Cookie": cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        page = answer.read().decode()
        assert answer.status == 200, page[:500]
        return re.search(r"caunoi_[\w-]{43}", page)[0]


if __name__ == "__main__":
    sys.exit(main())
