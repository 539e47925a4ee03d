# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Reads a test runner's own report and prints "PASSED FAILED SKIPPED".

usage: counts.py cargo LOG | junit XML | twister JSON | node LOG

A report that is missing or counts nothing is an error: a run that ran nothing has not passed.
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CARGO_LINE = re.compile(
    r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.MULTILINE
)


def cargo(text: str) -> tuple[int, int, int]:
    """Sums the closing lines of every test binary."""
    rows = [tuple(map(int, row)) for row in CARGO_LINE.findall(text)]
    passed, failed, ignored = (sum(column) for column in zip(*rows, strict=True))
    return passed, failed, ignored


def junit(text: str) -> tuple[int, int, int]:
    """Counts the test cases of pytest's JUnit report; a case may both fail and err, but once."""
    passed = failed = skipped = 0
    for case in ElementTree.fromstring(text).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def twister(text: str) -> tuple[int, int, int]:
    """Counts the test cases of twister's report; a suite that did not get that far counts once."""
    passed = failed = skipped = 0
    for suite in json.loads(text)["testsuites"]:
        statuses = [case.get("status") for case in suite.get("testcases", [])]
        if suite.get("status") in {"failed", "error"} and not {"failed", "error"} & set(statuses):
            failed += 1
        passed += sum(status == "passed" for status in statuses)
        failed += sum(status in {"failed", "error", "blocked"} for status in statuses)
        skipped += sum(status == "skipped" for status in statuses)
        if suite.get("status") == "built" and not {"passed"} & set(statuses):
            passed += 1  # a build-only suite: that it builds is the test
    return passed, failed, skipped


NODE_LINE = re.compile(r"^# (pass|fail|cancelled|skipped) (\d+)$", re.MULTILINE)


def node(text: str) -> tuple[int, int, int]:
    """Reads the closing lines of Node.js's own test runner, in its TAP form."""
    counts = {name: int(count) for name, count in NODE_LINE.findall(text)}
    return counts["pass"], counts["fail"] + counts["cancelled"], counts["skipped"]


def main() -> int:
    """Prints the counts of the report that was named."""
    kind, path = sys.argv[1], Path(sys.argv[2])
    try:
        counts = {"cargo": cargo, "junit": junit, "twister": twister, "node": node}[kind](
            path.read_text()
        )
    except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
        print(f"no counts of {kind} in {path}: {error}", file=sys.stderr)
        return 1
    if sum(counts) == 0:
        print(f"{path} counts no test", file=sys.stderr)
        return 1
    print(*counts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
