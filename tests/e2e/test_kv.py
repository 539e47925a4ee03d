# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Small values under keys."""

from __future__ import annotations

from harness import guest, wasm
from harness.api import Api
from harness.guest import EACCES, EINVAL, ENOENT, Guest, i32

KV = ["storage_kv_get", "storage_kv_set", "storage_kv_delete"]
BOTH = ["fs_read", "fs_write"]


def test_values_are_set_got_replaced_and_deleted(api, pack):
    app = Guest(*KV)
    key, out = app.place("greeting"), app.reserve(16)
    app.keep("storage_kv_get", *key, out, 16)
    app.keep("storage_kv_set", *key, *app.place("hello"))
    app.keep("storage_kv_get", *key, out, 16).keep_code(i32(out) + wasm.i32_load8_u(4))
    app.keep("storage_kv_set", *key, *app.place("bye"))
    app.keep("storage_kv_get", *key, out, 16).keep_code(i32(out) + wasm.i32_load8_u(0))
    app.keep("storage_kv_set", *key, 0, 0).keep("storage_kv_get", *key, out, 16)
    app.keep("storage_kv_delete", *key).keep("storage_kv_delete", *key)
    app.keep("storage_kv_get", *key, out, 16)
    values = api.answers("keys", pack(app.build(), "keys", capabilities=BOTH))
    assert values == [ENOENT, 0, 5, ord("o"), 0, 3, ord("b"), 0, 0, 0, ENOENT, ENOENT]


def test_a_value_is_whole_or_left_out(api, pack):
    app = Guest(*KV)
    key, out = app.place("k"), app.reserve(1024)
    data, _ = app.place(b"v" * 513)
    app.keep("storage_kv_set", *key, data, 512).keep("storage_kv_set", *key, data, 513)
    app.keep("storage_kv_get", *key, out, 511).keep_code(i32(out) + wasm.i32_load8_u(0))
    app.keep("storage_kv_get", *key, out, 512).keep_code(i32(out) + wasm.i32_load8_u(511))
    values = api.answers("keys", pack(app.build(), "keys", capabilities=BOTH))
    assert values == [0, EINVAL, 512, 0, 512, ord("v")]


def test_keys_that_are_none(api, pack):
    app = Guest(*KV)
    good = ["a", "A9_-.", "x" * 31]
    bad = [
        "",
        ".",
        ".a",
        "..",
        "a/b",
        "/a",
        "../a",
        "a b",
        "x" * 32,
        "a\0",
        "caf\u00e9",
        "a\\b",
        b"\xff",
    ]
    for key in [*good, *bad]:
        place = app.place(key)
        app.keep("storage_kv_set", *place, *place[:1], 1 if key else 0)
        app.keep("storage_kv_get", *place, app.reserve(4), 0).keep("storage_kv_delete", *place)
    values = api.answers("keys", pack(app.build(), "keys", capabilities=BOTH, memory_quota=262144))
    assert values == [0, 1, 0] * len(good) + [EINVAL] * 3 * len(bad)


def test_values_of_one_app_are_not_anothers(api, pack):
    sets = Guest(*KV)
    sets.keep("storage_kv_set", *sets.place("secret"), *sets.place("mine"))
    assert api.answers("owner", pack(sets.build(), "owner", capabilities=BOTH)) == [0]
    gets = Guest(*KV)
    gets.keep("storage_kv_get", *gets.place("secret"), gets.reserve(16), 16)
    gets.keep("storage_kv_delete", *gets.place("secret"))
    assert api.answers("thief", pack(gets.build(), "thief", capabilities=BOTH)) == [ENOENT, ENOENT]


def test_reading_needs_either_capability_and_setting_needs_writing(api, pack):
    for granted, expected in (
        (["fs_read"], [EACCES, ENOENT, EACCES]),
        (["fs_write"], [0, 5, 0]),
        ([], [EACCES] * 3),
    ):
        app = Guest(*KV)
        key = app.place("k")
        app.keep("storage_kv_set", *key, *app.place("value"))
        app.keep("storage_kv_get", *key, app.reserve(16), 16).keep("storage_kv_delete", *key)
        assert api.answers("keys", pack(app.build(), "keys", capabilities=granted)) == expected


def test_values_survive_a_restart_and_an_update(own_device, api: Api, pack):
    app = Guest(*KV)
    app.keep("storage_kv_set", *app.place("count"), *app.place("seven"))
    assert api.answers("keys", pack(app.build(), "keys", capabilities=BOTH)) == [0]
    own_device.restart(kill=True)
    app = Guest(*KV)
    out = app.reserve(8)
    app.keep("storage_kv_get", *app.place("count"), out, 8).run(
        app.native("log", out, 5) + wasm.DROP
    )
    packed = pack(app.build(), "keys", capabilities=BOTH, version="1.0.1")
    lines = api.run_to_end("keys", packed)
    assert guest.kept(lines) == [5]
    assert "seven" in lines
