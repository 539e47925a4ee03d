# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What an operator sets: grants, quotas and the device's configuration; apps that are sent once."""

from __future__ import annotations

import hashlib

import pytest

from harness import guest
from harness.api import Api, RawConnection, Reply
from harness.guest import READ, Guest

APP = "/api/v1/apps/hello"


def grants(api: Api, *names: str) -> Reply:
    return api.put_json("PUT", f"{APP}/grants", {"capabilities": list(names)})


def quota(api: Api, size: int | None) -> Reply:
    return api.put_json("PUT", f"{APP}/quota", {"memory_bytes": size})


def opener() -> bytes:
    """Tells what opening a file gives."""
    app = Guest("fs_open")
    return app.show("open", "fs_open", *app.place("file"), READ).build()


def test_grants_are_set_and_what_is_taken_is_denied(api, pack):
    api.must_install("hello", pack(opener(), "hello", capabilities=["fs_read", "sensor"]))
    reply = grants(api, "sensor")
    assert reply.status == 200, reply
    assert (reply.json["capabilities"], reply.json["requested"]) == (
        ["sensor"],
        ["sensor", "fs_read"],
    )
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert guest.shown(api.log_texts("hello"))["open"] == guest.EACCES
    assert grants(api, "sensor", "fs_read").json["capabilities"] == ["sensor", "fs_read"]
    assert grants(api).json["capabilities"] == []


def test_nothing_is_granted_that_the_manifest_does_not_ask_for(api, pack):
    api.must_install("hello", pack(opener(), "hello", capabilities=["fs_read"]))
    before = api.app("hello")
    for names in (["fs_write"], ["fs_read", "network_client"], ["*"], ["root"], [""]):
        reply = grants(api, *names)
        assert reply.status == 400, (names, reply)
    assert api.app("hello") == before


def test_grants_and_quotas_outlive_a_restart_and_an_update(blank_device, pack):
    device = blank_device()
    api = Api(device)
    packed = pack(opener(), "hello", capabilities=["fs_read", "sensor"], memory_quota=131_072)
    api.must_install("hello", packed)
    assert grants(api, "sensor").status == 200
    assert quota(api, 200_000).json["memory_quota"] == 200_000
    device.restart()
    app = api.app("hello")
    assert (app["capabilities"], app["memory_quota"]) == (["sensor"], 200_000)
    newer = pack(
        opener(), "hello", version="1.1.0", capabilities=["fs_read", "sensor"], memory_quota=65_536
    )
    assert api.install("hello", newer).json["memory_quota"] == 200_000
    assert quota(api, None).json["memory_quota"] == 65_536
    device.restart()
    assert api.app("hello")["memory_quota"] == 65_536


def test_neither_is_changed_while_the_app_runs(api, pack):
    api.must_install("hello", pack(guest.sleeper(), "hello", capabilities=["fs_read"]))
    api.must_start("hello")
    assert (grants(api).status, grants(api).code) == (409, "running")
    assert (quota(api, 200_000).status, quota(api, 200_000).code) == (409, "running")
    assert api.app("hello")["capabilities"] == ["fs_read"]


def test_a_quota_holds(api, pack):
    app = Guest(pages=(1, None))
    app.run(app.value_code("grown", b"\x41\x01\x40\x00"))  # one more page
    api.must_install("hello", pack(app.build(), "hello", memory_quota=400_000))
    assert quota(api, 100_000).status == 200
    api.must_start("hello")
    api.wait_state("hello", "stopped", "failed")
    assert guest.shown(api.log_texts("hello"))["grown"] == -1
    assert quota(api, None).status == 200
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert guest.shown(api.log_texts("hello"))["grown"] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b'{"memory_bytes": -1}',
        b'{"memory_bytes": 1}',
        b'{"memory_bytes": 1.5}',
        b'{"memory_bytes": "many"}',
        b'{"memory_bytes": 1e99}',
        b'{"memory_bytes": 18446744073709551616}',
        b'{"memory_bytes": 65536, "more": 1}',
        b'{"capabilities": "fs_read"}',
        b'{"capabilities": [1]}',
        b'{"capabilities": [], "capabilities": ["fs_read"]}',
        b'{"capabilities": [' + b'"fs_read",' * 2000 + b'"fs_read"]}',
        b"[" * 4000,
        b"\xff\xfe",
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_bodies_that_are_none(api, pack, body):
    api.must_install("hello", pack(opener(), "hello", capabilities=["fs_read"]))
    before = api.app("hello")
    for what in ("grants", "quota"):
        reply = api.request("PUT", f"{APP}/{what}", body)
        assert reply.status in (400, 413), reply
    assert api.app("hello") == before


def test_restart(api, pack):
    api.must_install("hello", pack(guest.sleeper(), "hello"))
    reply = api.request("POST", f"{APP}/restart")
    assert (reply.status, reply.json["state"]) == (200, "running")
    api.wait_log("hello", "up")
    reply = api.request("POST", f"{APP}/restart")
    assert (reply.status, reply.json["state"]) == (200, "running")
    api.must_install("loop", pack(guest.looper(), "loop"))
    api.must_start("loop")
    assert api.request("POST", "/api/v1/apps/loop/restart").json["state"] == "running"
    assert api.request("POST", "/api/v1/apps/nobody/restart").code == "not_found"


