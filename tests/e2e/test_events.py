# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The event stream over a WebSocket: what it tells, to whom, and what slow readers cost."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harness import events, guest, shapes
from harness.api import Api, RawConnection, wait_for
from harness.device import OwnDevice

STREAMS = 4
# A wrong ticket counts as a wrong token, of whoever has that address.
STRANGER = "127.0.0.67"


def ticket(api: Api) -> str:
    reply = api.request("POST", "/api/v1/events/ticket")
    assert reply.status in (200, 201), reply
    assert set(reply.json) == {"ticket", "expires_in_s"}
    assert len(reply.json["ticket"]) == 32 and reply.json["expires_in_s"] <= 60
    return reply.json["ticket"]


def all_open(device) -> bool:
    """Whether all places are free."""
    with contextlib.ExitStack() as open_ones:
        try:
            for _ in range(STREAMS):
                open_ones.enter_context(events.stream(device)).next()
        except (InvalidStatus, OSError, TimeoutError):
            return False
    return True


def test_an_apps_whole_life(api, device, pack):
    with events.stream(device) as stream:
        hello = stream.next()
        assert hello["type"] == "hello"
        assert set(hello) == {"type", "device", "name", "time_ms"}
        if isinstance(device, OwnDevice):
            assert hello["device"] == device.kind
        api.must_install("hello", pack(guest.ticker(), "hello"))
        installed = stream.until_type("app")["app"]
        shapes.check(installed, shapes.APP)
        assert installed["state"] == "installed"
        api.must_start("hello")
        stream.until(lambda m: m["type"] == "app" and m["app"]["state"] == "running")
        line = stream.until_type("log")
        assert {"app", "level", "text"} <= set(line)
        assert (line["app"], line["level"], line["text"]) == ("hello", "info", "tick")
        api.stop("hello")
        stream.until(lambda m: m["type"] == "app" and m["app"]["state"] == "stopped")
        api.uninstall("hello")
        assert stream.until_type("removed")["app"] == "hello"


def test_the_status_comes_each_second(device):
    with events.stream(device, "?types=status") as stream:
        found = [m for m in stream.for_seconds(4.5) if m["type"] == "status"]
    assert 3 <= len(found) <= 6, len(found)
    times = [message["status"]["uptime_ms"] for message in found]
    assert times == sorted(times)


def test_it_begins_with_what_there_is(api, device, pack):
    for name in ("one", "two"):
        api.must_install(name, pack(guest.hello(f"from {name}"), name))
        api.must_start(name)
        api.wait_state(name, "stopped")
    with events.stream(device) as stream:
        stream.for_seconds(1.5)
        apps = {m["app"]["name"] for m in stream.messages if m["type"] == "app"}
        texts = {m["text"] for m in stream.messages if m["type"] == "log"}
    assert apps == {"one", "two"} and texts == {"from one", "from two"}


def test_no_line_is_lost_or_told_twice(api, device, pack):
    app = guest.Guest("sleep_ms")
    for number in range(40):
        app.log(f"line {number}").run(app.native("sleep_ms", 20))
    api.must_install("lines", pack(app.build(), "lines"))
    with events.stream(device, "?types=log,app&app=lines") as stream:
        stream.next()
        api.must_start("lines")
        stream.until(lambda m: m["type"] == "app" and m["app"]["state"] == "stopped", 30)
        found = [m["text"] for m in stream.messages if m["type"] == "log"]
        found += [m["text"] for m in stream.for_seconds(0.5) if m["type"] == "log"]
    assert found == [f"line {number}" for number in range(40)]


def test_filters(api, device, pack):
    for name in ("loud", "other"):
        api.must_install(name, pack(guest.ticker(), name))
        api.must_start(name)
    with events.stream(device, "?types=log&app=loud") as stream:
        found = stream.for_seconds(1.5)
    assert {m["type"] for m in found} <= {"hello", "log", "lost"}
    assert {m["app"] for m in found if m["type"] == "log"} == {"loud"}


