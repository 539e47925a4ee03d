# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Buttons, touch and analog channels, moved from outside and seen by apps."""

from __future__ import annotations

import pytest

from harness import guest, wasm
from harness.guest import EINVAL, ENOENT, Guest, i32

BUTTON, TOUCH, ANALOG, LOST = 1, 2, 3, 4


def press(api, button: str, pressed: bool = True) -> None:
    reply = api.put_json(
        "POST", "/api/v1/input", {"kind": "button", "button": button, "pressed": pressed}
    )
    assert reply.status == 200, reply


@pytest.fixture(autouse=True)
def simulated(device):
    if device.kind == "url":
        pytest.skip("the inputs of a board are moved by hand")


@pytest.fixture(autouse=True)
def at_rest(api):
    yield
    for button in ("A", "left"):
        press(api, button, False)
    api.put_json("POST", "/api/v1/input", {"kind": "touch", "x": 0, "y": 0, "pressed": False})
    api.put_json("POST", "/api/v1/input", {"kind": "analog", "channel": 1, "value": 32768})


def words(app: Guest, address: int, count: int) -> Guest:
    """Keeps numbers from memory."""
    for number in range(count):
        app.keep_code(i32(address) + wasm.i32_load(4 * number))
    return app


def test_events_reach_the_app_that_waits(api, pack):
    app = Guest("input_next_event", "input_read_buttons")
    buffer = app.reserve(16)
    app.log("ready")
    for _ in range(3):
        app.keep("input_next_event", buffer, 16, 20_000)
        words(app, buffer, 4)
    app.keep("input_read_buttons")
    api.must_install("reader", pack(app.build(), "reader", capabilities=["input"]))
    api.must_start("reader")
    api.wait_log("reader", "ready")
    press(api, "left")
    reply = api.put_json(
        "POST", "/api/v1/input", {"kind": "touch", "x": 17, "y": 200, "pressed": True}
    )
    assert reply.status == 200, reply
    reply = api.put_json("POST", "/api/v1/input", {"kind": "analog", "channel": 1, "value": 40000})
    assert reply.status == 200, reply
    api.wait_state("reader", "stopped")
    *values, buttons = guest.kept(api.log_texts("reader"))
    events = [values[at : at + 5] for at in range(0, 15, 5)]
    assert [event[:4] for event in events] == [
        [1, BUTTON, 6, 1],
        [1, TOUCH, 17 << 16 | 200, 1],
        [1, ANALOG, 1, 40000],
    ]
    times = [event[4] for event in events]
    assert times == sorted(times) and times[0] > 0
    assert buttons == 1 << 6


def test_what_is_pressed_can_be_asked_at_any_time(api, pack):
    press(api, "A")
    api.put_json("POST", "/api/v1/input", {"kind": "touch", "x": 300, "y": 7, "pressed": True})
    api.put_json("POST", "/api/v1/input", {"kind": "analog", "channel": 1, "value": 65535})
    app = Guest("input_read_buttons", "input_read_touch", "input_read_analog", "input_next_event")
    place = app.reserve(8)
    app.keep("input_read_buttons").keep("input_read_touch", place, 8)
    words(app, place, 2)
    app.keep("input_read_analog", 0).keep("input_read_analog", 1).keep("input_read_analog", 2)
    app.keep("input_read_touch", place, 7).keep("input_next_event", place, 15, 0)
    packed = pack(app.build(), "reader", capabilities=["input"])
    values = api.answers("reader", packed)
    assert values == [1, 1, 300, 7, 32768, 65535, ENOENT, EINVAL, EINVAL]


def test_events_that_there_is_no_room_for_are_counted(api, pack):
    app = Guest("input_next_event", "sleep_ms")
    buffer = app.reserve(16)
    app.log("ready").run(app.native("sleep_ms", 3000))
    for _ in range(40):
        app.keep("input_next_event", buffer, 16, 0)
        words(app, buffer, 3)
    api.must_install(
        "sleepy", pack(app.build(), "sleepy", capabilities=["input"], memory_quota=262144)
    )
    api.must_start("sleepy")
    api.wait_log("sleepy", "ready")
    for number in range(50):
        press(api, "A", number % 2 == 0)
    api.wait_state("sleepy", "stopped")
    values = guest.kept(api.log_texts("sleepy"))
    calls = [values[at : at + 4] for at in range(0, len(values), 4)]
    events = [call[1:] for call in calls if call[0] == 1]
    buttons = [event for event in events if event[0] == BUTTON]
    lost = sum(event[2] for event in events if event[0] == LOST)
    assert len(buttons) + lost == 50
    assert 31 <= len(buttons) <= 32
    assert calls[-1][0] == 0, "nothing is left"


def test_an_app_that_only_listens_is_called_for_events(api, pack):
    app = Guest("input_next_event").log("ready")
    buffer = app.reserve(16)
    heard, other = app.place("pressed"), app.place("other")
    fetch = app.native("input_next_event", buffer, 16, 0) + wasm.DROP
    is_press = i32(buffer) + wasm.i32_load(8) + b"\x04" + wasm.EMPTY_BLOCK
    code = fetch + is_press + app.native("log", *heard) + wasm.DROP + b"\x05"
    code += app.native("log", *other) + wasm.DROP + wasm.END
    app.module.function(code, export="on_event", params="i", locals_i32=1)
    api.must_install("listener", pack(app.build(), "listener", capabilities=["input"]))
    api.must_start("listener")
    api.wait_log("listener", "ready")
    assert api.app("listener")["state"] == "running"
    press(api, "A")
    api.wait_log("listener", "pressed")
    press(api, "A", False)
    api.wait_log("listener", "other")
    assert api.stop("listener").status == 200
    assert api.app("listener")["state"] == "stopped"


def test_what_the_device_does_not_have_cannot_be_moved(api):
    for body, status in (
        ({"kind": "button", "button": "E", "pressed": True}, 400),
        ({"kind": "touch", "x": 320, "y": 0, "pressed": True}, 400),
        ({"kind": "analog", "channel": 2, "value": 1}, 404),
        ({"kind": "analog", "channel": 0, "value": 65536}, 400),
        ({"kind": "lost", "value": 1}, 400),
        ({}, 400),
    ):
        assert api.put_json("POST", "/api/v1/input", body).status == status, body


def test_the_command_presses_and_lets_go(api, cli, pack):
    app = Guest("input_next_event").log("ready")
    buffer = app.reserve(16)
    for _ in range(2):
        app.keep("input_next_event", buffer, 16, 20_000)
        words(app, buffer, 3)
    api.must_install("reader", pack(app.build(), "reader", capabilities=["input"]))
    api.must_start("reader")
    api.wait_log("reader", "ready")
    cli.run("input", "button", "B").ok()
    api.wait_state("reader", "stopped")
    assert guest.kept(api.log_texts("reader")) == [1, BUTTON, 1, 1, 1, BUTTON, 1, 0]


def test_a_wait_without_end_ends_with_the_app(api, pack):
    app = Guest("input_next_event").log("waiting")
    app.run(app.native("input_next_event", app.reserve(16), 16, -1) + wasm.DROP)
    api.must_install("waiter", pack(app.build(), "waiter", capabilities=["input"]))
    api.must_start("waiter")
    api.wait_log("waiter", "waiting")
    assert api.stop("waiter").status == 200
    assert api.app("waiter")["state"] == "stopped"
