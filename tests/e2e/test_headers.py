# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Both devices answer alike, header for header.

`RECORDED` says what comes to each request: status, and every header with its value, apart from what
a server says of the connection itself. It is the same table whatever device is under test.
"""

from __future__ import annotations

import re

import pytest

from harness import guest
from harness.api import Reply

# What a server may say about the connection; the rest is the device's answer.
OF_THE_CONNECTION = {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}

ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
JSON = {**ALWAYS, "content-type": "application/json"}
TAG = re.compile(r'"[0-9a-f]{64}-[0-9a-f]+"')
UNAUTHORIZED = {**JSON, "www-authenticate": re.compile(r"Bearer.*")}

# label: method, path, token, headers and body that are sent; status and headers that come.
RECORDED = {
    "status": ("GET", "/api/v1/status", "admin", {}, None, 200, JSON),
    "old-status": ("GET", "/status", "admin", {}, None, 200, JSON),
    "apps": ("GET", "/api/v1/apps", "admin", {}, None, 200, JSON),
    "app": ("GET", "/api/v1/apps/hello", "admin", {}, None, 200, {**JSON, "etag": TAG}),
    "log": ("GET", "/api/v1/apps/hello/log", "admin", {}, None, 200, JSON),
    "metrics": (
        "GET",
        "/api/v1/metrics",
        "admin",
        {},
        None,
        200,
        {
            **ALWAYS,
            "content-type": "application/openmetrics-text; version=1.0.0; charset=utf-8",
        },
    ),
    "picture": (
        "GET", "/api/v1/display", "admin", {}, None, 200, {**ALWAYS, "content-type": "image/png"},
    ),
    "folder": ("GET", "/api/v1/files", "admin", {}, None, 200, JSON),
    "config": ("GET", "/api/v1/config", "admin", {}, None, 200, JSON),
    "audit": ("GET", "/api/v1/audit", "admin", {}, None, 200, JSON),
    "page": (
        "GET",
        "/",
        None,
        {},
        None,
        200,
        {
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "content-type": re.compile(r"text/html; ?charset=utf-8"),
            "content-encoding": "gzip",
            "content-security-policy": re.compile(r"default-src 'none';.*frame-ancestors 'none'.*"),
            "referrer-policy": "no-referrer",
            "etag": re.compile(r'"[^"]+"'),
        },
    ),
    "no-token": ("GET", "/api/v1/status", None, {}, None, 401, UNAUTHORIZED),
    "no-token-no-path": ("GET", "/api/v1/nothing", None, {}, None, 401, UNAUTHORIZED),
    "no-path": ("GET", "/api/v1/nothing", "admin", {}, None, 404, JSON),
    "no-app": ("GET", "/api/v1/apps/nobody", "admin", {}, None, 404, JSON),
    "bad-name": ("PUT", "/api/v1/apps/Bad", "admin", {}, b"x", 400, JSON),
    "bad-module": ("PUT", "/api/v1/apps/other", "admin", {}, b"x", 400, JSON),
    "method": ("DELETE", "/api/v1/apps", "admin", {}, None, 405, {**JSON, "allow": "GET"}),
    "methods": (
        "POST", "/api/v1/apps/hello", "admin", {}, b"", 405, {**JSON, "allow": "GET, PUT, DELETE"},
    ),
    "not-running": ("POST", "/api/v1/apps/hello/stop", "admin", {}, b"", 409, JSON),
    "no-previous": ("POST", "/api/v1/apps/hello/rollback", "admin", {}, b"", 409, JSON),
    "upgrade": (
        "GET", "/api/v1/events", "admin", {}, None, 426, {**JSON, "upgrade": "websocket"},
    ),
    "reboot": ("GET", "/api/v1/reboot", "admin", {}, None, 405, {**JSON, "allow": "POST"}),
    "foreign-page": (
        "GET", "/api/v1/status", "admin", {"Origin": "http://evil.example"}, None, 403, JSON,
    ),
    "ticket": ("POST", "/api/v1/events/ticket", "admin", {}, b"", 201, JSON),
}  # fmt: skip


def headers(reply: Reply) -> dict[str, str]:
    """The device's own headers, each of which may come once."""
    names = [name for name, _ in reply.all_headers]
    assert len(names) == len(set(names)), reply.all_headers
    assert "server" not in names, "what serves is nobody's business"
    return {name: value for name, value in reply.headers.items() if name not in OF_THE_CONNECTION}


def check(reply: Reply, status: int, expected: dict) -> None:
    assert reply.status == status, reply
    found = headers(reply)
    assert set(found) == set(expected), (found, expected)
    for name, value in expected.items():
        if isinstance(value, re.Pattern):
            assert value.fullmatch(found[name]), (name, found[name])
        else:
            assert found[name] == value, (name, found[name])


@pytest.mark.parametrize("label", RECORDED)
def test_recorded_answers(api, pack, label):
    method, path, token, sent, body, status, expected = RECORDED[label]
    api.must_install("hello", pack(guest.hello(), "hello"))
    token = "" if token == "admin" else None
    reply = api.request(method, path, body, token=token, headers=sent)
    check(reply, status, expected)
    if reply.headers.get("content-type") == "application/json":
        assert reply.json is not None


def test_an_install_and_what_did_not_change(api, pack):
    packed = pack(guest.hello(), "hello")
    first = api.install("hello", packed)
    check(first, 201, {**JSON, "etag": TAG} if "etag" in first.headers else JSON)
    tag = api.request("GET", "/api/v1/apps/hello").headers["etag"]
    unchanged = api.request("GET", "/api/v1/apps/hello", headers={"If-None-Match": tag})
    check(unchanged, 304, {**ALWAYS, "etag": tag})
    assert unchanged.body == b""


def test_a_file(api, pack):
    api.must_install("note", pack(guest.hello(), "note"))
    assert api.request("PUT", "/api/v1/files/note/file", b"content").status == 201
    reply = api.request("GET", "/api/v1/files/note/file")
    check(reply, 200, {**ALWAYS, "content-type": "application/octet-stream"})


def test_the_page_is_fetched_once(api):
    page = api.request("GET", "/", token=None)
    again = api.request("GET", "/", token=None, headers={"If-None-Match": page.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert headers(again)["etag"] == page.headers["etag"]
    assert len(page.body) <= 60 * 1024
    assert api.request("GET", "/index.html", token=None).body == page.body


def test_lengths_are_told(api, pack):
    """A client that keeps its connection knows where each answer ends."""
    api.must_install("hello", pack(guest.hello(), "hello"))
    for path in ("/api/v1/status", "/api/v1/apps", "/api/v1/nothing", "/", "/api/v1/display"):
        reply = api.request("GET", path)
        length = reply.headers.get("content-length")
        chunked = reply.headers.get("transfer-encoding") == "chunked"
        assert (length is not None) != chunked, (path, reply.all_headers)
        assert length is None or int(length) == len(reply.body)
