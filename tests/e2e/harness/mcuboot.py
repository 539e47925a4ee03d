# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Firmware images for a board's slots, signed by MCUboot's own imgtool with the key of the build.

An image of another version is the build's firmware with another header, and with random bytes at
its end, so that two of them differ in size and no blocks of theirs can be mistaken there.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator import SLOT_OFFSETS, SLOT_SIZE, EmulatorError, FlashFile

IMGTOOL = Path(sys.executable).parent / "imgtool"


@dataclass(frozen=True)
class Image:
    """A signed image: its version, and its bytes without a trailer."""

    version: str
    data: bytes

    def is_in(self, flash: FlashFile, slot: int) -> bool:
        """Whether a slot begins with exactly this image."""
        return flash.read(SLOT_OFFSETS[slot], len(self.data)) == self.data


class Signer:
    """Makes images of one build."""

    def __init__(self, build: Path, folder: Path) -> None:
        self.folder = folder
        default = re.search(r"^default: *(\S+)", (build / "domains.yaml").read_text(), re.MULTILINE)
        if default is None:
            raise EmulatorError(f"{build} is no build with a bootloader")
        self.plain = build / default[1] / "zephyr/zephyr.bin"
        settings = (build / "mcuboot/zephyr/.config").read_text()
        key = re.search(r'^CONFIG_BOOT_SIGNATURE_KEY_FILE="(.*)"$', settings, re.MULTILINE)
        if key is None:
            raise EmulatorError(f"the bootloader of {build} was built without a key")
        self.key = Path(key[1])

    def sign(
        self,
        version: str,
        *,
        seed: int,
        extra: int = 0,
        key: Path | None = None,
        more: Sequence[str] = (),
    ) -> Image:
        """An image of that version, without a trailer. `more` are further options of imgtool's."""
        plain = self.folder / f"{version}-{seed}.bin"
        signed = self.folder / f"{version}-{seed}.signed.bin"
        tail = random.Random(seed).randbytes(extra)
        plain.write_bytes(self.plain.read_bytes() + tail)
        words = [
            *(IMGTOOL, "sign", "--key", key or self.key, "--version", version),
            *("--header-size", "0x200", "--slot-size", hex(SLOT_SIZE), "--align", "4"),
            *(*more, plain, signed),
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EmulatorError(f"imgtool: {done.stderr or done.stdout}")
        return Image(version, signed.read_bytes())

    def other_key(self) -> Path:
        """A key that nobody knows."""
        path = self.folder / "other-key.pem"
        words = [IMGTOOL, "keygen", "--type", "ecdsa-p256", "--key", path]
        subprocess.run(words, capture_output=True, check=True)
        return path


# What the trailer's end looks like when a swap is asked for; MCUboot's own 16 bytes.
MAGIC = bytes.fromhex("77c295f360d2ef7f3552500f2cb67980")


def ask_for_swap(flash: FlashFile, image: Image) -> None:
    """Puts an image into the secondary slot, as one to swap on trial."""
    flash.put(SLOT_OFFSETS[1], SLOT_SIZE, image.data)
    flash.write(SLOT_OFFSETS[1] + SLOT_SIZE - len(MAGIC), MAGIC)
