# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Who may do what: both tokens on every operation of docs/openapi.yaml, new and wrong tokens."""

from __future__ import annotations

import pytest

from harness import guest, openapi
from harness.api import Api, Reply, wait_for
from harness.device import TOKEN
from harness.openapi import Operation

pytestmark = pytest.mark.no_device

OPERATIONS = openapi.operations()
FREE = 5
STRANGER = "127.0.0.77"


def ask(api: Api, operation: Operation, **more) -> Reply:
    """The operation, with a body that is none where one is wanted."""
    body = b"{}" if operation.method in ("PUT", "POST") else None
    return api.request(operation.method, operation.path, body, **more)


def new_token(api: Api, kind: str) -> str:
    reply = api.request("POST", f"/api/v1/tokens/{kind}")
    assert reply.status == 201, reply
    assert set(reply.json) == {"token"}
    token = reply.json["token"]
    assert len(token) == 32 and set(token) <= set("0123456789abcdef"), token
    return token


def state(api: Api) -> tuple:
    """What a request that may not do anything must not change."""
    keys = api.request("GET", "/api/v1/keys").json["keys"]
    config = api.request("GET", "/api/v1/config").json
    sensors = api.request("GET", "/api/v1/sensors").json
    storage = api.status()["storage"]
    return api.app("hello"), keys, config, sensors, storage


def test_every_operation_says_who_may_use_it():
    assert {operation.access for operation in OPERATIONS} == {"none", "read", "admin"}
    for operation in OPERATIONS:
        changes = operation.method != "GET" and not operation.template.endswith("/events/ticket")
        assert not changes or operation.access == "admin", operation


def test_nobody_without_a_token_does_anything(blank_device, pack):
    api = Api(blank_device())
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = state(api)
    for operation in OPERATIONS:
        reply = ask(api, operation, token=None)
        if operation.access == "none":
            assert reply.status in (200, 404), (operation, reply)
        else:
            assert (reply.status, reply.code) == (401, "unauthorized"), (operation, reply)
            assert reply.headers["www-authenticate"].startswith("Bearer"), operation
    assert state(api) == before


def test_a_wrong_token_is_not_looked_at_twice(blank_device, pack):
    """Each operation, each time from another address, so that none has to wait."""
    api = Api(blank_device())
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = state(api)
    for number, operation in enumerate(OPERATIONS):
        if operation.access == "none":
            continue
        reply = ask(Api(api.device, token="0" * 32, source=f"127.0.2.{number + 1}"), operation)
        # Beyond sixteen addresses, strangers are counted together.
        assert (reply.status, reply.code) in ((401, "unauthorized"), (429, "too_many_attempts"))
    assert state(api) == before


def test_the_read_token_reads_and_does_nothing_else(blank_device, pack):
    api = Api(blank_device())
    api.must_install("hello", pack(guest.hello(), "hello"))
    reader = Api(api.device, token=new_token(api, "read"))
    before = state(api)
    for operation in OPERATIONS:
        reply = ask(reader, operation)
        if operation.access == "admin":
            assert (reply.status, reply.code) == (403, "forbidden"), (operation, reply)
        else:
            assert reply.status not in (401, 403, 405, 429, 500), (operation, reply)
    assert state(api) == before
    # A right token without the right is no wrong one.
    assert reader.status() and api.status()


def test_the_admin_token_may_do_everything(blank_device, pack):
    api = Api(blank_device())
    api.must_install("hello", pack(guest.hello(), "hello"))
    for operation in OPERATIONS:
        if operation.template.endswith(("/tokens/admin", "/reboot")):
            continue  # ends the token, see below; ends the device
        reply = ask(api, operation)
        assert reply.status not in (401, 403, 405, 429, 500), (operation, reply)


def test_a_new_admin_token_ends_the_old_one_for_good(blank_device):
    device = blank_device()
    old = Api(device, token=device.token)
    new = Api(device, token=new_token(old, "admin"), source="127.0.0.3")
    assert new.token != device.token
    assert old.request("GET", "/api/v1/status").code == "unauthorized"
    assert new.status()
    device.token = new.token
    device.restart()
    assert new.status()
    assert old.request("GET", "/api/v1/status").code == "unauthorized"
    assert not any(new.token in line or old.token in line for line in device.console[1:])


def test_a_read_token_is_made_replaced_kept_and_ended(blank_device):
    device = blank_device()
    api = Api(device)

    def is_there() -> bool:
        return api.request("GET", "/api/v1/config").json["read_token"]

    assert not is_there()
    first = Api(device, token=new_token(api, "read"))
    assert is_there() and first.status()
    second = Api(device, token=new_token(api, "read"), source="127.0.0.3")
    assert second.status()
    assert first.request("GET", "/api/v1/status").code == "unauthorized"
    device.restart()
    assert second.status()
    assert api.request("DELETE", "/api/v1/tokens/read").status in (200, 204)
    assert not is_there()
    assert second.request("GET", "/api/v1/status").code == "unauthorized"
    assert api.request("DELETE", "/api/v1/tokens/read").status in (200, 204, 404)


