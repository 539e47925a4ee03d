# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Firmware images for the device under test, signed by MCUboot's own imgtool.

A simulated device takes any content, for its program is not in the slot; a board boots what it
gets, so its images are its build's firmware with other versions and other bytes at the end.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.api import Api, Reply, wait_for
from harness.device import BOARDS
from harness.mcuboot import IMGTOOL, Signer

SLOT_SIZE = 0x69000
HEADER_SIZE = 0x200


def make_key(path: Path, kind: str = "ecdsa-p256") -> Path:
    """A new pair of keys."""
    words = [IMGTOOL, "keygen", "--type", kind, "--key", path]
    subprocess.run(words, capture_output=True, check=True)
    return path


def public_key(pair: Path) -> Path:
    """The public one of a pair, in a file beside it."""
    path = pair.with_suffix(".pub.pem")
    words = [IMGTOOL, "getpub", "--key", pair, "--encoding", "pem", "--output", path]
    subprocess.run(words, capture_output=True, check=True)
    return path


class Images:
    """Makes images that the device under test takes."""

    def __init__(self, kind: str, build: str | None, folder: Path) -> None:
        self.folder = folder
        self._board = Signer(Path(build or ""), folder) if kind in BOARDS else None
        self.key = self._board.key if self._board else make_key(folder / "firmware.pem")

    @property
    def options(self) -> dict[str, str]:
        """What a simulated device is told so that it takes them; a board knows."""
        return {} if self._board else {"firmware_key": str(self.key)}

    def sign(
        self, version: str, *, size: int = 60_000, key: Path | None = None, **options: Any
    ) -> bytes:
        """An image of that version. `options` are further ones of `imgtool sign`."""
        more = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        if self._board:
            return self._board.sign(version, seed=size, extra=size, key=key, more=more).data
        plain, signed = self.folder / "plain.bin", self.folder / "signed.bin"
        plain.write_bytes(random.Random(f"{version} {size}").randbytes(size))
        words = [
            *(IMGTOOL, "sign", "--key", key or self.key, "--version", version),
            *("--header-size", hex(HEADER_SIZE), "--pad-header", "--slot-size", hex(SLOT_SIZE)),
            *("--align", "1", *more, plain, signed),
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr or done.stdout
        return signed.read_bytes()


class Firmware:
    """The part of the API that is about firmware."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def state(self) -> dict[str, Any]:
        """All that the device tells."""
        reply = self.api.request("GET", "/api/v1/firmware")
        assert reply.status == 200, reply
        return reply.json

    def slots(self) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
        """State and version of both slots."""
        primary, secondary = (
            (slot["state"], slot["image"] and slot["image"]["version"])
            for slot in self.state()["slots"]
        )
        return primary, secondary

    def put(self, image: bytes, query: str = "") -> Reply:
        """Sends an image, whatever comes of it."""
        return self.api.request("PUT", f"/api/v1/firmware{query}", image)

    def do(self, what: str) -> Reply:
        """`test`, `confirm` or `revert`."""
        return self.api.request("POST", f"/api/v1/firmware/{what}")

    def must_store(self, image: bytes) -> dict[str, Any]:
        """Sends an image that has to be taken."""
        reply = self.put(image)
        assert reply.status == 201, reply
        return reply.json

    def must(self, what: str) -> dict[str, Any]:
        """`test`, `confirm` or `revert`, which has to be done."""
        reply = self.do(what)
        assert reply.status == 200, reply
        return reply.json

    def reboot(self) -> None:
        """Has the device restart, and waits until it is back."""
        with self.restarting():
            assert self.api.request("POST", "/api/v1/reboot").status == 202

    @contextmanager
    def restarting(self, seconds: float = 240) -> Iterator[None]:
        """What is done within has the device restart. Waits until it has booted anew.

        It may be up for longer than before when it is first asked, but not for as long as it would
        be; a clock of its own that is late by a tenth is no restart. An emulator's network takes
        connections also while the device is down, so each is given up soon."""
        up = self.api.status()["uptime_ms"]
        began = time.monotonic()
        yield
        api = Api(self.api.device, timeout=3)

        def uptime() -> int | None:
            try:
                return api.status()["uptime_ms"]
            except OSError:
                return None

        def is_new(now: int | None) -> bool:
            return now is not None and now + 200 < up + 900 * (time.monotonic() - began)

        wait_for(uptime, is_new, "the device to restart", seconds)

    def judged(self, seconds: float = 120) -> dict[str, Any]:
        """Waits until this boot is judged; what the device tells then."""
        return wait_for(
            self.state, lambda state: state["health"]["state"] != "checking", "health", seconds
        )

    def update(self, image: bytes) -> None:
        """Sends an image and boots it."""
        self.must_store(image)
        self.must("test")
        self.reboot()