@pytest.mark.parametrize("query", ["?types=nothing", "?types=log,nothing", "?app=Bad", "?app="])
def test_filters_that_are_none(device, query):
    assert events.refused(device, query).status == 400


def test_transfers_tell_their_progress(api, device, pack):
    packed = pack(guest.padded(300_000), "large")
    with events.stream(device, "?types=transfer") as stream:
        stream.next()
        api.must_install("large", packed)
        stream.until(lambda m: m["type"] == "transfer" and m["state"] == "done")
        states = [m["state"] for m in stream.messages if m["type"] == "transfer"]
        last = stream.messages[-1]["transfer"]
        assert {"id", "transport", "sink", "name", "received", "size"} <= set(last)
        assert (states[0], last["received"], last["name"]) == ("begun", len(packed), "large")
        with RawConnection(device) as raw:
            raw.send_head("PUT", "/api/v1/apps/large", f"Content-Length: {len(packed)}")
            raw.send(packed[:100_000])
        ended = stream.until(
            lambda m: m["type"] == "transfer" and m["state"] in ("aborted", "failed")
        )
        assert ended["transfer"]["received"] <= 100_000


def test_denials_are_told(api, device, pack):
    nosy = guest.Guest("fs_open")
    nosy.show("open", "fs_open", *nosy.place("file"), guest.READ)
    api.must_install("nosy", pack(nosy.build(), "nosy"))
    with events.stream(device, "?types=audit") as stream:
        stream.next()
        api.must_start("nosy")
        record = stream.until(lambda m: m["type"] == "audit" and m["record"]["app"] == "nosy")
    assert record["record"]["kind"] == "denied"


def test_the_display_tells_when_it_changed(api, device, pack):
    app = guest.Guest("display_clear", "display_flush")
    app.show("clear", "display_clear", 0xF800).show("flush", "display_flush")
    api.must_install("paint", pack(app.build(), "paint", capabilities=["display"]))
    with events.stream(device, "?types=display") as stream:
        stream.next()
        api.must_start("paint")
        assert set(stream.until_type("display")) == {"type"}


def test_a_ticket_opens_one_stream_once(api, device):
    one = ticket(api)
    with events.stream(device, f"?ticket={one}", token=None) as stream:
        assert stream.next()["type"] == "hello"
        reply = events.refused(device, f"?ticket={one}", token=None, source=STRANGER)
        assert (reply.status, reply.code) == (401, "unauthorized")
    for bad in ("0" * 32, "", one[:-1], one.upper() + "0"):
        reply = events.refused(device, f"?ticket={bad}", token=None, source=STRANGER)
        assert reply.status in (400, 401, 429), bad
    assert ticket(api) != ticket(api)


def test_tickets_are_bounded(api, device):
    """Whoever makes many makes only the first ones worthless."""
    tickets = [ticket(api) for _ in range(40)]
    assert len(set(tickets)) == 40
    with events.stream(device, f"?ticket={tickets[-1]}", token=None) as stream:
        assert stream.next()["type"] == "hello"


def test_refusals(api, device):
    reply = events.refused(device, token=None)
    assert (reply.status, reply.code) == (401, "unauthorized")
    reply = events.refused(device, origin="http://evil.example")
    assert (reply.status, reply.code) == (403, "forbidden_origin")
    own = f"http://{device.host}:{device.port}"
    with events.stream(device, origin=own) as stream:
        assert stream.next()["type"] == "hello"
    plain = api.request("GET", events.PATH)
    assert (plain.status, plain.code) == (426, "upgrade_required")
    assert plain.headers["upgrade"].lower() == "websocket"


