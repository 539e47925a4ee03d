# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What apps draw, seen in the picture that the device gives of its display."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from harness import guest, png, wasm
from harness.guest import EBUSY, EINVAL, ENOMEM, Guest

RED, GREEN, BLUE, WHITE, BLACK = 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF, 0x000000
QUOTA = 400 * 1024  # the picture of 320 x 240 costs 150 KiB
ALL = [
    "display_size",
    "display_clear",
    "display_pixel",
    "display_rect",
    "display_text",
    "display_text_large",
    "display_blit",
    "display_flush",
]


def screen(api) -> png.Picture:
    reply = api.request("GET", "/api/v1/display")
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png"), reply.body[:200]
    return png.read(reply.body)


def answers(api, pack, app: Guest, name: str = "painter", quota: int = QUOTA) -> list[int]:
    return api.answers(name, pack(app.build(), name, capabilities=["display"], memory_quota=quota))


def test_simulated_displays_have_one_size(api, pack, device):
    if device.kind == "url":
        pytest.skip("a board has its own display")
    app = Guest("display_size").keep("display_size")
    assert answers(api, pack, app) == [320 << 16 | 240]
    picture = screen(api)
    assert (picture.width, picture.height) == (320, 240)


def test_shapes_are_where_they_were_drawn_and_nowhere_else(api, pack):
    app = Guest(*ALL)
    app.keep("display_clear", BLACK)
    app.keep("display_rect", 10, 20, 30, 40, RED)
    app.keep("display_pixel", 0, 0, WHITE).keep("display_pixel", 319, 239, GREEN)
    app.keep("display_rect", -5, 230, 10, 100, BLUE)
    app.keep("display_rect", 310, -3, 100, 5, GREEN)
    for x, y in ((-1, 0), (0, -1), (320, 0), (0, 240), (1 << 30, 1 << 30), (-(1 << 31), 5)):
        app.keep("display_pixel", x, y, WHITE)
    app.keep("display_flush")
    assert set(answers(api, pack, app)) == {0}
    picture = screen(api)
    expected = bytearray(320 * 240 * 3)

    def fill(x: int, y: int, width: int, height: int, colour: int) -> None:
        for row in range(y, y + height):
            start = (row * 320 + x) * 3
            expected[start : start + 3 * width] = colour.to_bytes(3, "big") * width

    fill(10, 20, 30, 40, RED)
    fill(0, 0, 1, 1, WHITE)
    fill(319, 239, 1, 1, GREEN)
    fill(0, 230, 5, 10, BLUE)
    fill(310, 0, 10, 2, GREEN)
    assert picture.rows == bytes(expected)


def test_a_picture_in_rgb565_comes_out_as_it_is(api, pack):
    pixels = [0xF800, 0x07E0, 0x001F, 0xFFFF, 0x0000, 0xFFE0]
    app = Guest(*ALL)
    data, size = app.place(struct.pack("<6H", *pixels))
    app.keep("display_clear", BLACK)
    app.keep("display_blit", 100, 50, 3, 2, data, size)
    app.keep("display_blit", -1, -1, 3, 2, data, size)  # its lower right part
    app.keep("display_blit", 318, 239, 3, 2, data, size)  # its upper left part
    for width, height, length in ((3, 2, 10), (3, 2, 14), (-3, -2, 12), (0, 0, 2)):
        app.keep("display_blit", 0, 0, width, height, data, length)
    app.keep("display_flush")
    values = answers(api, pack, app)
    assert values == [0, 0, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL, 0], values
    picture = screen(api)
    shown = [picture.at(100 + x, 50 + y) for y in range(2) for x in range(3)]
    assert shown == [RED, GREEN, BLUE, WHITE, BLACK, 0xFFFF00]
    assert [picture.at(0, 0), picture.at(1, 0), picture.at(2, 0)] == [BLACK, 0xFFFF00, BLACK]
    assert [picture.at(318, 239), picture.at(319, 239)] == [RED, GREEN]
    assert picture.colours(103, 50, 10, 2) == {BLACK}


def test_nothing_is_shown_before_the_flush(api, pack):
    app = Guest(*ALL).keep("display_clear", GREEN).keep("display_flush")
    app.keep("display_clear", RED)
    assert answers(api, pack, app) == [0, 0, 0]
    assert screen(api).colours(0, 0, 320, 240) == {GREEN}


def test_text_has_its_colour_size_and_lines(api, pack):
    app = Guest(*ALL).keep("display_clear", BLACK)
    app.keep("display_text", 6, 10, *app.place("Hi\nyou"), WHITE)
    app.keep("display_text_large", 100, 100, *app.place("Hi"), RED)
    app.keep("display_text", 0, 0, *app.place("x" * 257), WHITE)
    app.keep("display_text", 0, 0, *app.place(b"\xff\xfe"), WHITE)
    app.keep("display_text", -1000, 1000, *app.place("far"), WHITE)
    app.keep("display_flush")
    assert answers(api, pack, app) == [0, 0, 0, EINVAL, EINVAL, 0, 0]
    picture = screen(api)
    assert picture.colours(6, 10, 12, 10) == {BLACK, WHITE}, "two letters of 6 x 10"
    assert picture.colours(6, 20, 18, 10) == {BLACK, WHITE}, "three in the next line"
    assert picture.colours(18, 10, 100, 10) == {BLACK}, "nothing after them"
    assert picture.colours(6, 30, 100, 10) == {BLACK}, "nothing below them"
    assert picture.colours(100, 100, 20, 20) == {BLACK, RED}, "two letters of 10 x 20"
    assert picture.colours(120, 100, 50, 20) == {BLACK}


def test_one_app_has_the_display_until_it_ends(api, pack):
    owner = Guest(*ALL, "sleep_ms").keep("display_clear", BLUE).keep("display_flush")
    owner.log("mine")
    owner.run(wasm.forever(owner.native("sleep_ms", 60_000)))
    packed = pack(owner.build(), "owner", capabilities=["display"], memory_quota=QUOTA)
    api.must_install("owner", packed)
    api.must_start("owner")
    api.wait_log("owner", "mine")
    used = api.app("owner")["memory_used"]
    assert used > 320 * 240 * 2, "the picture is charged to its owner"
    other = Guest(*ALL).keep("display_size").keep("display_clear", RED).keep("display_flush")
    size, *refused = answers(api, pack, other, "other")
    assert size > 0
    assert refused == [EBUSY, EBUSY]
    assert screen(api).colours(0, 0, 320, 240) == {BLUE}
    assert api.stop("owner").status == 200
    api.must_start("other")
    api.wait_state("other", "stopped")
    assert guest.kept(api.log_texts("other")[-1:])[1:] == [0, 0]
    assert screen(api).colours(0, 0, 320, 240) == {RED}


def test_a_picture_that_the_quota_has_no_room_for(api, pack):
    app = Guest(*ALL).keep("display_clear", RED).keep("display_pixel", 1, 1, RED)
    app.keep("display_flush").keep("display_size")
    *refused, size = answers(api, pack, app, quota=128 * 1024)
    assert refused == [ENOMEM] * 3
    assert size > 0


def test_the_command_saves_the_same_picture(api, cli, pack, tmp_path: Path):
    app = Guest(*ALL).keep("display_clear", GREEN).keep("display_rect", 1, 2, 3, 4, RED)
    app.keep("display_flush")
    assert answers(api, pack, app) == [0, 0, 0]
    file = tmp_path / "picture.png"
    cli.run("screenshot", "--output", file).ok()
    assert png.read(file.read_bytes()) == screen(api)
