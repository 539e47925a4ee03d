# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Sensors: what is set from outside is what apps read, as far as their scope goes."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from harness import wasm
from harness.guest import EACCES, ENOENT, EPERM, Guest, i32

# What simulated devices measure until told otherwise.
START = [21.5, 45, 1013.25, 0, 0, 9.81, 0, 0, 0, 20, 0, -43, 300, 0, 3.3, 0.05]


def bits(value: float) -> int:
    """A float's bits as a signed number."""
    return struct.unpack("<i", struct.pack("<f", value))[0]


def put(api, sensor: int | str, value: object) -> object:
    return api.put_json("PUT", f"/api/v1/sensors/{sensor}", {"value": value})


@pytest.fixture(autouse=True)
def as_at_the_start(api, device) -> Iterator[None]:
    if device.kind == "url":
        pytest.skip("the sensors of a board measure the world")
    yield
    for sensor, value in enumerate(START):
        put(api, sensor, value)


def reader(*ids: int) -> Guest:
    """Keeps, for each sensor, what sensor_read answered and the bits that it wrote."""
    app = Guest("sensor_read")
    place = app.reserve(4)
    for sensor in ids:
        app.run(i32(place) + i32(-1) + wasm.i32_store(0))
        app.keep("sensor_read", sensor, place).keep_code(i32(place) + wasm.i32_load(0))
    return app


def test_all_sensors_with_names_units_and_values(api):
    reply = api.request("GET", "/api/v1/sensors")
    assert reply.status == 200
    sensors = reply.json["sensors"]
    assert [sensor["id"] for sensor in sensors] == list(range(16))
    assert all(set(sensor) == {"id", "name", "unit", "value"} for sensor in sensors)
    assert sensors[0]["unit"] == "C" and sensors[12]["unit"] == "lux", sensors
    for sensor, value in zip(sensors, START, strict=True):
        assert sensor["value"] == pytest.approx(value, abs=1e-3), sensor


def test_what_is_set_is_what_an_app_reads(api, pack):
    values = {0: -40.25, 2: 987.5, 5: -9.75, 11: 0.0, 12: 65535.0, 15: 1.5}
    for sensor, value in values.items():
        reply = put(api, sensor, value)
        assert reply.status == 200, reply
        assert reply.json["value"] == pytest.approx(value, abs=1e-3)
    packed = pack(reader(*values).build(), "reader", capabilities=["sensor"])
    answers = api.answers("reader", packed)
    assert set(answers[::2]) == {0}
    seen = [struct.unpack("<f", struct.pack("<i", word))[0] for word in answers[1::2]]
    assert seen == pytest.approx(list(values.values()), abs=1e-3)


def test_sensors_that_there_are_not(api, pack):
    packed = pack(reader(16, 31, 255, 256, -1).build(), "reader", capabilities=["sensor"])
    assert api.answers("reader", packed) == [ENOENT, -1] * 5, "and nothing was written"
    for sensor in ("16", "255", "256", "-1", "x"):
        assert put(api, sensor, 1).status == 404
    for value in (None, "1", True, [1]):
        assert put(api, 0, value).status == 400
    assert api.request("PUT", "/api/v1/sensors/0", b'{"value":1e39}').status == 400
    assert api.request("PUT", "/api/v1/sensors/0", b"{}").status == 400


def test_an_app_sees_the_sensors_of_its_scope(api, pack):
    packed = pack(
        reader(0, 1, 12, 13).build(), "scoped", capabilities=["sensor"], scope={"sensors": [0, 12]}
    )
    answers = api.answers("scoped", packed)
    assert answers[::2] == [0, EACCES, 0, EACCES]
    assert answers[3] == answers[7] == -1, "a denied read writes nothing"
    assert any("sensor 1" in line for line in api.log_texts("scoped")), "the denial is in the log"


def test_the_list_is_that_of_the_scope(api, pack):
    for name, scope, ids in (
        ("all", {}, list(range(16))),
        ("some", {"sensors": [12, 3]}, [3, 12]),
        ("none", {"sensors": []}, []),
    ):
        app = Guest("sensor_list")
        place = app.reserve(32)
        app.keep("sensor_list", place, 32)
        for number in range(16):
            app.keep_code(i32(place + number) + wasm.i32_load8_u(0))
        app.keep("sensor_list", place + 16, 1).keep("sensor_list", 0, 0)
        count, *rest = api.answers(
            name, pack(app.build(), name, capabilities=["sensor"], scope=scope)
        )
        assert count == len(ids)
        assert rest[: len(ids)] == ids
        assert rest[16:] == [len(ids), len(ids)], "the count is whole where the list is cut"


def test_the_original_reads_thousandths(api, pack):
    put(api, 0, -12.5)
    put(api, 12, 1e9)
    app = Guest("env.sensor_read")
    for sensor in (0, 1, 12, 99):
        app.keep("env.sensor_read", sensor)
    packed = pack(app.build(), "old", capabilities=["sensor"], scope={"sensors": [0, 12]})
    low, denied, high, outside = api.answers("old", packed)
    assert (low, denied, outside) == (-12500, EPERM, EPERM)
    assert high > 2_000_000_000, "what is too large is cut to the largest"


def test_the_command_sets_and_shows(api, cli):
    cli.run("sensors", "set", "14", "4.25").ok()
    sensors = api.request("GET", "/api/v1/sensors").json["sensors"]
    assert sensors[14]["value"] == pytest.approx(4.25, abs=1e-3)
    assert "4.25" in cli.run("sensors").ok().out
    cli.run("sensors", "set", "99", "1").failed()