@pytest.mark.parametrize(
    "lines",
    [
        ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        (
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
        (
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 8",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
        (
            "Upgrade: h2c",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
    ],
    ids=["no-key", "no-version", "old-version", "other-protocol"],
)
def test_bad_handshakes_are_no_streams(api, device, lines):
    with RawConnection(device) as raw:
        raw.send_head("GET", events.PATH, *lines)
        assert raw.read_status() in (400, 426)
    assert api.status()


def test_too_many_streams_are_refused_and_places_come_back(api, device):
    with contextlib.ExitStack() as open_ones:
        for _ in range(STREAMS):
            open_ones.enter_context(events.stream(device)).next()
        reply = events.refused(device)
        assert (reply.status, reply.code) == (503, "too_many_streams")
        assert api.status(), "requests have places of their own"
    wait_for(lambda: events.opens(device), bool, "a place")


def test_readers_that_do_not_read_cost_nothing_and_stop_nobody(api, device, pack):
    app = guest.Guest("sleep_ms")
    long_line = "x" * 200
    app.run(guest.wasm.forever(app.log_code(long_line) * 10 + app.native("sleep_ms", 20)))
    api.must_install("loud", pack(app.build(), "loud"))
    api.must_start("loud")
    idle = [events.stuck(device) for _ in range(STREAMS)]
    peaks = []
    for _ in range(12):
        time.sleep(1)
        peaks.append(api.status()["memory"]["used"])
    assert api.app("loud")["state"] == "running"
    assert max(peaks) - min(peaks) <= 65_536, peaks
    for one in idle:
        one.close()
    wait_for(lambda: all_open(device), bool, "all places", 40)


def test_what_a_client_says_is_not_listened_to(api, device):
    with events.stream(device, "?types=status") as stream:
        stream.next()
        stream.connection.send("hello?")
        stream.connection.send(b"\x00" * 100)
        assert stream.connection.ping(b"are you there").wait(timeout=5)
        assert stream.until_type("status")
        with contextlib.suppress(ConnectionClosed):
            stream.connection.send("x" * 100_000)
            stream.for_seconds(2)
    assert api.status()


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x05hello",  # not masked
        b"\xf1\x80\x00\x00\x00\x00",  # reserved bits
        b"\x83\x80\x00\x00\x00\x00",  # an opcode that there is not
        b"\x89\xfe\x00\x80" + bytes(4) + bytes(128),  # a ping longer than pings are
        b"\x81\xff" + b"\xff" * 8 + bytes(4),  # longer than anything
        b"\x88\x81" + bytes(4) + b"\x01",  # a close of one byte
        b"\x00" * 300,
    ],
    ids=["unmasked", "reserved", "opcode", "long-ping", "huge", "close", "zeros"],
)
def test_frames_that_are_none(api, device, frame):
    wait_for(lambda: events.opens(device), bool, "a place")
    raw = events.stuck(device, "?types=status")
    with raw:
        assert raw.recv(4096).startswith(b"HTTP/1.1 101")
        raw.sendall(frame)
        raw.settimeout(5)
        with contextlib.suppress(OSError):
            while raw.recv(4096):
                pass
    assert api.status()


def test_the_device_says_good_bye(blank_device):
    device = blank_device()
    if device.kind != "virtual":
        pytest.skip("native_sim is switched off by cutting its power")
    with events.stream(device) as stream:
        stream.next()
        device.switch_off()
        with pytest.raises(ConnectionClosed) as ended:
            stream.for_seconds(5)
            stream.next(1)
    assert ended.value.rcvd is not None and ended.value.rcvd.code == 1001


def test_messages_are_whole_and_their_numbers_grow(api, device, pack):
    app = guest.Guest("sleep_ms")
    app.run(
        guest.wasm.forever(
            app.log_code("\u00e4\u20ac\U0001f980 \"'\\ \t") + app.native("sleep_ms", 10)
        )
    )
    api.must_install("utf", pack(app.build(), "utf"))
    api.must_start("utf")
    with events.stream(device, "?types=log") as stream:
        stream.for_seconds(1.5)
        lines = [m for m in stream.messages if m["type"] == "log"]
    assert lines and all("\U0001f980" in m["text"] for m in lines)
    assert json.dumps(lines)
