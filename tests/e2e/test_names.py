# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""App names and paths from outside that try to be something else."""

from __future__ import annotations

import pytest

from harness import guest
from harness.api import RawConnection

BAD = {
    "parent": "../x",
    "deep": "../../config/token",
    "absolute": "/etc/passwd",
    "dot": ".",
    "dots": "..",
    "upper": "Hello",
    "dash-first": "-hello",
    "space": "a%20b",
    "200-characters": "x" * 200,
    "32-characters": "x" * 32,
    "non-ascii": "caf%C3%A9",
    "percent-traversal": "%2e%2e%2fx",
    "percent-slash": "a%2fb",
    "double-percent": "%252e%252e%252fx",
    "percent-nul": "hello%00",
    "percent-newline": "hello%0d%0aX:%20y",
    "bad-percent": "hello%zz",
    "half-percent": "hello%2",
    "overlong-utf8": "%c0%ae%c0%ae",
    "not-utf8": "%ff%fe",
    "backslash": "..%5cx",
    "html": "%3Cscript%3E",
    "dot-name": "a.b",
    "tmp": "hello.tmp",
    "the-devices-own": "akira",
}


@pytest.mark.parametrize("name", BAD.values(), ids=BAD.keys())
def test_bad_names_are_refused_by_every_route(api, pack, name):
    packed = pack(guest.hello(), "hello")
    api.must_install("hello", packed)
    before = api.app("hello")
    for method, suffix, body in (
        ("PUT", "", packed),
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/start", None),
        ("POST", "/stop", None),
        ("GET", "/log", None),
    ):
        reply = api.request(method, f"/api/v1/apps/{name}{suffix}", body)
        assert reply.status in (400, 404, 405), (method, name, reply)
        if reply.status == 400:
            assert reply.code in {"bad_name", "bad_request"}, (method, name, reply)
        assert "<script" not in reply.body.decode(errors="replace")
    assert api.request("GET", "/api/v1/apps").json["apps"] == [before]


def test_a_plainly_bad_name_says_so(api, pack):
    for name in ("Hello", "x" * 200, "caf%C3%A9", "a.b"):
        reply = api.install(name, pack(guest.hello(), "hello"))
        assert (reply.status, reply.code) == (400, "bad_name"), (name, reply)
    assert api.apps() == {}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/apps/",
        "/api/v1/apps//",
        "/api/v1/apps//start",
        "//api/v1/apps/hello/../hello",
        "/api/v1/apps/./hello",
    ],
)
def test_empty_names_and_dot_segments(api, pack, path):
    packed = pack(guest.hello(), "hello")
    for method, body in (("PUT", packed), ("DELETE", None), ("POST", None), ("GET", None)):
        reply = api.request(method, path, body)
        assert reply.status in (400, 404, 405), (method, path, reply)
    assert api.apps() == {}


def test_raw_non_ascii_bytes_in_the_path(api, device):
    for path in ("/api/v1/apps/caf\xe9", "/api/v1/apps/\xff\xfe", "/api/v1/apps/\x80"):
        with RawConnection(device) as raw:
            line = (
                b"GET " + path.encode("latin-1") + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            )
            raw.send(line + device.token.encode() + b"\r\nConnection: close\r\n\r\n")
            assert raw.read_status() in (0, 400, 404)
    assert api.apps() == {}


def test_the_command_line_refuses_bad_names_too(api, cli, pack, tmp_path):
    file = tmp_path / "hello.wasm"
    file.write_bytes(pack(guest.hello(), "hello"))
    for name in ("../x", "", "x" * 200, "caf\u00e9", "a/b", "a b", "%2e%2e", "Hello"):
        for command in ("start", "stop", "uninstall", "logs"):
            outcome = cli.run(command, name).failed()
            assert len(outcome.err.strip()) < 600, "an error, not a wall of text"
    assert api.apps() == {}
