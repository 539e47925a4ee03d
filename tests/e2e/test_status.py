# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Status, authentication and the paths of the API."""

from __future__ import annotations

import re

import pytest

from harness import guest, shapes
from harness.api import Api, Reply, wait_for

ROUTES = [
    ("GET", "/api/v1/status"),
    ("GET", "/api/v1/apps"),
    ("PUT", "/api/v1/apps/hello"),
    ("GET", "/api/v1/apps/hello"),
    ("DELETE", "/api/v1/apps/hello"),
    ("POST", "/api/v1/apps/hello/start"),
    ("POST", "/api/v1/apps/hello/stop"),
    ("GET", "/api/v1/apps/hello/log"),
    ("GET", "/api/v1/display"),
    ("GET", "/api/v1/sensors"),
    ("PUT", "/api/v1/sensors/0"),
    ("POST", "/api/v1/input"),
    ("GET", "/api/v1/audit"),
    ("GET", "/api/v1/keys"),
    ("PUT", "/api/v1/keys/alice"),
    ("DELETE", "/api/v1/keys/alice"),
]


def test_status_has_its_shape_and_true_numbers(api, device):
    status = api.status()
    shapes.check(status, shapes.STATUS)
    if device.kind in ("virtual", "native_sim"):
        assert status["device"] == device.kind
    assert re.fullmatch(r"\d+\.\d+\.\d+", status["version"])
    assert re.fullmatch(r"2\.4\.\d+", status["wamr"])
    assert status["abi"] == 1
    assert status["apps"] == {"installed": 0, "running": 0, "max_running": 4}
    assert 0 < status["storage"]["free"] < status["storage"]["total"]
    assert 0 <= status["memory"]["used"] <= status["memory"]["peak"] <= status["memory"]["total"]
    assert api.status()["uptime_ms"] >= status["uptime_ms"]


def test_what_apps_cost_adds_up_to_what_is_used(api, pack):
    for name in ("one", "two", "three"):
        api.must_install(name, pack(guest.sleeper(), name))
        api.must_start(name)
    for name in ("one", "two", "three"):
        wait_for(lambda name=name: api.log_texts(name), lambda lines: "up" in lines, "the app")
    memory = api.status()["memory"]
    apps = api.apps()
    assert all(app["memory_used"] > 0 for app in apps.values())
    assert sum(app["memory_used"] for app in apps.values()) + memory["system"] == memory["used"]


def test_simulated_devices_have_the_same_sizes(api, device):
    if device.kind == "url":
        pytest.skip("a board has its own sizes")
    status = api.status()
    assert status["storage"]["total"] == 2 * 1024 * 1024
    assert status["memory"]["total"] == 1024 * 1024


def test_apps_list_is_sorted_and_has_its_shape(api, pack):
    assert api.request("GET", "/api/v1/apps").json == {"apps": []}
    for name in ("zulu", "alpha", "mike"):
        api.must_install(name, pack(guest.hello(), name))
    reply = api.request("GET", "/api/v1/apps").json
    shapes.check(reply, shapes.APPS)
    assert [app["name"] for app in reply["apps"]] == ["alpha", "mike", "zulu"]


# Wrong tokens are counted by address: those of these tests come from another one.
STRANGER = "127.0.0.66"


def check_unauthorized(reply: Reply) -> None:
    """A wrong token is refused. After some within a minute, whoever sends more is told to wait."""
    if reply.status == 429:
        assert reply.code == "too_many_attempts"
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        return
    assert (reply.status, reply.code) == (401, "unauthorized")
    assert reply.headers.get("www-authenticate", "").startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "token",
    [None, "wrong", "0" * 32, "0" * 31 + "\xe9", "x" * 500],
    ids=["none", "short", "zeros", "latin1", "long"],
)
def test_every_route_wants_the_token(api, pack, method, path, token):
    api.must_install("hello", pack(guest.hello(), "hello"))
    body = pack(guest.hello("other"), "hello") if method == "PUT" else None
    reply = Api(api.device, source=STRANGER).request(method, path, body, token=token)
    check_unauthorized(reply)
    app = api.app("hello")
    assert app["state"] == "installed", "a request without the token changed something"


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {}x", "Bearer {} {}", "Bearer  x {}"],
)
def test_malformed_authorization_is_refused(api, device, value):
    header = value.format(device.token, device.token)
    stranger = Api(device, source=STRANGER)
    sent = {"Authorization": header}
    reply = stranger.request("GET", "/api/v1/status", token=None, headers=sent)
    check_unauthorized(reply)


def test_half_a_token_is_refused(api, device):
    stranger = Api(device, source=STRANGER)
    reply = stranger.request("GET", "/api/v1/status", token=device.token[:16])
    check_unauthorized(reply)


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1",
        "/api/v2/status",
        "/api/v1/nothing",
        "/api/v1/apps/hello/nothing",
        "/api/v1/apps/hello/log/more",
        "/status.html",
        "/apps/hello.wasm",
        "/config/token",
    ],
)
def test_unknown_paths_are_not_found(api, path):
    reply = api.request("GET", path)
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v1/status", {"GET"}),
        ("POST", "/", {"GET"}),
        ("PUT", "/status", {"GET"}),
        ("GET", "/upload", {"POST"}),
        ("GET", "/api/v1/apps/hello/restart", {"POST"}),
        ("GET", "/api/v1/apps/hello/rollback", {"POST"}),
        ("GET", "/api/v1/apps/hello/grants", {"PUT"}),
        ("DELETE", "/api/v1/config", {"GET", "PUT"}),
        ("GET", "/api/v1/tokens/read", {"POST", "DELETE"}),
        ("POST", "/api/v1/files/hello", {"GET", "PUT", "DELETE"}),
        ("DELETE", "/api/v1/apps", {"GET"}),
        ("POST", "/api/v1/apps/hello", {"GET", "PUT", "DELETE"}),
        ("GET", "/api/v1/apps/hello/start", {"POST"}),
        ("GET", "/api/v1/apps/hello/stop", {"POST"}),
        ("DELETE", "/api/v1/apps/hello/log", {"GET"}),
    ],
)
def test_wrong_methods_name_the_right_ones(api, pack, method, path, allowed):
    api.must_install("hello", pack(guest.hello(), "hello"))
    reply = api.request(method, path)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert {name.strip() for name in reply.headers["allow"].split(",")} == allowed
    assert api.app("hello")["state"] == "installed"


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/start"),
        ("POST", "/stop"),
        ("POST", "/rollback"),
        ("GET", "/log"),
    ],
)
def test_an_app_that_is_not_there(api: Api, method, suffix):
    reply = api.request(method, f"/api/v1/apps/nobody{suffix}")
    assert (reply.status, reply.code) == (404, "not_found")
