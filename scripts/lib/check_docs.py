# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Checks the documentation: every relative link leads somewhere, every page is in the contents, and
what the sources define (error codes, options, capabilities, fields) is in its reference page, and
every test that a page names exists.

usage: check_docs.py ROOT
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
ANCHOR_ID = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")


def prose(text: str) -> str:
    """The text without code."""
    return CODE_SPAN.sub("", FENCE.sub("", text))


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings get."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    found = set(ANCHOR_ID.findall(text))
    for heading in HEADING.findall(text):
        words = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = 0
        unique = slug
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead nowhere."""
    text = prose(page.read_text(encoding="utf-8"))
    broken = []
    for target in LINK.findall(text) + IMAGE.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            broken.append(f"{target}: there is no such file")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            broken.append(f"{target}: that page has no such heading")
    return broken


# Where something is defined, what finds its names there, and how its page must show each of them.
DEFINED = (
    (
        "rust/core/src/http/error.rs",
        r'^    \w+ (\d+) "(\w+)"',
        "operators/http-api.md",
        "| {} | `{}` |",
    ),
    (
        "rust/core/src/http/error.rs",
        r'^    \w+ \d+ "(\w+)"',
        "../openapi.yaml",
        "                - {}\n",
    ),
    ("zephyr/Kconfig*", r"^(?:menu)?config (AKIRA\w*)", "integrators/zephyr-module.md", "`{}`"),
    ("rust/abi/src/capability.rs", r'=> "(\w+)",', "authors/manifest.md", "| `{}` |"),
    ("rust/core/src/manifest/mod.rs", r"^    pub (\w+): Option<", "authors/manifest.md", "`{}`"),
    ("scripts/test", r'^    "([\w-]+)\|', "contributors/tests.md", "`{}`"),
    ("tests/fuzz/Cargo.toml", r'^name = "(\w+)"\n(?=path)', "contributors/tests.md", "| `{}` |"),
    ("rust/core/src/http/event.rs", r'Topic::\w+ => "(\w+)"', "operators/http-api.md", "`{}`"),
    (
        "rust/cli/src/args/mod.rs",
        r"^    ([A-Z]\w+)\((?:\w+Args)\),",
        "operators/cli.md",
        "`akira {}",
    ),
)


def undocumented(root: Path) -> list[str]:
    """What is defined but not in its reference page."""
    missing = []
    for source, pattern, page, form in DEFINED:
        text = "".join(file.read_text(encoding="utf-8") for file in sorted(root.glob(source)))
        names = re.findall(pattern, text, re.MULTILINE)
        if not names:
            missing.append(f"{source}: found nothing by {pattern!r}; has it moved?")
        text = (root / "docs/src" / page).read_text(encoding="utf-8")
        for name in names:
            words = name if isinstance(name, tuple) else (name,)
            if page.endswith("cli.md"):
                words = tuple(word.lower() for word in words)
            if form.format(*words) not in text:
                missing.append(f"docs/src/{page}: lacks {form.format(*words)} of {source}")
    return missing


# A test as pages name it: its file, and the function in it (none for a fuzz target).
NAMED_TEST = re.compile(r"`((?:tests|rust)/[\w/.-]+\.(?:py|rs))(?:::(\w+))?`")


def missing_tests(root: Path, page: Path) -> list[str]:
    """Tests that a page names but that are not there."""
    missing = []
    for name, test in NAMED_TEST.findall(page.read_text(encoding="utf-8")):
        file = root / name
        if not file.is_file():
            missing.append(f"{name}: there is no such file")
        elif test:
            word = "def" if file.suffix == ".py" else "fn"
            if not re.search(rf"^\s*{word} {test}\(", file.read_text(), re.MULTILINE):
                missing.append(f"{name}: has no test {test}")
    return missing


def main() -> int:
    """Prints what is wrong and returns 1, or says how much was looked at."""
    root = Path(sys.argv[1]).resolve()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "*.md"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    pages = [root / name for name in listed.stdout.decode().split("\0") if name]
    count = 0
    for page in pages:
        for problem in broken_links(page) + missing_tests(root, page):
            print(f"    {page.relative_to(root)}: {problem}")
            count += 1
    source = root / "docs" / "src"
    summary = source / "SUMMARY.md"
    contents = {(source / link).resolve() for link in LINK.findall(summary.read_text())}
    for page in sorted(source.rglob("*.md")):
        if page != summary and page.resolve() not in contents:
            print(f"    {page.relative_to(root)}: not in SUMMARY.md")
            count += 1
    for problem in undocumented(root):
        print(f"    {problem}")
        count += 1
    print(f"    {len(pages)} pages, {count} problems")
    return 1 if count or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