def test_the_first_boot_makes_a_token_of_its_own(blank_device):
    one, other = blank_device(), blank_device()
    assert one.token != other.token
    shown = [line for line in one.console if TOKEN.search(line)]
    assert len(shown) == 1
    one.restart()
    assert not any(one.token in line for line in one.console), "shown again"
    assert Api(one).status()
    for default in ("", "admin", "password", "akira", "0" * 32, "f" * 32):
        reply = Api(one, token=default or " ", source=STRANGER).request("GET", "/api/v1/status")
        assert reply.status in (401, 429), default


def test_a_given_token_is_not_shown(blank_device):
    token = "a-token-that-was-given-0123456789"
    device = blank_device(token)
    assert Api(device).status()
    assert not any(token in line for line in device.console)


def test_whoever_guesses_waits_and_nobody_else(blank_device):
    api = Api(blank_device())
    guesser = Api(api.device, source=STRANGER)

    def wrong() -> Reply:
        return guesser.request("GET", "/api/v1/status", token="wrong")

    assert [wrong().status for _ in range(FREE)] == [401] * FREE
    refused = wait_for(wrong, lambda reply: reply.status == 429, "the wait to begin")
    assert refused.code == "too_many_attempts"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # In that time the right one is not looked at either: the answer would tell that it is right.
    assert guesser.request("GET", "/api/v1/status").status == 429
    # Without any there is nothing to look at.
    assert guesser.request("GET", "/api/v1/status", token=None).status == 401
    # Others are not kept waiting.
    assert api.status()
    assert Api(api.device, source="127.0.0.78").status()
    # One admission and all is forgotten.
    wait_for(
        lambda: guesser.request("GET", "/api/v1/status"),
        lambda reply: reply.status == 200,
        "the wait to end",
    )
    assert [wrong().status for _ in range(FREE)] == [401] * FREE


def test_each_further_guess_costs_more_time(blank_device):
    guesser = Api(blank_device(), source=STRANGER)
    waits = []
    while len(waits) < 3:
        reply = guesser.request("GET", "/api/v1/status", token="wrong")
        if reply.status == 401:
            again = guesser.request("GET", "/api/v1/status", token="wrong")
            if again.status == 429:
                waits.append(int(again.headers["retry-after"]))
                wait_for(
                    lambda: guesser.request("GET", "/api/v1/status", token="wrong").status,
                    lambda status: status == 401,
                    "the wait to end",
                )
    assert waits == sorted(waits) and waits[-1] > waits[0], waits


def test_many_addresses_get_no_more_tries_than_some(blank_device):
    """Guessing from ever new addresses is slowed down too, and costs bounded memory."""
    api = Api(blank_device())
    assert api.status()
    looked_at = 0
    for number in range(200):
        guesser = Api(api.device, source=f"127.1.{number // 250}.{number % 250 + 1}")
        looked_at += guesser.request("GET", "/api/v1/status", token="wrong").status == 401
    assert looked_at <= 40, looked_at
    assert api.status(), "who was admitted lately has a place"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1", "*", "x" * 4000],
    ids=lambda text: text[:24],
)
def test_foreign_pages_may_do_nothing(blank_device, origin):
    api = Api(blank_device())
    headers = {"Origin": origin}
    for method, path in (
        ("GET", "/api/v1/status"),
        ("POST", "/api/v1/tokens/admin"),
        ("POST", "/api/v1/input"),
        ("GET", "/api/v1/events"),
    ):
        reply = api.request(method, path, b"{}" if method == "POST" else None, headers=headers)
        # One that is longer than any is refused as such.
        too_long = len(origin) > 1000 and reply.status == 400
        assert too_long or (reply.status, reply.code) == (403, "forbidden_origin"), (path, reply)
        assert "access-control-allow-origin" not in reply.headers
    assert api.status(), "the token is still the same"


def test_the_devices_own_page_may(blank_device):
    api = Api(blank_device())
    own = {"Origin": f"http://127.0.0.1:{api.device.port}"}
    assert api.request("GET", "/api/v1/status", headers=own).status == 200
    # By whatever name the browser reached it.
    named = {"Host": "device.local:8080", "Origin": "http://device.local:8080"}
    assert api.request("GET", "/api/v1/status", headers=named).status == 200
    other = {"Host": "device.local:8080", "Origin": "http://device.local:8081"}
    assert api.request("GET", "/api/v1/status", headers=other).code == "forbidden_origin"


def test_pages_that_the_operator_names_may(blank_device):
    api = Api(blank_device())
    page = "https://console.example:8443"
    config = {"name": "lab-1", "allowed_origins": [page]}
    assert api.put_json("PUT", "/api/v1/config", config).status == 200
    reply = api.request("GET", "/api/v1/status", headers={"Origin": page})
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == page
    assert "origin" in reply.headers["vary"].lower()
    assert "access-control-allow-credentials" not in reply.headers
    preflight = api.request(
        "OPTIONS",
        "/api/v1/apps/hello",
        token=None,
        headers={
            "Origin": page,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert preflight.status == 204, preflight
    assert preflight.headers["access-control-allow-origin"] == page
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    other = api.request("GET", "/api/v1/status", headers={"Origin": "https://console.example"})
    assert other.code == "forbidden_origin"
