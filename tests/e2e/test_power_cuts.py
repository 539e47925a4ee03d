# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The power goes at a flash operation of Zephyr's storage: then there is the old or the new.

An image of native_sim ends at the write or erase that its command line names, with none or half of
it done. It is switched on again on the same flash file. The suite `power_fail` does this at every
operation on the virtual device; here it is a sample, of Zephyr's LittleFS, flash map and simulated
flash.
"""

from __future__ import annotations

import http.client
import re
import shutil
import time
from collections.abc import Callable

import pytest

from harness import guest, smp
from harness.api import Api
from harness.cli import Cli
from harness.device import DeviceError, OwnDevice, any_certificate
from harness.stored import Stored

pytestmark = pytest.mark.no_device

TOKEN = "00112233445566778899aabbccddeeff"
CUT = re.compile(r"^akira: power cut at flash operation (\d+), (write|erase) ")
# A device that ended in the middle of an answer.
BROKEN = (OSError, http.client.HTTPException)


@pytest.fixture
def power(full_image, akira, tmp_path):
    """A flash file, and devices on it whose power goes at an operation."""

    class Power:
        flash = tmp_path / "flash.bin"
        base = tmp_path / "base.bin"

        def switch_on(self, cut: int = 0, percent: int = 0) -> OwnDevice:
            """A device that is being switched on."""
            options = {
                "smp-port": str(smp.free_udp_port()),
                "flash-cut": str(cut),
                "flash-cut-part": str(percent),
            }
            device = OwnDevice("native_sim", [full_image], self.flash, TOKEN, options)
            device.tls = any_certificate()
            return device

        def state(self) -> tuple[dict, dict[str, bytes]]:
            """What a device tells after a boot from this flash, and every file but the log's."""
            device = self.switch_on()
            device.boot()
            api = Api(device)
            try:
                keys = ("version", "sha256", "capabilities", "previous", "state")
                told = {name: [app[key] for key in keys] for name, app in api.apps().items()}
                told["config"] = api.request("GET", "/api/v1/config").json
            finally:
                device.switch_off()
            report = Cli(akira, device).run("fsck", self.flash, "--json").ok().json
            assert report["findings"] == [], report
            with Stored(self.flash) as stored:
                files = stored.files()
            return told, {path: at for path, at in files.items() if not path.startswith("/logs")}

        def attempt(self, act: Callable[[Api], object], cut: int, percent: int) -> re.Match | None:
            """Does something on the base's flash until the power goes; where it went."""
            shutil.copyfile(self.base, self.flash)
            device = self.switch_on(cut, percent)
            try:
                device.boot()
                act(Api(device))
                # What is tidied up after the answer.
                time.sleep(0.05)
            except (DeviceError, *BROKEN):
                # Nothing but the power cut may have ended it.
                device.wait_end()
            if device.alive():
                device.switch_off()
                return None
            device.wait_end()
            cuts = [match for line in device.console if (match := CUT.search(line))]
            assert len(cuts) == 1, device.console
            return cuts[0]

    return Power()


def update(pack, version: str, size: int) -> bytes:
    """A version of the app that is there."""
    return pack(guest.padded(size), "resident", version=version, capabilities=["fs_read"])


@pytest.mark.parametrize(
    "deed", ["install", "update", "rollback", "uninstall", "settings", "first boot"]
)
def test_after_a_power_cut_there_is_the_old_or_the_new(power, pack, measured, deed):
    first, second = update(pack, "1.0.0", 9_000), update(pack, "2.0.0", 12_000)
    guest_app = pack(guest.padded(15_000), "another")
    settings = {"name": "kitchen", "allowed_origins": ["https://example.com"]}
    deeds: dict[str, Callable[[Api], object]] = {
        "install": lambda api: api.must_install("another", guest_app),
        "update": lambda api: api.must_install("resident", second),
        "rollback": lambda api: api.request("POST", "/api/v1/apps/resident/rollback"),
        "uninstall": lambda api: api.uninstall("resident"),
        "settings": lambda api: api.put_json("PUT", "/api/v1/config", settings),
        "first boot": lambda api: None,
    }
    if deed == "first boot":
        power.base.write_bytes(b"\xff" * (4 << 20))
    else:
        device = power.switch_on()
        device.boot()
        api = Api(device)
        api.must_install("resident", first)
        if deed == "rollback":
            api.must_install("resident", second)
        device.switch_off()
        shutil.copyfile(power.flash, power.base)
        old = power.state()
        # A boot has nothing to do where all is in order.
        shutil.copyfile(power.flash, power.base)
    assert power.attempt(deeds[deed], 0, 0) is None
    new = power.state()
    if deed == "first boot":
        # A device makes its name at random.
        old = new

        def same(found):
            return [part.keys() for part in found] == [part.keys() for part in new]
    else:
        assert old != new

        def same(found):
            return found in (old, new)

    cuts, olds, last, number, step = 0, 0, 0, 1, 1
    while True:
        for percent in (0, 50) if number < 8 else (number % 2 * 50,):
            cut = power.attempt(deeds[deed], number, percent)
            if cut is None:
                break
            assert int(cut[1]) == number
            found = power.state()
            assert same(found), (deed, cut[0], difference(found, old), difference(found, new))
            cuts += 1
            olds += found == old
        if cut is not None:
            # All of the first operations, then fewer.
            last, step = number, 1 + number // 8 if step else 0
        elif step > 1:
            # And all of the last, where it takes effect.
            step = 0
        else:
            break
        number = last + (step or 1)
    # Each of the first operations is cut twice.
    assert cuts >= 4 and last >= 2
    measured(f"{deed}: {cuts} power cuts in {last} flash operations; {olds} left it as before")


def difference(found: tuple[dict, dict], expected: tuple[dict, dict]) -> list[str]:
    """What is not the same."""
    return [
        str(key)
        for a, b in zip(found, expected, strict=True)
        for key in sorted({*a, *b}, key=str)
        if a.get(key) != b.get(key)
    ]
