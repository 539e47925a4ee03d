# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The radio: two devices that hear each other, and what an app may do with it."""

from __future__ import annotations

import socket
import struct

import pytest

from harness import guest, wasm
from harness.api import Api
from harness.guest import EAGAIN, EINVAL, Guest, i32

RF_STATUS = ("frequency", "power", "rssi", "dropped")
DEFAULT_HZ, DEFAULT_DBM, LOSS = 868_100_000, 14, 60


def free_udp_port() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def keep_status(app: Guest) -> Guest:
    place = app.reserve(16)
    app.keep("rf_status", place, 16)
    for word in range(4):
        app.keep_code(i32(place) + wasm.i32_load(4 * word))
    return app


def keep_word(app: Guest, address: int) -> Guest:
    return app.keep_code(i32(address) + wasm.i32_load(0))


def word(text: bytes) -> int:
    return struct.unpack("<i", text)[0]


@pytest.fixture
def two(blank_device):
    """Two devices on one frequency, with nothing else in the air."""
    port = free_udp_port()
    return [Api(blank_device(rf_port=port)) for _ in range(2)]


def test_packets_go_both_ways_between_two_devices(two, pack):
    asks, answers = Guest("rf_send", "rf_recv"), Guest("rf_recv", "rf_send", "rf_status")
    heard = answers.reserve(256)
    answers.log("listening").keep("rf_recv", heard, 256, 20_000)
    keep_word(answers, heard)
    keep_status(answers).keep("rf_send", *answers.place("pong"))
    back = asks.reserve(256)
    asks.keep("rf_send", *asks.place("ping")).keep("rf_recv", back, 256, 20_000)
    keep_word(asks, back)
    one, other = two
    other.must_install("answers", pack(answers.build(), "answers", capabilities=["rf"]))
    other.must_start("answers")
    other.wait_log("answers", "listening")
    values = one.answers("asks", pack(asks.build(), "asks", capabilities=["rf"]))
    assert values == [4, 4, word(b"pong")]
    other.wait_state("answers", "stopped")
    values = guest.kept(other.log_texts("answers"))
    status = dict(zip(RF_STATUS, values[3:7], strict=True))
    assert values[:3] == [4, word(b"ping"), 16]
    assert status == {
        "frequency": DEFAULT_HZ,
        "power": DEFAULT_DBM,
        "rssi": DEFAULT_DBM - LOSS,
        "dropped": 0,
    }
    assert values[7] == 4


def test_only_the_same_frequency_is_heard_and_power_is_told(two, pack):
    one, other = two
    hears = Guest("rf_recv", "rf_status").log("listening")
    place = hears.reserve(8)
    hears.keep("rf_recv", place, 8, 20_000)
    keep_word(hears, place)
    keep_status(hears)
    other.must_install("hears", pack(hears.build(), "hears", capabilities=["rf"]))
    other.must_start("hears")
    other.wait_log("hears", "listening")
    sends = Guest("rf_send", "rf_set_frequency", "rf_set_power")
    sends.keep("rf_set_frequency", 867_900_000).keep("rf_send", *sends.place("elsewhere"))
    sends.keep("rf_set_frequency", DEFAULT_HZ).keep("rf_set_power", 3)
    sends.keep("rf_send", *sends.place("here"))
    for hz in (0, 1, -1, 1 << 31):
        sends.keep("rf_set_frequency", hz)
    for dbm in (-128, 127, 1000, -(1 << 31)):
        sends.keep("rf_set_power", dbm)
    values = one.answers("sends", pack(sends.build(), "sends", capabilities=["rf"]))
    assert values == [0, 9, 0, 0, 4] + [EINVAL] * 8
    other.wait_state("hears", "stopped")
    values = guest.kept(other.log_texts("hears"))
    assert values[:2] == [4, word(b"here")]
    assert values[5] == 3 - LOSS


