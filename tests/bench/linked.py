# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What the linker put where: the map of an image, its sections and its symbols.

Every byte of flash and RAM that the image takes is accounted for, with the file that it came from;
what is between two of them, for alignment, comes from nowhere.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAP_BEGINS = "Linker script and memory map"
OUTPUT = re.compile(r"^(\S+)(?:\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?:\s+load address .*)?)?$")
INPUT = re.compile(r"^ (\S+)(?:\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: (\S.*))?)?$")
REST = re.compile(r"^ {16}0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: (\S.*))?$")
SECTION = re.compile(
    r"^ +\[ *\d+\] (\S*) +(\S+) +([0-9a-f]{8}) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ +(\w*)"
)
# Where pieces come from that no file has.
ALIGNMENT = ""


@dataclass(frozen=True)
class Section:
    """An output section that the device has in memory."""

    name: str
    start: int
    size: int
    # Its bytes are in the image; else it is RAM that the start-up code clears or leaves.
    stored: bool
    writable: bool


@dataclass(frozen=True)
class Piece:
    """Bytes of one section that came from one file."""

    section: Section
    size: int
    source: str


@dataclass(frozen=True)
class Symbol:
    """A symbol that has a size."""

    address: int
    size: int


def _tool(tool: str, *words: str | Path) -> str:
    return subprocess.run(
        (f"arm-none-eabi-{tool}", *words), capture_output=True, text=True, check=True
    ).stdout


def sections(elf: Path) -> list[Section]:
    """The sections that take memory."""
    found = []
    for line in _tool("readelf", "--section-headers", "--wide", elf).splitlines():
        if not (match := SECTION.match(line)):
            continue
        name, kind, start, size, flags = match.groups()
        if "A" in flags and int(size, 16):
            found.append(
                Section(name, int(start, 16), int(size, 16), kind != "NOBITS", "W" in flags)
            )
    return found


def symbols(elf: Path) -> dict[str, Symbol]:
    """Symbols with a size, by name; of several with one name, the largest."""
    found: dict[str, Symbol] = {}
    for line in _tool("nm", "--print-size", "--size-sort", elf).splitlines():
        address, size, _, name = line.split(maxsplit=3)
        found[name] = Symbol(int(address, 16), int(size, 16))
    return found


def pieces(elf: Path) -> list[Piece]:
    """All that is in the image's sections, by where it came from."""
    known = sections(elf)
    listed: dict[Section, list[tuple[int, int, str]]] = {section: [] for section in known}
    by_start = {(section.name, section.start): section for section in known}
    lines = elf.with_suffix(".map").read_text(errors="replace").splitlines()
    section: Section | None = None
    name = output = ""
    for line in lines[lines.index(MAP_BEGINS) + 1 :]:
        if match := OUTPUT.match(line):
            output, section, name = match[1], None, ""
            if match[2]:
                section = by_start.get((output, int(match[2], 16)))
            continue
        if match := REST.match(line):
            start, size, source = match.groups()
            if section is None and not name:
                # The output section's own name was too long for its line.
                section = by_start.get((output, int(start, 16)))
                continue
        elif match := INPUT.match(line):
            name, start, size, source = match.groups()
            if start is None:
                continue
        else:
            continue
        if section is not None and source:
            listed[section].append((int(start, 16), int(size, 16), source))
        name = ""
    return [piece for section in known for piece in _laid_out(section, listed[section])]


def _laid_out(section: Section, listed: list[tuple[int, int, str]]) -> Iterator[Piece]:
    """The pieces of a section and what is between them; one that shares its end with the next, as
    texts do, loses that."""
    end = section.start + section.size
    found = sorted(one for one in listed if one[1] and section.start <= one[0] < end)
    at = section.start
    for number, (start, size, source) in enumerate(found):
        following = found[number + 1][0] if number + 1 < len(found) else end
        if start > at:
            yield Piece(section, start - at, ALIGNMENT)
        at = min(start + size, following, end)
        if at > start:
            yield Piece(section, at - start, source)
    if end > at:
        yield Piece(section, end - at, ALIGNMENT)
