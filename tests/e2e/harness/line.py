# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Serial lines: pseudo-terminals in raw mode, and one that is as bad as it is told to be."""

from __future__ import annotations

import os
import pty
import random
import select
import termios
import threading
import time
import tty
from collections.abc import Callable


def open_raw(path: str) -> int:
    """Opens a pseudo-terminal without anything between the bytes and us."""
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line, termios.TCSANOW)
    return line


class NoisyLine:
    """Passes bytes on between a device's line and `path`, and spoils some of them.

    `spoil` gets each piece and a source of randomness, and returns what arrives instead.
    """

    def __init__(
        self, device_path: str, spoil: Callable[[bytes, random.Random], bytes], seed: int = 1
    ) -> None:
        self._spoil = spoil
        self._random = random.Random(seed)
        self._device = open_raw(device_path)
        self._near, self._far = pty.openpty()
        tty.setraw(self._far, termios.TCSANOW)
        self.path = os.ttyname(self._far)
        self.passed = self.spoiled = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        pairs = {self._device: self._near, self._near: self._device}
        while not self._ends.is_set():
            ready, _, _ = select.select(list(pairs), [], [], 0.05)
            for source in ready:
                try:
                    data = os.read(source, 512)
                    spoiled = self._spoil(data, self._random)
                    self.passed += len(data)
                    self.spoiled += data != spoiled
                    while spoiled:
                        spoiled = spoiled[os.write(pairs[source], spoiled) :]
                except OSError:
                    time.sleep(0.01)  # the other end is closed for now

    def close(self) -> None:
        """Ends it."""
        self._ends.set()
        self._thread.join(timeout=5)
        for one in (self._device, self._near, self._far):
            os.close(one)


def clean(data: bytes, _: random.Random) -> bytes:
    """Spoils nothing."""
    return data


def flips(share: float) -> Callable[[bytes, random.Random], bytes]:
    """Flips a bit in this share of all bytes."""

    def spoil(data: bytes, rng: random.Random) -> bytes:
        out = bytearray(data)
        for at in range(len(out)):
            if rng.random() < share:
                out[at] ^= 1 << rng.randrange(8)
        return bytes(out)

    return spoil


def drops(share: float) -> Callable[[bytes, random.Random], bytes]:
    """Loses this share of all bytes."""

    def spoil(data: bytes, rng: random.Random) -> bytes:
        return bytes(byte for byte in data if rng.random() >= share)

    return spoil


def invents(share: float) -> Callable[[bytes, random.Random], bytes]:
    """Puts bytes in that nobody sent."""

    def spoil(data: bytes, rng: random.Random) -> bytes:
        out = bytearray()
        for byte in data:
            out.append(byte)
            if rng.random() < share:
                out += rng.randbytes(rng.randrange(1, 4))
        return bytes(out)

    return spoil
