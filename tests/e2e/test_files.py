# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Files of apps over the API: what is stored, what is not, and what no path leads to."""

from __future__ import annotations

import random
import socket

import pytest

from harness import guest
from harness.api import Api, RawConnection, Reply, wait_for
from harness.guest import READ, Guest

FILES = "/api/v1/files"


@pytest.fixture
def files(api, pack):
    """Asks for files, of which app `note` has a folder; they go when it goes."""
    api.must_install("note", pack(guest.hello(), "note"))

    def ask(method: str, path: str = "", body: bytes | None = None) -> Reply:
        return api.request(method, FILES + path, body)

    return ask


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply
    body = reply.json
    assert set(body) == {"path", "entries"}
    for entry in body["entries"]:
        assert set(entry) == {"name", "dir", "size"}
    return [entry["name"] for entry in body["entries"]]


def test_a_file_goes_there_and_back(files):
    content = random.Random(4).randbytes(70_000)
    assert files("PUT", "/note/data.bin", content).status == 201
    assert names(files("GET")) == ["note"]
    [entry] = files("GET", "/note").json["entries"]
    assert entry == {"name": "data.bin", "dir": False, "size": len(content)}
    reply = files("GET", "/note/data.bin")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.body == content
    assert files("PUT", "/note/data.bin", b"shorter").status == 200
    assert files("GET", "/note/data.bin").body == b"shorter"
    assert files("DELETE", "/note/data.bin").status in (200, 204)
    assert files("GET", "/note/data.bin").code == "not_found"
    assert names(files("GET", "/note")) == []


def test_only_installed_apps_have_files(api, files):
    for path in ("/nobody/file", "/nobody", "/file"):
        assert files("PUT", path, b"x").status in (400, 404), path
        assert files("GET", path).code in ("not_found", "bad_path")
    assert files("PUT", "/note/file", b"x").status == 201
    assert api.uninstall("note").status == 200
    assert files("GET", "/note/file").code == "not_found"


def test_a_file_of_no_bytes(files):
    assert files("PUT", "/note/empty", b"").status == 201
    reply = files("GET", "/note/empty")
    assert (reply.status, reply.body) == (200, b"")


def test_an_app_reads_what_the_operator_stored_and_the_other_way_round(api, files, pack):
    reader = Guest("fs_open", "fs_read", "fs_write", "log")
    buffer = reader.reserve(16)
    reader.show("open", "fs_open", *reader.place("in.txt"), READ)
    reader.run(reader.native("fs_read", 0, buffer, 5) + b"\x1a")
    reader.run(reader.native("log", buffer, 5) + b"\x1a")
    packed = pack(reader.build(), "note", capabilities=["fs_read", "fs_write"])
    api.must_install("note", packed)
    assert files("PUT", "/note/in.txt", b"12345").status == 201
    api.must_start("note")
    api.wait_state("note", "stopped", "failed")
    lines = api.log_texts("note")
    assert "open=00000000" in " ".join(lines) and "12345" in lines, lines


HOSTILE = [
    "/..",
    "/../config/token",
    "/../apps/hello.wasm",
    "/note/../../config/token",
    "/note/..%2f..%2fconfig%2ftoken",
    "/%2e%2e/config/token",
    "/%2E%2E%2Fconfig%2Ftoken",
    "/note/%2e%2e/%2e%2e/config/token",
    "/note/%252e%252e/%252e%252e/config/token",
    "//config/token",
    "/note//..//..//config/token",
    "/note/..\\..\\config\\token",
    "/note/a%00b",
    "/note/a%0ab",
    "/note/%",
    "/note/%z1",
    "/note/%c3%28",
    "/note/%ff",
    "/note/" + "n" * 300,
    "/" + "d/" * 200 + "f",
    "/Bad-Name/file",
    "/.hidden/file",
    "/a/b/../../..",
    "/config/token",
    "/apps/hello.wasm",
]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda text: text[:40])
def test_no_path_leads_out(api, device, files, pack, path):
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = api.app("hello")
    audit_free = api.status()["storage"]["free"]
    read = files("GET", path)
    assert read.status in (400, 404), read
    gone = files("DELETE", path)
    assert gone.status in (400, 404, 409), gone
    written = files("PUT", path, b"x" * 40)
    if written.status in (200, 201):
        # A name that looks odd but is one: what was stored is under /data, and comes back.
        assert files("GET", path).body == b"x" * 40
        assert files("DELETE", path).status in (200, 204)
    else:
        assert written.status in (400, 404, 409), written
    assert api.app("hello") == before
    assert api.status()["storage"]["free"] <= audit_free
    assert Api(device).status(), "the token is still the same"


