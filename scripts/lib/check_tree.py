# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Checks what holds for every file of the repository.

Each file that can carry a comment says its license and copyright at its top; none names a path of
one machine or a package registry's host, none promises work that is not done, none is too long to
have one job.

usage: check_tree.py ROOT
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SPDX = "SPDX-License-Identifier: Apache-2.0"
COPYRIGHT = "Copyright (c) 2026 The AkiraOS-in-Rust authors"
TOP_LINES = 6
LONGEST = 600

# Files without room for a comment, or that tools write as a whole.
NO_COMMENTS = {".json", ".lock", ".bin", ".wasm", ".png", ".svg", ".cbor"}
NO_COMMENT_NAMES = {"LICENSE"}
CODE = {".rs", ".c", ".h", ".py", ".sh", ".ts", ".ld", ".cmake"}

# Each pattern is written so that it does not find itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.$}])/(?:[w]ork|[r]oot|home/\w+)/",
    "a registry's host": r"[r]egistry\.npmjs|[p]ypi\.org|[p]ythonhosted\.org|static\.[c]rates\.io"
    r"|index\.[c]rates\.io|deb\.[d]ebian\.org",
    "work that is not done": r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b|\bto[d]o!\(|\bunimple[m]ented!\(",
    "a test that does not run": r"#\[ig[n]ore",
}


def tracked(root: Path) -> list[Path]:
    """Files under version control, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return sorted({root / name for name in names if (root / name).is_file()})


def problems(path: Path) -> list[str]:
    """What is wrong with one file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    found = []
    lines = text.splitlines()
    if path.suffix not in NO_COMMENTS and path.name not in NO_COMMENT_NAMES and lines:
        top = "\n".join(lines[:TOP_LINES])
        found += [f"its first lines lack: {line}" for line in (SPDX, COPYRIGHT) if line not in top]
    if path.suffix not in {".lock"}:
        for what, pattern in FORBIDDEN.items():
            for number, line in enumerate(lines, 1):
                if re.search(pattern, line):
                    found.append(f"line {number}: {what}: {line.strip()[:80]}")
    if path.suffix in CODE and len(lines) > LONGEST:
        found.append(f"{len(lines)} lines, more than {LONGEST}: give it one job")
    return found


def main() -> int:
    """Prints what is wrong and returns 1, or says how much was looked at."""
    root = Path(sys.argv[1]).resolve()
    files = tracked(root)
    count = 0
    for path in files:
        for problem in problems(path):
            print(f"    {path.relative_to(root)}: {problem}")
            count += 1
    print(f"    {len(files)} files, {count} problems")
    return 1 if count or not files else 0


if __name__ == "__main__":
    sys.exit(main())
