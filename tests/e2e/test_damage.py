# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What is damaged on the flash costs itself and no more, is told everywhere, and can be mended.

The flash of a device that is off is changed by `littlefs-python`; then the device boots from it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness import guest
from harness.api import Api
from harness.cli import Cli
from harness.device import OwnDevice
from harness.stored import Stored, erase_block_of, flip

pytestmark = pytest.mark.no_device

VICTIM, OTHER = "victim", "other"


@pytest.fixture
def board(blank_device, pack, akira):
    """A device with two apps, which is off."""
    device = blank_device()
    if not isinstance(device, OwnDevice) or device.kind not in ("virtual", "native_sim"):
        pytest.skip("the flash of this device is no file of this machine")
    api = Api(device)
    device.apps = {
        VICTIM: pack(
            guest.padded(12_000), VICTIM, version="1.2.3", capabilities=["fs_read", "fs_write"]
        ),
        OTHER: pack(guest.hello(), OTHER),
    }
    for name, packed in device.apps.items():
        api.must_install(name, packed)
    device.switch_off()
    return device


def boot(device: OwnDevice, akira: str) -> tuple[Api, Cli]:
    """Boots it, and has the app run that nothing was done to."""
    device.boot()
    api = Api(device)
    api.must_start(OTHER)
    api.wait_state(OTHER, "stopped")
    assert set(api.apps()) == {VICTIM, OTHER}
    return api, Cli(akira, device)


def fsck(akira: str, device: OwnDevice) -> list[tuple[str, str]]:
    """What `akira fsck` finds on the flash of a device that is off."""
    outcome = Cli(akira, device).run("fsck", device.flash, "--json")
    found = [(finding["severity"], finding["path"]) for finding in outcome.json["findings"]]
    assert (outcome.code != 0) == any(severity != "note" for severity, _ in found), outcome
    return found


def install_again(api: Api) -> None:
    """Has the app installed that was damaged; it runs, and there is no other version of it."""
    api.must_install(VICTIM, api.device.apps[VICTIM])
    api.must_start(VICTIM)
    app = api.wait_state(VICTIM, "stopped")
    assert (app["version"], app["previous"]) == ("1.2.3", None)
    assert app["capabilities"] == ["fs_read", "fs_write"]


def change(device: OwnDevice, path: str, how: Callable[[bytes], bytes]) -> None:
    """Changes a file on its flash."""
    with Stored(device.flash) as stored:
        stored.write(path, how(stored.read(path)))


def test_a_damaged_record_costs_what_was_granted(board, akira):
    change(board, f"/config/registry/{VICTIM}", lambda record: flip(record, len(record) // 2))
    assert fsck(akira, board) == [("warning", f"/config/registry/{VICTIM}")]
    api, cli = boot(board, akira)
    told = [line for line in board.console if VICTIM in line and "nothing is granted" in line]
    assert len(told) == 1, board.console
    app = api.app(VICTIM)
    assert (app["state"], app["version"], app["capabilities"]) == ("installed", "1.2.3", [])
    assert app["requested"] == ["fs_read", "fs_write"]
    assert VICTIM in cli.run("apps").ok().out
    install_again(api)
    board.switch_off()
    assert fsck(akira, board) == []


def test_a_module_that_is_another_one_does_not_start(board, akira):
    # In the padding: the engine itself would not notice.
    change(board, f"/apps/{VICTIM}.wasm", lambda module: flip(module, len(module) - 100))
    assert fsck(akira, board) == [("warning", f"/apps/{VICTIM}.wasm")]
    api, cli = boot(board, akira)
    reply = api.start(VICTIM)
    assert (reply.status, reply.code) == (422, "start_failed")
    assert "not what was installed" in reply.json["error"]["message"]
    app = api.app(VICTIM)
    assert app["state"] == "failed" and "not what was installed" in app["reason"]
    assert "not what was installed" in cli.run("apps").ok().out
    install_again(api)


def test_a_block_that_is_lost_costs_the_app_that_it_is_of(board, akira):
    erase_block_of(board.flash, board.apps[VICTIM][:300])
    assert fsck(akira, board)[0] == ("warning", f"/apps/{VICTIM}.wasm")
    api, cli = boot(board, akira)
    reply = api.start(VICTIM)
    assert (reply.status, reply.code) == (422, "start_failed")
    assert api.app(VICTIM)["state"] == "failed"
    assert f"{VICTIM} failed" in cli.run("apps").ok().out
    cli.run("uninstall", VICTIM).ok()
    assert set(api.apps()) == {OTHER}
    install_again(api)


@pytest.mark.parametrize("mend", ["install", "uninstall"])
def test_an_app_without_anything_readable_is_listed_and_can_go(board, akira, mend):
    with Stored(board.flash) as stored:
        stored.write(f"/apps/{VICTIM}.wasm", b"\0asm\1\0\0\0" + b"\x7f" * 500)
        stored.write(f"/config/registry/{VICTIM}", b"no record")
    assert ("warning", f"/apps/{VICTIM}.wasm") in fsck(akira, board)
    api, cli = boot(board, akira)
    told = [line for line in board.console if f"app {VICTIM} cannot be used" in line]
    assert len(told) == 1, board.console
    app = api.app(VICTIM)
    assert app["state"] == "failed" and "cannot be used" in app["reason"]
    assert (app["version"], app["capabilities"], app["size"]) == ("0.0.0", [], 508)
    assert f"{VICTIM} failed" in cli.run("apps").ok().out
    for refused in (
        api.start(VICTIM),
        api.put_json("PUT", f"/api/v1/apps/{VICTIM}/grants", {"capabilities": []}),
        api.put_json("PUT", f"/api/v1/apps/{VICTIM}/quota", {"memory_bytes": 65536}),
    ):
        assert (refused.status, refused.code) == (422, "start_failed"), refused
        assert "Install it again, or uninstall it." in refused.json["error"]["message"]
    if mend == "uninstall":
        cli.run("uninstall", VICTIM).ok()
        assert set(api.apps()) == {OTHER}
        board.restart()
        assert set(api.apps()) == {OTHER}
    install_again(api)
    board.restart()
    assert api.app(VICTIM)["version"] == "1.2.3"
    board.switch_off()
    assert fsck(akira, board) == []


def test_a_full_storage_refuses_what_it_cannot_take_and_serves(board, akira, pack):
    with Stored(board.flash) as stored:
        stored.make_folder(f"/data/{VICTIM}")
        filled = stored.fill(f"/data/{VICTIM}", 16_000)
    assert filled > 1_000_000
    assert fsck(akira, board) == []
    api, cli = boot(board, akira)
    assert api.status()["storage"]["free"] < 64 * 1024
    for name, module in (("third", guest.padded(70_000)), (VICTIM, guest.padded(80_000))):
        reply = api.install(name, pack(module, name, version="2.0.0"))
        assert (reply.status, reply.code) == (507, "no_space")
    assert set(api.apps()) == {VICTIM, OTHER}
    assert api.app(VICTIM)["version"] == "1.2.3"
    api.must_start(VICTIM)
    api.wait_state(VICTIM, "stopped")
    cli.run("uninstall", VICTIM).ok()
    assert api.status()["storage"]["free"] > 1_000_000
    install_again(api)
