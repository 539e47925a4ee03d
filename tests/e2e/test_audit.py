# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The audit log: what gets into it, how it is bounded, and what outlives a power cut."""

from __future__ import annotations

import json
import time

import pytest

from harness import guest
from harness.api import Api, wait_for
from harness.cli import Cli
from harness.guest import READ, Guest

pytestmark = pytest.mark.no_device

FIELDS = {"seq", "boot", "t_ms", "kind", "app", "count", "text"}


def audit(api: Api, since: int = 0) -> list[dict]:
    reply = api.request("GET", f"/api/v1/audit?since={since}")
    assert reply.status == 200, reply
    body = reply.json
    assert set(body) == {"records", "next", "dropped"}
    assert all(set(record) == FIELDS for record in body["records"])
    assert [r["seq"] for r in body["records"]] == sorted(r["seq"] for r in body["records"])
    return body["records"]


def of_kind(api: Api, kind: str) -> list[dict]:
    return [record for record in audit(api) if record["kind"] == kind]


def nosy(times: int) -> bytes:
    """Opens a file, which it may not, so many times."""
    app = Guest("fs_open")
    path = app.place("file.txt")
    for number in range(times):
        app.show(f"open{number}", "fs_open", *path, READ)
    return app.build()


def test_denied_calls_are_counted(blank_device, pack):
    api = Api(blank_device())
    api.run_to_end("nosy", pack(nosy(20), "nosy"))
    [record] = of_kind(api, "denied")
    assert (record["app"], record["count"]) == ("nosy", 20)
    assert "fs_open" in record["text"] and "fs_read" in record["text"]


def test_kills_refusals_logins_and_keys(blank_device, pack):
    api = Api(blank_device())
    api.must_install("loop", pack(guest.looper(), "loop", exec_timeout_ms=200))
    api.must_start("loop")
    api.wait_state("loop", "failed")
    [killed] = of_kind(api, "killed")
    assert killed["app"] == "loop" and "watchdog" in killed["text"]

    assert api.install("junk", b"no module").status == 400
    assert api.install("other", pack(guest.hello(), "hello")).code == "name_mismatch"
    assert [record["app"] for record in of_kind(api, "refused")] == ["junk", "other"]

    for _ in range(3):
        assert api.request("GET", "/api/v1/status", token="wrong").status == 401
    assert api.request("GET", "/api/v1/status", token=None).status == 401
    [login] = of_kind(api, "login")
    assert (login["app"], login["count"]) == (None, 3)

    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    reply = api.request("PUT", "/api/v1/keys/rfc", json.dumps({"public_key": key}).encode())
    assert reply.status == 201
    assert api.request("DELETE", "/api/v1/keys/rfc").status == 200
    assert [record["text"].split()[-1] for record in of_kind(api, "keys")] == ["trusted"] * 2


def test_records_outlive_a_power_cut(blank_device, pack):
    device = blank_device()
    api = Api(device)
    api.run_to_end("nosy", pack(nosy(3), "nosy"))
    before = audit(api)
    assert [record["boot"] for record in before] == [before[0]["boot"]] * len(before)

    def cut():
        device.restart(kill=True)
        api.run_to_end("nosy", pack(nosy(3), "nosy"))
        return audit(api)

    # They are written within seconds, and a power cut before that loses them.
    wait_for(lambda: None, _after(3), "the log to be written")
    after = cut()
    assert after[: len(before)] == before
    assert after[-1]["boot"] > before[-1]["boot"]
    assert after[-1]["seq"] > before[-1]["seq"]


def _after(seconds: float):
    until = time.monotonic() + seconds
    return lambda _: time.monotonic() >= until


def test_the_log_takes_no_more_storage_as_it_grows(blank_device, pack):
    device = blank_device()
    api = Api(device)
    free = api.status()["storage"]["free"]
    for number in range(60):
        assert api.install(f"junk{number}", b"no module").status == 400
    records = audit(api)
    assert 20 <= len(records) <= 60
    body = api.request("GET", "/api/v1/audit").json
    assert body["dropped"] == body["next"] - len(records)
    if device.kind == "virtual":
        device.restart()
        assert audit(api)[-1] == records[-1], "an orderly end writes what there is"
    else:
        wait_for(lambda: None, _after(3), "the log to be written")
        device.restart(kill=True)
        kept = audit(api)
        assert kept and all(record in records for record in kept)
    assert api.status()["storage"]["free"] == free


def test_the_command(blank_device, akira, pack):
    device = blank_device()
    api = Api(device)
    api.run_to_end("nosy", pack(nosy(2), "nosy"))
    cli = Cli(akira, device)
    text = cli.run("audit").ok().out
    assert "nosy" in text and "fs_open needs fs_read" in text and "2 times" in text
    lines = cli.run("audit", "--json").ok().out.splitlines()
    assert [json.loads(line) for line in lines] == audit(api)
