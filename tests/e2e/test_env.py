# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Apps built for AkiraOS 1.4 and 1.6: module `env`, behind the same checks; and random bytes."""

from __future__ import annotations

from harness import abi, guest, png, wasm
from harness.guest import EINVAL, EPERM, Guest, i32

RED565, RED = 0xF800, 0xFF0000


def text(app: Guest, content: str) -> int:
    """A C string in memory."""
    return app.place(content.encode() + b"\0")[0]


def test_texts_go_to_the_log(api, pack):
    app = Guest("env.log", "env.printf_native", "env.bt_shell_print")
    for level in range(1, 5):
        app.keep("env.log", level, text(app, f"level {level}"))
    app.keep("env.printf_native", text(app, "printed"))
    app.keep("env.bt_shell_print", 3, text(app, "shell"))
    api.must_install("old", pack(app.build(), "old"))
    api.must_start("old")
    api.wait_state("old", "stopped")
    lines = [(line["level"], line["text"]) for line in api.log("old")["lines"]]
    assert lines[:6] == [
        ("error", "level 1"),
        ("error", "level 2"),
        ("info", "level 3"),
        ("debug", "level 4"),
        ("info", "printed"),
        ("info", "shell"),
    ]
    assert guest.kept([line for _, line in lines]) == [0] * 6


def test_colours_are_rgb565_and_show_at_once(api, pack):
    names = ["display_clear", "display_rect", "display_pixel", "display_text", "display_text_large"]
    app = Guest(*(f"env.{name}" for name in names))
    app.keep("env.display_clear", 0).keep("env.display_rect", 10, 10, 5, 5, RED565)
    app.keep("env.display_pixel", 0, 0, 0x07E0)
    app.keep("env.display_text", 50, 50, text(app, "Hi"), 0x001F)
    app.keep("env.display_text_large", 100, 100, text(app, "Hi"), 0xFFFF)
    packed = pack(app.build(), "old", capabilities=["display"], memory_quota=400 * 1024)
    assert api.answers("old", packed) == [0] * 5
    picture = png.read(api.request("GET", "/api/v1/display").body)
    assert picture.colours(10, 10, 5, 5) == {RED}
    assert picture.at(0, 0) == 0x00FF00
    assert picture.colours(50, 50, 12, 10) == {0, 0x0000FF}
    assert picture.colours(100, 100, 20, 20) == {0, 0xFFFFFF}


def test_denials_are_eperm_there(api, pack):
    app = Guest(*(f"env.{name}" for name in abi.ENV))
    denied = [native for native in abi.ENV.values() if native.needs]
    for native in denied:
        app.keep(f"env.{native.name}", *[0] * len(native.cells[0]))
    assert api.answers("old", pack(app.build(), "old")) == [EPERM] * len(denied)
    assert len(denied) == 10


def test_strength_is_asked_for_in_both_ways(api, pack):
    for params in ("", "i"):
        app = Guest()
        rssi = app.module.import_function("env", "rf_get_rssi", params, "i")
        app.keep_code(i32(0) * len(params) + wasm.call(rssi))
        (strength,) = api.answers("old", pack(app.build(), "old", capabilities=["rf"]))
        assert strength == 0, "no packet has come yet"
        assert api.uninstall("old").status == 200


def test_memory_time_and_what_there_is_not(api, pack):
    app = Guest(
        "env.mem_alloc",
        "env.mem_free",
        "env.delay",
        "env.bt_shell_is_ready",
        "env.bt_shell_send_data",
    )
    app.keep("env.mem_alloc", 100).keep("env.mem_alloc", 1 << 30).keep("env.delay", 20)
    app.keep("env.bt_shell_is_ready").keep("env.bt_shell_send_data", 0, *app.place("x"))
    address, refused, *rest = api.answers("old", pack(app.build(), "old"))
    assert address > 0 and refused == 0
    assert rest == [0, 0, guest.ENOTSUP]


def test_both_modules_in_one_app(api, pack):
    app = Guest("log", "env.log", "time_ms").log("ours")
    app.run(app.native("env.log", 3, text(app, "theirs")) + wasm.DROP)
    assert api.run_to_end("both", pack(app.build(), "both")) == ["ours", "theirs"]


def test_random_bytes_differ(api, pack):
    app = Guest("random")
    place, other = app.reserve(1024), app.reserve(1024)
    app.keep("random", place, 1024).keep("random", other, 16).keep("random", place, 0)
    app.keep("random", place, 1025)
    for at in range(0, 64, 4):
        app.keep_code(i32(place) + wasm.i32_load(at))
    for at in range(0, 16, 4):
        app.keep_code(i32(other) + wasm.i32_load(at))
    packed = pack(app.build(), "dice")
    draws = []
    for _ in range(2):
        values = api.answers("dice", packed)
        assert values[:4] == [1024, 16, 0, EINVAL]
        draws += values[4:]
        assert api.uninstall("dice").status == 200
    assert len(set(draws)) == len(draws) == 40, "of 40 random words no two are equal"