def test_an_unchanged_app_is_not_read_again(api, pack):
    api.must_install("hello", pack(guest.hello(), "hello"))
    reply = api.request("GET", APP)
    tag = reply.headers["etag"]
    assert tag.startswith('"') and tag.endswith('"') and reply.json["sha256"] in tag
    again = api.request("GET", APP, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    for other in (f'"other", {tag}', f"W/{tag}", "*"):
        assert api.request("GET", APP, headers={"If-None-Match": other}).status == 304, other
    for other in ('"other"', tag.strip('"'), ""):
        assert api.request("GET", APP, headers={"If-None-Match": other}).status == 200, other
    # Longer than any: not looked at, or refused.
    long = {"If-None-Match": f'"{"x" * 3000}"'}
    assert api.request("GET", APP, headers=long).status in (200, 400)
    api.must_install("hello", pack(guest.hello("new"), "hello", version="1.0.1"))
    changed = api.request("GET", APP, headers={"If-None-Match": tag})
    assert changed.status == 200 and changed.headers["etag"] != tag
    tag = changed.headers["etag"]
    assert quota(api, 200_000).status == 200
    assert api.request("GET", APP, headers={"If-None-Match": tag}).status == 200


def test_an_unchanged_app_is_not_sent_again(api, device, pack):
    packed = pack(guest.padded(100_000), "hello")
    reply = api.install("hello", packed)
    module = f'"{hashlib.sha256(packed).hexdigest()}"'
    assert reply.json["sha256"] == module.strip('"')
    before = api.app("hello")
    with RawConnection(device) as raw:
        raw.send_head("PUT", APP, f"Content-Length: {len(packed)}", f"If-None-Match: {module}")
        # Not a byte of the body was sent.
        assert raw.read_status() == 412
    assert api.app("hello") == before
    refused = api.request("PUT", APP, packed, headers={"If-None-Match": module})
    assert (refused.status, refused.code) == (412, "unchanged")
    other = {"If-None-Match": f'"{"0" * 64}"'}
    assert api.request("PUT", APP, packed, headers=other).status == 200


def test_a_digest_that_is_announced_is_checked(api, pack):
    packed = pack(guest.hello(), "hello")
    digest = hashlib.sha256(packed).hexdigest()
    reply = api.request("PUT", f"{APP}?sha256={'0' * 64}", packed)
    assert (reply.status, reply.code) == (400, "digest_mismatch")
    assert api.apps() == {}
    for bad in ("0", "", "x" * 64, digest[:-1], digest + "00"):
        assert api.request("PUT", f"{APP}?sha256={bad}", packed).status == 400, bad
    assert api.request("PUT", f"{APP}?sha256={digest}", packed).status == 201
    assert api.request("PUT", f"{APP}?sha256={digest.upper()}", packed).status in (200, 400)


def test_the_configuration_is_kept(blank_device):
    device = blank_device()
    api = Api(device)
    before = api.request("GET", "/api/v1/config").json
    assert set(before) == {"name", "allowed_origins", "read_token", "tls"}
    assert set(before["tls"]) == {"enabled", "certificate_sha256"}
    new = {"name": "lab-7", "allowed_origins": ["https://a.example", "http://b.example:81"]}
    assert api.put_json("PUT", "/api/v1/config", new).status == 200
    device.restart()
    after = api.request("GET", "/api/v1/config").json
    assert (after["name"], after["allowed_origins"]) == (new["name"], new["allowed_origins"])
    assert api.status()["name"] == "lab-7"


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "Upper"},
        {"name": "with space"},
        {"name": "n" * 32},
        {"name": "dot.dot"},
        {"name": 5},
        {"allowed_origins": ["*"]},
        {"allowed_origins": ["null"]},
        {"allowed_origins": ["https://a.example/path"]},
        {"allowed_origins": ["https://a.example\r\nX: y"]},
        {"allowed_origins": [f"https://{n}.example" for n in range(5)]},
        {"allowed_origins": ["https://" + "a" * 300]},
        {"read_token": True},
        {"tls": {"enabled": True}},
    ],
    ids=str,
)
def test_a_configuration_that_is_none(api, bad):
    before = api.request("GET", "/api/v1/config").json
    good = {"name": before["name"], "allowed_origins": before["allowed_origins"]}
    reply = api.put_json("PUT", "/api/v1/config", {**good, **bad})
    assert reply.status == 400 and reply.code in ("bad_config", "bad_request"), reply
    assert api.request("GET", "/api/v1/config").json == before


@pytest.mark.parametrize(
    "pem",
    [b"", b"no pem", b"-----BEGIN CERTIFICATE-----\n", b"x" * 9000],
    ids=["empty", "text", "begun", "long"],
)
def test_a_certificate_that_is_none(api, pem):
    before = api.request("GET", "/api/v1/config").json
    reply = api.request("PUT", "/api/v1/config/tls", pem)
    assert reply.status in (400, 413), reply
    assert api.request("GET", "/api/v1/config").json == before
