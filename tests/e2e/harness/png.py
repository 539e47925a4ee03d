# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""A PNG reader, for the pictures that devices make: 8 bits a channel, RGB, no filter."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A picture."""

    width: int
    height: int
    rows: bytes

    def at(self, x: int, y: int) -> int:
        """A pixel as 0xRRGGBB."""
        start = (y * self.width + x) * 3
        return int.from_bytes(self.rows[start : start + 3], "big")

    def colours(self, x: int, y: int, width: int, height: int) -> set[int]:
        """The colours in a part of the picture."""
        return {self.at(u, v) for u in range(x, x + width) for v in range(y, y + height)}


def read(file: bytes) -> Picture:
    """Reads a file, checking each length and checksum in it."""
    assert file.startswith(b"\x89PNG\r\n\x1a\n"), file[:16]
    at, chunks = 8, []
    while at < len(file):
        (length,) = struct.unpack(">I", file[at : at + 4])
        name, content = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", file[at + 8 + length : at + 12 + length])
        assert zlib.crc32(name + content) == check, name
        chunks.append((name, content))
        at += 12 + length
    assert chunks[0][0] == b"IHDR" and chunks[-1] == (b"IEND", b""), [name for name, _ in chunks]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[0][1])
    assert form == [8, 2, 0, 0, 0], form
    raw = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    line = width * 3 + 1
    assert len(raw) == line * height
    assert all(raw[row * line] == 0 for row in range(height))
    rows = b"".join(raw[row * line + 1 : (row + 1) * line] for row in range(height))
    return Picture(width, height, rows)
