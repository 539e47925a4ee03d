# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""One flash file, two devices: what one writes into MCUboot's slots and trailers the other reads.

native_sim writes them with MCUboot's own code (`bootutil`), but has no bootloader; the virtual
device has code of its own for both. So each is a check of the other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import device as devices
from harness import image
from harness.api import Api, wait_for

pytestmark = pytest.mark.no_device

TOKEN = "00112233445566778899aabbccddeeff"
LONG, SHORT = "3600", "1"


@pytest.fixture
def on(pytestconfig, akira, tmp_path) -> Callable[..., object]:
    """Boots the flash file on one of the two, with so much time for its health check; ends it as if
    it were switched off."""
    if pytestconfig.getoption("--device") != "native_sim":
        pytest.skip("this needs both simulated devices: --device native_sim")
    key = image.make_key(tmp_path)
    flash: Path = tmp_path / "flash.bin"

    @contextmanager
    def on(kind: str, health_seconds: str = LONG) -> Iterator[Api]:
        device = devices.make(
            kind,
            flash,
            cli=akira,
            image=pytestconfig.getoption("--image"),
            token=TOKEN,
            options={"firmware-key": str(key.public), "health-seconds": health_seconds},
        )
        try:
            yield Api(device)
        finally:
            device.switch_off()

    on.key = key
    return on


def send(api: Api, key: image.Key, version: str, size: int = 50_000) -> None:
    """Sends an image and has it tried at the next boot."""
    signed = image.sign(key, random.Random(version).randbytes(size), version)
    reply = api.request("PUT", "/api/v1/firmware", signed)
    assert reply.status in (200, 201), reply
    reply = api.request("POST", "/api/v1/firmware/test")
    assert reply.status == 200, reply


def seen(api: Api) -> tuple[str, list[tuple[str, str | None]]]:
    """What the bootloader will do, and of each slot its state and the version in it."""
    reply = api.request("GET", "/api/v1/firmware")
    assert reply.status == 200, reply
    slots = [
        (slot["state"], slot["image"] and slot["image"]["version"]) for slot in reply.json["slots"]
    ]
    return reply.json["swap"], slots


def test_what_native_sim_leaves_pending_the_virtual_device_swaps(on):
    with on("native_sim") as api:
        send(api, on.key, "1.0.0")
        assert seen(api) == ("test", [("empty", None), ("pending", "1.0.0")])
    with on("virtual", SHORT) as api:
        kept = wait_for(lambda: seen(api), lambda now: now[0] == "none", "its confirmation")
        assert kept[1][0] == ("running", "1.0.0")
    with on("native_sim") as api:
        assert seen(api)[0] == "none"
        assert seen(api)[1][0] == ("running", "1.0.0")


def test_what_the_virtual_device_leaves_native_sim_reads_and_confirms(on):
    with on("virtual") as api:
        send(api, on.key, "1.0.0")
    with on("virtual", SHORT) as api:
        wait_for(lambda: seen(api), lambda now: now[0] == "none", "its confirmation")
        send(api, on.key, "1.1.0", 70_000)
        pending = seen(api)
        assert pending == ("test", [("running", "1.0.0"), ("pending", "1.1.0")])
    with on("native_sim") as api:
        assert seen(api) == pending
    # Swapped, and nobody has confirmed it yet.
    with on("virtual") as api:
        trial = seen(api)
        assert trial == ("revert", [("trial", "1.1.0"), ("previous", "1.0.0")])
    with on("native_sim") as api:
        assert seen(api) == trial
        assert api.request("POST", "/api/v1/firmware/confirm").status == 200
        assert seen(api) == ("none", [("running", "1.1.0"), ("previous", "1.0.0")])
    with on("virtual") as api:
        assert seen(api) == ("none", [("running", "1.1.0"), ("previous", "1.0.0")])


def test_what_nobody_confirms_goes_back(on):
    with on("virtual") as api:
        send(api, on.key, "1.0.0")
    with on("virtual", SHORT) as api:
        wait_for(lambda: seen(api), lambda now: now[0] == "none", "its confirmation")
    with on("native_sim") as api:
        send(api, on.key, "2.0.0")
        assert seen(api) == ("test", [("running", "1.0.0"), ("pending", "2.0.0")])
    with on("virtual") as api:
        assert seen(api)[1][0] == ("trial", "2.0.0")
    with on("virtual") as api:
        assert seen(api)[1][0] == ("running", "1.0.0")
    with on("native_sim") as api:
        assert seen(api)[0] == "none"
        assert seen(api)[1][0] == ("running", "1.0.0")


def test_native_sim_calls_off_what_the_virtual_device_left_pending(on):
    with on("virtual") as api:
        send(api, on.key, "1.0.0")
    with on("native_sim") as api:
        assert api.request("POST", "/api/v1/firmware/revert").status == 200
        assert seen(api) == ("none", [("empty", None), ("empty", None)])
    with on("virtual") as api:
        assert seen(api) == ("none", [("empty", None), ("empty", None)])
