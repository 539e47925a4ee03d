# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The emulated boards: how QEMU is started for them, and the file that is their flash.

One file is the whole PSRAM of the board, whose lower half the firmware uses as its NOR flash. QEMU
maps it shared, so each store of the firmware is in it at once: it survives resets, restarts and the
death of the emulator, as a flash chip survives the loss of power. Images are put into the file; the
board boots what it finds there, the bootloader where there is one, else the firmware's slot.
"""

from __future__ import annotations

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

PSRAM_SIZE = 16 * 1024 * 1024
BOOT_OFFSET = 0x0
BOOT_SIZE = 128 * 1024
SLOT_OFFSETS = (0x20000, 0x1A0000)
SLOT_SIZE = 1536 * 1024
STORAGE_OFFSET = 0x400000
STORAGE_SIZE = 2 * 1024 * 1024
ERASED = b"\xff"
# Where the firmware serves HTTP, seen from inside.
GUEST = "10.0.2.15:8080"


class EmulatorError(RuntimeError):
    """What is missing or wrong, in a sentence that says what to do."""


@dataclass(frozen=True)
class Board:
    """One of the boards."""

    name: str
    west: str
    machine: str
    psram: int
    # Where the processor looks for its first vectors, when that cannot be moved.
    vectors: int | None


BOARDS = {
    board.name: board
    for board in (
        Board("mps2_an385", "mps2/an385", "mps2-an385", 0x21000000, None),
        Board("mps2_an521", "mps2/an521/cpu0", "mps2-an521", 0x80000000, 0x10000000),
    )
}


def board_of(name: str) -> Board:
    """The board of either name: the short one, or west's."""
    for board in BOARDS.values():
        if name in (board.name, board.west):
            return board
    known = ", ".join(board.west for board in BOARDS.values())
    raise EmulatorError(f"{name} is no board that is emulated here; these are: {known}")


@dataclass(frozen=True)
class Images:
    """What a build made: firmware as it is in its slot, bootloader where there is one."""

    firmware: Path
    bootloader: Path | None

    @classmethod
    def of_build(cls, folder: Path) -> Images:
        """Finds them in west's build folder, with or without sysbuild."""
        domains = folder / "domains.yaml"
        if not domains.is_file():
            found = cls(folder / "zephyr/zephyr.bin", None)
        else:
            default = re.search(r"^default: *(\S+)", domains.read_text(), re.MULTILINE)
            if default is None:
                raise EmulatorError(f"{domains} names no default image; build the firmware again")
            found = cls(
                folder / default[1] / "zephyr/zephyr.signed.bin",
                folder / "mcuboot/zephyr/zephyr.bin",
            )
        for path in (found.firmware, found.bootloader):
            if path is not None and not path.is_file():
                raise EmulatorError(f"there is no {path}: build the firmware first")
        return found


class FlashFile:
    """The file of a board's flash."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """An erased flash, unless there is one already."""
        if self.path.exists() and self.path.stat().st_size == PSRAM_SIZE:
            return
        if self.path.exists():
            raise EmulatorError(
                f"{self.path} is no flash of an emulated board, which has {PSRAM_SIZE} bytes; "
                "name another file, or delete it"
            )
        self.path.write_bytes(ERASED * PSRAM_SIZE)

    def read(self, offset: int, size: int) -> bytes:
        """Bytes as they are now."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def write(self, offset: int, data: bytes) -> None:
        """Changes bytes, whatever was there."""
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    def put(self, offset: int, size: int, image: bytes) -> None:
        """An image into its partition; the rest of that is erased."""
        if len(image) > size:
            raise EmulatorError(f"an image of {len(image)} bytes does not fit into {size}")
        self.write(offset, image + ERASED * (size - len(image)))

    def put_images(self, images: Images) -> None:
        """Bootloader and firmware as a programmer would; what is stored stays."""
        boot = images.bootloader.read_bytes() if images.bootloader else b""
        self.put(BOOT_OFFSET, BOOT_SIZE, boot)
        self.put(SLOT_OFFSETS[0], SLOT_SIZE, images.firmware.read_bytes())
        self.put(SLOT_OFFSETS[1], SLOT_SIZE, b"")

    def start(self) -> int:
        """Where what is to boot begins: its stack pointer, then its first instruction."""
        for offset in (BOOT_OFFSET, SLOT_OFFSETS[0]):
            if self.read(offset, 8) != ERASED * 8:
                return offset
        raise EmulatorError(f"there is no firmware in {self.path}")

    def lock(self) -> int:
        """A descriptor that keeps others off the flash as long as it, or a copy of it, is open."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise EmulatorError(
                f"another emulator runs on {self.path}; stop it, or name another file"
            ) from None
        return descriptor


def command(
    board: Board,
    flash: FlashFile,
    port: int,
    *,
    console: str = "stdio,signal=off",
    serial: tuple[str, ...] = ("null", "null"),
    monitor: str | None = None,
) -> list[str]:
    """QEMU's command line. HTTP is at 127.0.0.1:`port`; `serial` are the serial line and the shell.

    `console`, `serial` and `monitor` (which speaks QMP) are in QEMU's words for a `-chardev`.
    """
    start = flash.start()
    words = [
        "qemu-system-arm",
        *("-machine", f"{board.machine},memory-backend=psram"),
        "-object",
        f"memory-backend-file,id=psram,size={PSRAM_SIZE},mem-path={_escaped(flash.path)},share=on",
        *("-display", "none", "-nodefaults"),
        *("-nic", f"user,model=lan9118,hostfwd=tcp:127.0.0.1:{port}-{GUEST}"),
        # The firmware's random numbers are this computer's.
        *("-semihosting-config", "enable=on,target=native"),
    ]
    for name, what in zip(("console", "line", "shell"), (console, *serial), strict=True):
        kind, _, rest = what.partition(",")
        words += ["-chardev", f"{kind},id={name}" + (f",{rest}" if rest else "")]
        words += ["-serial", f"chardev:{name}"]
    if monitor is not None:
        words += ["-qmp", monitor]
    if board.vectors is None:
        words += ["-global", f"armv7m.init-nsvtor={board.psram + start:#x}"]
    else:
        # As a file, because other data is there only after the processor has looked for it.
        vectors = flash.path.with_name(flash.path.name + ".vectors")
        vectors.write_bytes(flash.read(start, 8))
        words += [
            "-device",
            f"loader,addr={board.vectors:#x},file={_escaped(vectors)},force-raw=on",
        ]
    return words


def _escaped(path: Path) -> str:
    """A comma ends an option's value, unless it is written twice."""
    return str(path.resolve()).replace(",", ",,")