def test_more_packets_than_wait_are_counted(two, pack):
    one, other = two
    slow = Guest("rf_recv", "rf_status", "sleep_ms").log("listening")
    place = slow.reserve(256)
    slow.run(slow.native("sleep_ms", 2500))
    for _ in range(9):
        slow.keep("rf_recv", place, 2, 0)
    keep_status(slow)
    other.must_install("slow", pack(slow.build(), "slow", capabilities=["rf"]))
    other.must_start("slow")
    other.wait_log("slow", "listening")
    storm = Guest("rf_send", "sleep_ms")
    for _ in range(12):
        # Not all at once: a radio may lose what it has no time for, and nobody counts that.
        storm.run(storm.native("sleep_ms", 50)).keep("rf_send", *storm.place(b"x" * 256))
    assert set(one.answers("storm", pack(storm.build(), "storm", capabilities=["rf"]))) == {256}
    other.wait_state("slow", "stopped")
    *received, _status, _hz, _dbm, _rssi, dropped = guest.kept(other.log_texts("slow"))
    assert received == [2] * 8 + [EAGAIN], "each is cut to the room that there is"
    assert dropped == 4


def test_lengths_of_packets(api, pack):
    app = Guest("rf_send", "rf_recv")
    data, _ = app.place(b"x" * 300)
    for length in (0, 1, 256, 257, 300):
        app.keep("rf_send", data, length)
    app.keep("rf_recv", data, 256, 0)
    values = api.answers("lengths", pack(app.build(), "lengths", capabilities=["rf"]))
    assert values == [EINVAL, 1, 256, EINVAL, EINVAL, EAGAIN]


def test_bytes_from_strangers_in_the_air_are_dropped(blank_device, pack):
    port = free_udp_port()
    api = Api(blank_device(rf_port=port))
    app = Guest("rf_recv").log("listening")
    place = app.reserve(256)
    app.keep("rf_recv", place, 256, 20_000)
    keep_word(app, place)
    api.must_install("hears", pack(app.build(), "hears", capabilities=["rf"]))
    api.must_start("hears")
    api.wait_log("hears", "listening")

    def frame(packet: bytes, length: int, magic: bytes = b"AKRF", zero: int = 0) -> bytes:
        return magic + struct.pack("<IbBHQ", DEFAULT_HZ, 5, zero, length, 77) + packet

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as air:
        air.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        for bad in (
            b"",
            b"A",
            b"AKRF",
            frame(b"", 0),
            frame(b"x", 2),
            frame(b"xy", 1),
            frame(b"x", 1, magic=b"AKRG"),
            frame(b"x", 1, zero=1),
            frame(b"x" * 257, 257),
            frame(b"x" * 2000, 2000),
            b"\xff" * 1400,
        ):
            air.sendto(bad, ("127.255.255.255", int(port)))
        air.sendto(frame(b"good", 4), ("127.255.255.255", int(port)))
    api.wait_state("hears", "stopped")
    assert guest.kept(api.log_texts("hears")) == [4, word(b"good")]


def test_a_wait_without_end_ends_with_the_app(api, pack):
    app = Guest("rf_recv").log("waiting")
    app.run(app.native("rf_recv", app.reserve(16), 16, -1) + wasm.DROP)
    api.must_install("waiter", pack(app.build(), "waiter", capabilities=["rf"]))
    api.must_start("waiter")
    api.wait_log("waiter", "waiting")
    assert api.stop("waiter").status == 200
    assert api.app("waiter")["state"] == "stopped"


def test_an_app_that_only_listens_is_called_for_packets(two, pack):
    one, other = two
    app = Guest("rf_recv").log("ready")
    place = app.reserve(256)
    code = app.native("log", place, app.native("rf_recv", place, 256, 0)) + wasm.DROP
    app.module.function(code, export="on_event", params="i", locals_i32=1)
    other.must_install("listener", pack(app.build(), "listener", capabilities=["rf"]))
    other.must_start("listener")
    other.wait_log("listener", "ready")
    sends = Guest("rf_send")
    for text in ("first", "second"):
        sends.keep("rf_send", *sends.place(text))
    one.answers("sends", pack(sends.build(), "sends", capabilities=["rf"]))
    for text in ("first", "second"):
        other.wait_log("listener", text)
    assert other.app("listener")["state"] == "running"
