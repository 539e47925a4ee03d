# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""A heap of Zephyr's (`sys_heap`) in the memory of an emulated board, looked at from outside.

The emulator writes the board's memory to a file, and the heap's own list of blocks is walked there,
so that the image that is measured is the image that is shipped.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

UNIT = 8
# From as many units on, the heads of blocks have fields of 32 bits; else of 16.
BIG = 0x7FFF


@dataclass(frozen=True)
class Use:
    """What of a heap is in use: bytes with the heads of blocks, and how many blocks."""

    used: int
    blocks: int
    size: int


class Monitor:
    """The emulator's monitor at a socket, which speaks QMP."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r")
        json.loads(self._lines.readline())
        self._do("qmp_capabilities")

    def memory(self, address: int, size: int, file: Path) -> bytes:
        """Bytes of the board's memory, by way of a file that the emulator writes."""
        self._do("memsave", val=address, size=size, filename=str(file))
        return file.read_bytes()

    def _do(self, command: str, **arguments: int | str) -> None:
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = json.loads(self._lines.readline())
            if "error" in answer:
                raise SystemExit(f"the emulator's monitor refused {command}: {answer['error']}")
            if "return" in answer:
                return


def use(monitor: Monitor, heap: int, file: Path) -> Use:
    """What of the `k_heap` at that address is in use, of a 32-bit board."""
    inside, start, size = struct.unpack("<III", monitor.memory(heap, 12, file))
    if not start <= inside < start + size:
        raise SystemExit("there is no heap of Zephyr's at that address")
    size -= inside - start
    cells = monitor.memory(inside, size, file)
    _, _, end = struct.unpack_from("<III", cells)
    form = "<II" if end > BIG else "<HH"
    used = blocks = at = 0
    while at < end:
        _, field = struct.unpack_from(form, cells, at * UNIT)
        units = field >> 1
        if not units:
            raise SystemExit("the heap's list of blocks has another form than is known here")
        # The first block is the heap's own head.
        if field & 1:
            used += units * UNIT
            blocks += at > 0
        at += units
    if at != end:
        raise SystemExit("the heap's list of blocks does not end where the heap does")
    return Use(used, blocks, size)
