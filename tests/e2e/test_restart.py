# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What survives when the device is switched off, politely or not."""

from __future__ import annotations

import re

import pytest

from harness import guest
from harness.api import Api, RawConnection
from harness.device import TOKEN, DeviceError, OwnDevice
from harness.guest import CREATE, READ, WRITE, Guest


@pytest.mark.parametrize("kill", [False, True], ids=["polite", "power-cut"])
def test_apps_and_the_token_survive(api, own_device, pack, kill):
    for name in ("one", "two"):
        api.must_install(name, pack(guest.hello(name), name, description=f"the app {name}"))
    api.must_start("one")
    api.wait_state("one", "stopped")
    before = api.apps()
    free = api.status()["storage"]["free"]
    own_device.restart(kill=kill)
    after = api.apps()
    for name, app in before.items():
        lasting = {
            key: value
            for key, value in app.items()
            if key not in ("state", "exit_code", "run_ms", "reason", "memory_peak")
        }
        assert lasting.items() <= after[name].items()
        assert after[name]["state"] == "installed"
    assert api.status()["storage"]["free"] == free
    assert not any(TOKEN.search(line) for line in own_device.console), "the token was shown again"
    api.must_start("two")
    api.wait_state("two", "stopped")
    assert api.log_texts("two")[-1] == "two"


@pytest.mark.parametrize("kill", [False, True], ids=["polite", "power-cut"])
def test_files_of_an_app_survive(api, own_device, pack, kill):
    app = Guest("fs_open", "fs_write", "fs_close", "fs_stat")
    path = app.place("count")
    app.show("stat", "fs_stat", *path).show("open", "fs_open", *path, WRITE | CREATE)
    app.show("write", "fs_write", 0, *app.place("1234567")).show("close", "fs_close", 0)
    packed = pack(app.build(), "keeper", capabilities=["fs_read", "fs_write"])
    assert guest.shown(api.run_to_end("keeper", packed))["stat"] == -2
    own_device.restart(kill=kill)
    api.must_start("keeper")
    api.wait_state("keeper", "stopped")
    assert guest.shown(api.log_texts("keeper"))["stat"] == 7


def test_autostart(api, own_device, pack):
    api.must_install("daemon", pack(guest.ticker(), "daemon", autostart=True))
    api.must_install("lazy", pack(guest.ticker(), "lazy"))
    assert api.app("daemon")["autostart"] is True
    own_device.restart()
    assert api.wait_state("daemon", "running")
    assert api.app("lazy")["state"] == "installed"


def test_autostart_of_an_endless_loop_still_boots(api, own_device, pack):
    api.must_install("loop", pack(guest.looper(), "loop", autostart=True))
    own_device.restart(kill=True)
    assert api.app("loop")["state"] == "running"
    assert api.stop("loop").status == 200


def test_power_cut_in_an_upload_leaves_nothing(api, own_device, pack, baseline):
    packed = pack(guest.padded(100_000), "app")
    with RawConnection(own_device) as raw:
        raw.send_head("PUT", "/api/v1/apps/app", f"Content-Length: {len(packed)}")
        raw.send(packed[:70_000])
        own_device.restart(kill=True)
    assert api.apps() == {}
    assert api.free_and_used() == baseline, "the unfinished upload still costs storage"
    api.must_install("app", packed)


def test_power_cut_in_an_update_leaves_the_old_app(api, own_device, pack):
    api.must_install("app", pack(guest.hello("old"), "app"))
    packed = pack(guest.padded(100_000), "app", version="2.0.0")
    with RawConnection(own_device) as raw:
        raw.send_head("PUT", "/api/v1/apps/app", f"Content-Length: {len(packed)}")
        raw.send(packed[:70_000])
        own_device.restart(kill=True)
    assert api.app("app")["version"] == "1.0.0"
    api.must_start("app")
    api.wait_state("app", "stopped")
    assert api.log_texts("app")[-1] == "old"


def test_polite_end_with_running_loops(api, own_device, pack):
    for name in ("loop1", "loop2"):
        api.must_install(name, pack(guest.looper(), name))
        api.must_start(name)
    status = own_device.switch_off()
    assert status == 0, f"SIGTERM ended the device with status {status}"
    own_device.boot()
    assert set(api.apps()) == {"loop1", "loop2"}


def test_ten_restarts_cost_nothing(api, own_device, pack):
    api.must_install("app", pack(guest.hello(), "app"))
    free = api.status()["storage"]["free"]
    for turn in range(10):
        own_device.restart(kill=turn % 2 == 0)
    assert api.status()["storage"]["free"] == free


def test_the_first_boot_shows_a_token_once_and_only_its_hash_is_kept(blank_device):
    device: OwnDevice = blank_device()
    shown = [match[1] for line in device.console if (match := TOKEN.search(line))]
    assert shown == [device.token]
    assert Api(device).status()["apps"]["installed"] == 0
    device.restart()
    assert not any(TOKEN.search(line) for line in device.console)
    assert Api(device).status()["apps"]["installed"] == 0
    device.switch_off()
    assert device.token.encode() not in device.flash.read_bytes(), "the token lies on the flash"


def test_two_devices_have_two_tokens(blank_device):
    first, second = blank_device(), blank_device()
    assert first.token != second.token
    reply = Api(second).request("GET", "/api/v1/status", token=first.token)
    assert (reply.status, reply.code) == (401, "unauthorized")


def test_a_provisioned_token_is_not_shown(blank_device):
    token = "0123456789abcdef0123456789abcdef"
    device: OwnDevice = blank_device(token)
    assert Api(device).status()["apps"]["installed"] == 0
    assert not any(token in line for line in device.console)
    assert any(re.search(r"admin token provisioned", line) for line in device.console)


def test_a_flash_full_of_rubbish_is_left_alone(blank_device):
    """What does not mount may be somebody's data: the device says so, and leaves it as it is."""
    device: OwnDevice = blank_device()
    device.switch_off()
    flash = device.flash.read_bytes()
    size = len(flash) - device.storage_at
    rubbish = flash[: device.storage_at] + bytes((index * 37 + 11) & 0xFF for index in range(size))
    device.flash.write_bytes(rubbish)
    with pytest.raises(DeviceError) as refusal:
        device.boot(seconds=10)
    assert re.search(r"(?i)mount|storage|file ?system", str(refusal.value)), refusal.value
    device.close()
    assert device.flash.read_bytes() == rubbish


def test_reading_a_file_while_the_power_goes(api, own_device, pack):
    app = Guest("fs_open", "fs_read", "fs_write")
    buffer = app.place("x" * 64)
    app.show("open", "fs_open", *app.place("f"), READ | WRITE | CREATE)
    app.run(guest.wasm.forever(app.native("fs_write", 0, *buffer) + guest.wasm.DROP))
    api.must_install("writer", pack(app.build(), "writer", capabilities=["fs_read", "fs_write"]))
    api.must_install("bystander", pack(guest.hello(), "bystander"))
    api.must_start("writer")
    api.wait_state("writer", "running", "stopped", "failed")
    own_device.restart(kill=True)
    assert set(api.apps()) == {"writer", "bystander"}
    api.must_start("bystander")
    assert api.wait_state("bystander", "stopped")["exit_code"] == 0