def test_directories_are_no_files(files):
    assert files("PUT", "/note/deep", b"1").status == 201
    assert (files("PUT", "/note", b"1").status, files("PUT", "/note", b"1").code) in (
        (409, "is_directory"),
        (400, "bad_path"),
    )
    # An app's folder is the app's: it goes when the app is uninstalled.
    assert files("DELETE", "/note").code in ("not_empty", "bad_path")
    assert files("GET", "/note/deep/er").status in (400, 404, 409)
    assert files("DELETE", "").status in (400, 405, 409)
    assert files("PUT", "", b"1").status in (400, 405, 409)
    assert files("GET", "/note/deep").body == b"1"


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_cut_upload_changes_nothing(api, device, files, reset):
    old = b"old " * 5000
    assert files("PUT", "/note/file", old).status == 201
    free = api.status()["storage"]["free"]
    rng = random.Random(11)
    for _ in range(12):
        new = rng.randbytes(30_000)
        with RawConnection(device) as raw:
            raw.send_head("PUT", f"{FILES}/note/file", f"Content-Length: {len(new)}")
            raw.send(new[: rng.randrange(len(new))])
            if reset:
                raw.reset()
        reply = files("GET", "/note/file")
        assert reply.body == old
    wait_for(lambda: names(files("GET", "/note")), lambda found: found == ["file"], "no rests")
    wait_for(lambda: api.status()["storage"]["free"], lambda now: now == free, "the storage")


def test_a_power_cut_while_a_file_is_replaced(blank_device, pack):
    device = blank_device()
    api = Api(device)
    old, new = b"old " * 5000, b"new " * 20_000
    path = f"{FILES}/note/file"
    api.must_install("note", pack(guest.hello(), "note"))
    assert api.request("PUT", path, old).status == 201
    rng = random.Random(3)
    for _ in range(3):
        with RawConnection(device) as raw:
            raw.send_head("PUT", path, f"Content-Length: {len(new)}")
            raw.send(new[: rng.randrange(len(new))])
            device.restart(kill=True)
        assert api.request("GET", path).body == old
        assert names(api.request("GET", f"{FILES}/note")) == ["file"]


def test_a_file_larger_than_the_storage_is_refused_and_leaves_nothing(api, device, files):
    free = api.status()["storage"]["free"]
    with RawConnection(device) as raw:
        raw.send_head("PUT", f"{FILES}/note/huge", f"Content-Length: {free * 2}")
        status = raw.read_status()
    assert status in (413, 507), status
    chunk = bytes(4096)
    reply = api.request("PUT", f"{FILES}/note/huge", (chunk for _ in range(free // 4096 + 64)))
    assert (reply.status, reply.code) in ((507, "no_space"), (413, "too_large")), reply
    assert files("GET", "/note/huge").status == 404
    wait_for(lambda: names(files("GET", "/note")), lambda found: found == [], "no rests")


def test_digests_are_checked_at_the_end(files):
    import hashlib

    good = hashlib.sha256(b"content").hexdigest()
    assert files("PUT", f"/note/a?sha256={good}", b"content").status == 201
    reply = files("PUT", f"/note/b?sha256={good}", b"other content")
    assert (reply.status, reply.code) == (400, "digest_mismatch")
    assert files("PUT", "/note/b?sha256=abc", b"content").status == 400
    assert names(files("GET", "/note")) == ["a"]


def test_a_reader_that_hangs_up_costs_nothing(api, device, files):
    content = random.Random(5).randbytes(200_000)
    assert files("PUT", "/note/large", content).status == 201
    used = api.status()["memory"]["used"]
    for _ in range(20):
        with RawConnection(device) as raw:
            raw.send_head("GET", f"{FILES}/note/large")
            assert raw.read_status() == 200
            raw.reset()
    wait_for(lambda: api.status()["memory"]["used"], lambda now: now == used, "the memory")
    assert files("GET", "/note/large").body == content


def test_a_file_is_not_read_into_memory(api, device, files):
    """Reading a file of 500 KB costs no more memory than one of 5 KB."""
    peaks = []
    for size in (5_000, 500_000):
        assert files("PUT", "/note/sized", bytes(size)).status in (200, 201)
        with socket.create_connection((device.host, device.port)) as slow:
            head = f"GET {FILES}/note/sized HTTP/1.1\r\nHost: x\r\n"
            slow.sendall(f"{head}Authorization: Bearer {device.token}\r\n\r\n".encode())
            assert slow.recv(100).startswith(b"HTTP/1.1 200")
            peaks.append(api.status()["memory"]["used"])
    assert abs(peaks[1] - peaks[0]) <= 65_536, peaks
