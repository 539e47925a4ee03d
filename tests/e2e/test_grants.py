# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What an app asks for and what it gets are two things."""

from __future__ import annotations

import pytest

from harness import guest
from harness.api import Api
from harness.cli import Cli
from harness.guest import CREATE, EACCES, WRITE, Guest

BOTH = ["fs_read", "fs_write"]


def writer() -> bytes:
    """Shows what opening a file for writing gives."""
    app = Guest("fs_open")
    app.show("open", "fs_open", *app.place("file.txt"), WRITE | CREATE)
    return app.build()


def opened(api: Api, packed: bytes, query: str = "") -> int:
    reply = api.request("PUT", f"/api/v1/apps/writer{query}", packed)
    assert reply.status in (200, 201), reply
    api.must_start("writer")
    api.wait_state("writer", "stopped", "failed")
    return guest.shown(api.log_texts("writer"))["open"]


def test_an_operator_withholds_a_capability(api, pack):
    packed = pack(writer(), "writer", capabilities=BOTH)
    assert opened(api, packed) >= 0
    assert opened(api, packed, "?deny=fs_write") == EACCES
    app = api.app("writer")
    assert (app["requested"], app["capabilities"]) == (BOTH, ["fs_read"])
    # An update decides anew.
    assert opened(api, packed) >= 0
    assert opened(api, packed, "?deny=fs_read,fs_write") == EACCES
    assert api.app("writer")["capabilities"] == []


@pytest.mark.parametrize("query", ["?deny=root", "?deny=*", "?dney=fs_write", "?deny", "?x=1"])
def test_what_cannot_be_meant_is_refused(api, pack, query):
    packed = pack(writer(), "writer", capabilities=BOTH)
    reply = api.request("PUT", f"/api/v1/apps/writer{query}", packed)
    assert (reply.status, reply.code) == (400, "bad_request")
    assert api.apps() == {}


def test_a_grant_outlives_a_power_cut(api, own_device, pack):
    packed = pack(writer(), "writer", capabilities=BOTH)
    api.request("PUT", "/api/v1/apps/writer?deny=fs_write", packed)
    own_device.restart(kill=True)
    assert api.app("writer")["capabilities"] == ["fs_read"]


def test_the_device_grants_at_most_what_its_owner_chose(blank_device, pack):
    device = blank_device(grant="fs_read,sensor")
    api = Api(device)
    packed = pack(writer(), "writer", capabilities=[*BOTH, "sensor", "rf"])
    assert opened(api, packed) == EACCES
    app = api.app("writer")
    assert app["requested"] == ["sensor", "rf", *BOTH]
    assert app["capabilities"] == ["sensor", "fs_read"]
    device.restart(kill=True)
    assert api.app("writer")["capabilities"] == ["sensor", "fs_read"]


def test_the_command_shows_the_difference_line_by_line(api, cli: Cli, pack, tmp_path):
    file = tmp_path / "writer.wasm"
    file.write_bytes(pack(writer(), "writer", capabilities=BOTH))
    lines = cli.run("install", file, "--deny", "fs_write").ok().out.splitlines()
    said = {line.split()[0]: line.split()[1] for line in lines if line.startswith("  fs_")}
    assert said == {"fs_read": "granted", "fs_write": "denied"}
    assert cli.run("install", file, "--deny", "root").failed().code == 2
