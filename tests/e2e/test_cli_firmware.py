# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The `akira firmware` commands, with images that MCUboot's imgtool has signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from harness import shapes
from harness.api import Api, RawConnection, wait_for
from harness.cli import Cli
from harness.device import BOARDS, OwnDevice
from harness.firmware import Firmware, Images, make_key

pytestmark = pytest.mark.no_device

REFUSED, LOCAL = 1, 4


@pytest.fixture(scope="session")
def images(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Images:
    """Makes images that the device under test takes."""
    kind = pytestconfig.getoption("--device")
    if kind.startswith("http://") or kind in BOARDS:
        pytest.skip("a test of the command, on simulated devices")
    return Images(kind, None, tmp_path_factory.mktemp("images"))


@pytest.fixture
def operator(
    blank_device: Callable[..., OwnDevice], images: Images, akira: str
) -> tuple[Cli, Firmware]:
    """The command for a device with slots, and what the device itself says."""
    device = blank_device(**images.options, health_seconds="1")
    return Cli(akira, device), Firmware(Api(device))


@pytest.fixture
def file(images, tmp_path):
    """Writes an image of that version to a file."""

    def make(version: str, **options):
        path = tmp_path / f"{version}.bin"
        path.write_bytes(images.sign(version, **options))
        return path

    return make


def test_an_update_in_one_step(operator, file):
    cli, firmware = operator
    outcome = cli.run("firmware", "upload", file("1.0.0"), "--reboot", "--json", seconds=300)
    state = outcome.json
    if not firmware.api.device.swaps:
        assert outcome.code == REFUSED and "no bootloader" in outcome.err, outcome
        assert (state["outcome"], state["slots"][1]["state"]) == ("pending", "pending")
        return
    assert outcome.ok().json["outcome"] == "confirmed"
    del state["outcome"]
    shapes.check(state, shapes.FIRMWARE)
    assert firmware.slots()[0] == ("running", "1.0.0")
    old = cli.run("firmware", "upload", file("0.9.0"), "--json").failed()
    assert (old.code, old.json["error"]["code"]) == (REFUSED, "not_newer")


def test_each_step_by_itself(operator, file):
    cli, _ = operator
    assert "stored firmware 1.0.0" in cli.run("firmware", "upload", file("1.0.0")).ok().out
    shapes.check(cli.run("firmware", "status", "--json").ok().json, shapes.FIRMWARE)
    pending = cli.run("firmware", "test", "--json").ok().json
    assert (pending["swap"], pending["slots"][1]["state"]) == ("test", "pending")
    shown = cli.run("firmware", "status").ok().out
    assert "tries the image in the secondary slot" in shown and "1.0.0" in shown
    assert "called off" in cli.run("firmware", "revert").ok().out
    refused = cli.run("firmware", "test", "--json").failed()
    assert (refused.code, refused.json["error"]["code"]) == (REFUSED, "no_image")
    cli.run("firmware", "confirm").ok()


def test_what_broke_off_goes_on(operator, file):
    cli, firmware = operator
    path = file("1.0.0", size=300_000)
    image = path.read_bytes()
    query = f"?sha256={hashlib.sha256(image).hexdigest()}"
    with RawConnection(firmware.api.device) as raw:
        raw.send_head("PUT", f"/api/v1/firmware{query}", f"Content-Length: {len(image)}")
        raw.send(image[:150_000])
        wait_for(
            lambda: (firmware.state()["upload"] or {"offset": 0})["offset"],
            lambda at: at >= 100_000,
            "the bytes to arrive",
        )
    stored = cli.run("firmware", "upload", path, "--json").ok().json
    assert stored["resumed_from"] % 4096 == 0 and 65_536 <= stored["resumed_from"] <= 150_000
    assert stored["slots"][1]["state"] == "ready"


def test_what_is_no_good(operator, file, tmp_path):
    cli, firmware = operator
    other = file("1.0.0", key=make_key(tmp_path / "other.pem"))
    refused = cli.run("firmware", "upload", other, "--json").failed()
    assert (refused.code, refused.json["error"]["code"]) == (REFUSED, "bad_signature")
    program = tmp_path / "program.elf"
    program.write_bytes(b"\x7fELF" + bytes(5000))
    refused = cli.run("firmware", "upload", program, "--json").failed()
    assert (refused.code, refused.json["error"]["code"]) == (LOCAL, "bad_image")
    assert "imgtool" in refused.err
    assert firmware.slots()[1][0] == "empty"
