# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""A board that QEMU emulates, as a device of the suite.

Its flash is a file (see `scripts/lib/emulator.py`), into which the build's images are put when it
is made. The suite's clients reach it through the emulator's user network, so that it sees all of
them as one; serial line and shell are pseudo terminals.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from emulator import GUEST, STORAGE_OFFSET, FlashFile, Images, board_of, command
from harness.device import BOOT_SECONDS, OwnDevice

TERMINAL = re.compile(r"^char device redirected to (/dev/pts/\d+) \(label (line|shell)\)")


class BoardDevice(OwnDevice):
    """A device whose flash has a bootloader, where the build has one, and its firmware."""

    sees_addresses = False
    storage_at = STORAGE_OFFSET

    def __init__(
        self,
        kind: str,
        build: Path,
        flash: Path,
        token: str | None = None,
        options: dict[str, str | None] | None = None,
    ) -> None:
        if token or options:
            pytest.skip("a board's settings are those that its firmware was built with")
        super().__init__(kind, [], flash)
        self.board = board_of(kind)
        self.swaps = (build / "domains.yaml").is_file()
        self.file = FlashFile(flash)
        self.monitor: Path | None = None
        self._lock: int | None = None
        if not flash.exists():
            self.file.make()
            self.file.put_images(Images.of_build(build))

    def _port_inside(self) -> int:
        return int(GUEST.partition(":")[2])

    def _command(self) -> list[str]:
        monitor = f"unix:{self.monitor},server=on,wait=off" if self.monitor else None
        return command(self.board, self.file, self.port, serial=("pty", "pty"), monitor=monitor)

    def _keeps_open(self) -> tuple[int, ...]:
        self._lock = self.file.lock()
        return (self._lock,)

    def boot(self, seconds: float = 4 * BOOT_SECONDS) -> None:
        super().boot(seconds)

    def switch_on(self) -> None:
        try:
            super().switch_on()
        finally:
            # The emulator has a copy, for as long as it lives.
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def terminal(self, label: str) -> str:
        """The pseudo terminal of the serial `line` or of the `shell`."""
        for line in self.console:
            if (found := TERMINAL.match(line)) and found[2] == label:
                return found[1]
        raise AssertionError(f"no terminal of that name: {label}")
