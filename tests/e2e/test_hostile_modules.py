# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Modules made to break a loader, an interpreter or a device: bombs, lies and rare features.

Whatever the device makes of such a module, it is refused with a reason or contained: it can be
stopped, the device goes on, and afterwards every byte is back.
"""

from __future__ import annotations

import pytest

from harness import guest, wasm
from harness.cli import MANIFEST_SECTION
from harness.guest import Guest
from harness.wasm import END, call, i32, name_bytes, section, sleb, uleb

EMPTY_TYPE = b"\x60\x00\x00"
BLOCK = b"\x02" + wasm.EMPTY_BLOCK
CALL_INDIRECT = b"\x11\x00\x00"
HEADER = wasm.MAGIC
TYPES = section(1, b"\x01" + EMPTY_TYPE)
FUNCTIONS = section(3, b"\x01\x00")
START = name_bytes("_start") + b"\x00\x00"
EXPORTS = section(7, b"\x01" + START)
LIE = b"\xff\xff\xff\xff\x0f"
NOTHING = section(10, b"\x01\x02\x00" + END)


def code(body: bytes, groups: bytes = b"\x00") -> bytes:
    """A code section of one function."""
    whole = groups + body + END
    return section(10, b"\x01" + uleb(len(whole)) + whole)


def one_function(body: bytes, groups: bytes = b"\x00", **sections: bytes) -> bytes:
    """A module whose `_start` is that body; more sections by name, in their proper places."""
    part = {
        "tables": b"",
        "memory": b"",
        "globals": b"",
        "elements": b"",
        "data": b"",
        "count": b"",
    }
    part |= sections
    return (
        HEADER + TYPES + FUNCTIONS + part["tables"] + part["memory"] + part["globals"] + EXPORTS
        + part["elements"] + part["count"] + code(body, groups) + part["data"]
    )  # fmt: skip


def exporting(*exports: bytes, extra: bytes = b"") -> bytes:
    """A module with these exports."""
    return (
        HEADER
        + TYPES
        + FUNCTIONS
        + extra
        + section(7, uleb(len(exports)) + b"".join(exports))
        + NOTHING
    )


def bulk(opcode: int, *operands: int) -> bytes:
    """An instruction of the 0xfc group after its i32 operands."""
    immediates = {
        8: b"\x00\x00",
        9: b"\x00",
        10: b"\x00\x00",
        11: b"\x00",
        12: b"\x00\x00",
        14: b"\x00\x00",
    }
    return b"".join(map(i32, operands)) + b"\xfc" + uleb(opcode) + immediates[opcode]


ONE_PAGE = section(5, b"\x01\x00\x01")
ONE_TABLE = section(4, b"\x01\x70\x00\x01")
PASSIVE = {"count": section(12, b"\x01"), "data": section(11, b"\x01\x01\x04abcd")}
IMPORT_LOG = name_bytes("akira") + name_bytes("log") + b"\x00\x00"
LOG_TYPE = section(1, b"\x02\x60\x02\x7f\x7f\x01\x7f" + EMPTY_TYPE)

BOMBS = {
    "4-billion-locals": one_function(b"", b"\x01\xff\xff\xff\xff\x0f\x7f"),
    "locals-that-overflow": one_function(b"", b"\x02" + b"\xff\xff\xff\xff\x0f\x7f" * 2),
    "many-locals": one_function(b"", b"\x01" + uleb(60_000) + b"\x7e"),
    "many-groups-of-locals": one_function(b"", uleb(40_000) + b"\x01\x7f" * 40_000),
    "deep-blocks": one_function(BLOCK * 60_000 + END * 60_000),
    "deep-blocks-unclosed": one_function(BLOCK * 100_000),
    "deep-loops": one_function((b"\x03" + wasm.EMPTY_BLOCK) * 60_000 + END * 60_000),
    "deep-ifs": one_function((i32(1) + b"\x04" + wasm.EMPTY_BLOCK) * 40_000 + END * 40_000),
    "tall-operand-stack": one_function(i32(1) * 100_000 + wasm.DROP * 100_000),
    "wide-br-table": one_function(
        BLOCK + i32(0) + b"\x0e" + uleb(100_000) + b"\x00" * 100_001 + END
    ),
    "br-table-with-a-lie": one_function(BLOCK + i32(0) + b"\x0e\xff\xff\xff\xff\x0f\x00" + END),
    "many-types": HEADER
    + section(1, uleb(80_000) + EMPTY_TYPE * 80_000)
    + FUNCTIONS
    + EXPORTS
    + NOTHING,
    "types-with-a-lie": HEADER
    + section(1, b"\xff\xff\xff\xff\x0f" + EMPTY_TYPE)
    + FUNCTIONS
    + EXPORTS
    + NOTHING,
    "many-params": HEADER
    + section(1, b"\x01\x60" + uleb(60_000) + b"\x7f" * 60_000 + b"\x00")
    + FUNCTIONS
    + EXPORTS
    + NOTHING,
    "many-functions": HEADER
    + TYPES
    + section(3, uleb(60_000) + b"\x00" * 60_000)
    + EXPORTS
    + section(10, uleb(60_000) + b"\x02\x00\x0b" * 60_000),
    "functions-with-a-lie": HEADER
    + TYPES
    + section(3, b"\xff\xff\xff\xff\x0f\x00")
    + EXPORTS
    + NOTHING,
    "many-exports": exporting(
        name_bytes("_start") + b"\x00\x00",
        *(name_bytes(f"e{n}") + b"\x00\x00" for n in range(30_000)),
    ),
    "many-imports": HEADER
    + LOG_TYPE
    + section(2, uleb(20_000) + IMPORT_LOG * 20_000)
    + section(3, b"\x01\x01")
    + section(7, b"\x01" + name_bytes("_start") + b"\x00" + uleb(20_000))
    + NOTHING,
    "many-globals": one_function(
        b"", globals=section(6, uleb(50_000) + b"\x7f\x01\x41\x00\x0b" * 50_000)
    ),
    "huge-table": one_function(b"", tables=section(4, b"\x01\x70\x00\xff\xff\xff\xff\x0f")),
    "large-table": one_function(b"", tables=section(4, b"\x01\x70\x00" + uleb(10_000_000))),
    "many-tables": one_function(b"", tables=section(4, uleb(1000) + b"\x70\x00\x01" * 1000)),
    "two-memories": one_function(b"", memory=section(5, b"\x02\x00\x01\x00\x01")),
    "min-above-max": one_function(b"", memory=section(5, b"\x01\x01\x05\x01")),
    "shared-memory": one_function(b"", memory=section(5, b"\x01\x03\x01\x01")),
    "memory64": one_function(b"", memory=section(5, b"\x01\x04\x01")),
    "memory64-huge": one_function(
        b"", memory=section(5, b"\x01\x05\x01\x80\x80\x80\x80\x80\x80\x80\x80\x01")
    ),
    "custom-page-size": one_function(b"", memory=section(5, b"\x01\x08\x01\x00")),
    "no-memory-but-load": one_function(i32(0) + wasm.i32_load(0) + wasm.DROP),
    "no-memory-but-log": HEADER
    + LOG_TYPE
    + section(2, b"\x01" + IMPORT_LOG)
    + section(3, b"\x01\x01")
    + section(7, b"\x01" + name_bytes("_start") + b"\x00\x01")
    + code(i32(0) + i32(9) + call(0) + wasm.DROP),
    "data-past-the-end": one_function(
        b"", memory=ONE_PAGE, data=section(11, b"\x01\x00" + i32(65_535) + END + b"\x02ab")
    ),
    "data-at-minus-one": one_function(
        b"", memory=ONE_PAGE, data=section(11, b"\x01\x00" + i32(-1) + END + b"\x02ab")
    ),
    "data-without-memory": one_function(
        b"", data=section(11, b"\x01\x00" + i32(0) + END + b"\x02ab")
    ),
    "data-count-lies": one_function(b"", memory=ONE_PAGE, count=section(12, b"\x7f")),
    "elements-past-the-end": one_function(
        b"", tables=ONE_TABLE, elements=section(9, b"\x01\x00" + i32(7) + END + b"\x01\x00")
    ),
    "elements-of-no-function": one_function(
        b"", tables=ONE_TABLE, elements=section(9, b"\x01\x00" + i32(0) + END + b"\x01\x63")
    ),
    "indirect-call-of-null": one_function(i32(0) + CALL_INDIRECT, tables=ONE_TABLE),
    "indirect-call-past-the-end": one_function(i32(-1) + CALL_INDIRECT, tables=ONE_TABLE),
    "endless-indirect-recursion": one_function(
        i32(0) + CALL_INDIRECT,
        tables=ONE_TABLE,
        elements=section(9, b"\x01\x00" + i32(0) + END + b"\x01\x00"),
    ),
    "recursion-with-a-large-frame": one_function(call(0), b"\x01" + uleb(20_000) + b"\x7e"),
    "memory-fill-past-the-end": one_function(bulk(11, 65_530, 1, 100), memory=ONE_PAGE),
    "memory-fill-wraps": one_function(bulk(11, -4, 1, 8), memory=ONE_PAGE),
    "memory-copy-wraps": one_function(bulk(10, 0, -4, -1), memory=ONE_PAGE),
    "memory-init-past-the-segment": one_function(bulk(8, 0, 2, 100), memory=ONE_PAGE, **PASSIVE),
    "memory-init-after-drop": one_function(bulk(9) + bulk(8, 0, 0, 4), memory=ONE_PAGE, **PASSIVE),
    "table-copy-past-the-end": one_function(bulk(14, 0, 0, -1), tables=ONE_TABLE),
    "table-grow": one_function(
        b"\xd0\x70" + i32(-1) + b"\xfc\x0f\x00" + wasm.DROP, tables=ONE_TABLE
    ),
    "table-fill": one_function(i32(0) + b"\xd0\x70" + i32(-1) + b"\xfc\x11\x00", tables=ONE_TABLE),
    "simd": one_function(b"\xfd\x0c" + bytes(16) + wasm.DROP),
    "atomics": one_function(i32(0) + i32(0) + b"\xfe\x00\x02\x00" + wasm.DROP, memory=ONE_PAGE),
    "exceptions": HEADER + TYPES + FUNCTIONS + section(13, b"\x01\x00\x00") + EXPORTS + NOTHING,
    "gc-types": HEADER
    + section(1, b"\x02\x5f\x00" + EMPTY_TYPE)
    + section(3, b"\x01\x01")
    + EXPORTS
    + NOTHING,
    "tail-call": one_function(b"\x12\x00"),
    "start-of-no-function": HEADER + TYPES + FUNCTIONS + EXPORTS + section(8, b"\x63") + NOTHING,
    "export-of-no-function": exporting(name_bytes("_start") + b"\x00\x63"),
    "export-of-no-memory": exporting(
        name_bytes("_start") + b"\x00\x00", name_bytes("m") + b"\x02\x63"
    ),
    "start-is-a-memory": exporting(name_bytes("_start") + b"\x02\x00", extra=ONE_PAGE),
    "start-twice": exporting(*[name_bytes("_start") + b"\x00\x00"] * 2),
    "start-with-nul": exporting(name_bytes("_start\0x") + b"\x00\x00"),
    "export-name-not-utf8": exporting(
        b"\x04\xff\xfe\xfd\xfc\x00\x00", name_bytes("_start") + b"\x00\x00"
    ),
    "export-name-of-300-kb": exporting(name_bytes("x" * 300_000) + b"\x00\x00", START),
    "function-type-of-no-type": HEADER + TYPES + section(3, b"\x01\x63") + EXPORTS + NOTHING,
    "start-takes-params": HEADER
    + section(1, b"\x01\x60\x03\x7f\x7f\x7f\x00")
    + FUNCTIONS
    + EXPORTS
    + NOTHING,
    "start-returns-f64": HEADER
    + section(1, b"\x01\x60\x00\x01\x7c")
    + FUNCTIONS
    + EXPORTS
    + code(b"\x44" + bytes(8)),
    "names-section-with-lies": one_function(b"")
    + wasm.custom_section("name", b"\x01\xff\xff\xff\xff\x0f" + b"\x00" * 50),
    "many-custom-sections": one_function(b"") + wasm.custom_section("x", b"") * 50_000,
    "sections-out-of-order": HEADER + FUNCTIONS + TYPES + EXPORTS + NOTHING,
    "code-twice": HEADER + TYPES + FUNCTIONS + EXPORTS + NOTHING + NOTHING,
    "fewer-bodies-than-functions": HEADER + TYPES + section(3, b"\x02\x00\x00") + EXPORTS + NOTHING,
    "body-longer-than-its-size": HEADER
    + TYPES
    + FUNCTIONS
    + EXPORTS
    + section(10, b"\x01\x7f\x00" + END),
    "oversized-constant": one_function(b"\x41\xff\xff\xff\xff\xff\x7f" + wasm.DROP),
    "endless-constant": one_function(b"\x41" + b"\x80" * 40 + b"\x00" + wasm.DROP),
    "global-refers-forward": one_function(
        b"", globals=section(6, b"\x02\x7f\x00\x23\x01\x0b\x7f\x00\x41\x00\x0b")
    ),
    "alignment-of-2-to-31": one_function(i32(0) + b"\x28\x1f\x00" + wasm.DROP, memory=ONE_PAGE),
    "offset-of-4-gib": one_function(
        i32(1) + b"\x28\x02\xff\xff\xff\xff\x0f" + wasm.DROP, memory=ONE_PAGE
    ),
}


def section_of(packed: bytes) -> bytes:
    """The manifest section of a packed app, head and all."""
    part = next(part for part in wasm.sections(packed) if part.name == MANIFEST_SECTION)
    return packed[part.start : part.end]


@pytest.mark.parametrize("module", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_refused_or_contained(api, pack, module):
    # Not by `akira pack`, which reads the module's frame and refuses some of them.
    manifest = section_of(pack(guest.hello(), "bomb", memory_quota=1 << 20))
    reply = api.install("bomb", module + manifest)
    if reply.status != 201:
        assert reply.status in (400, 413, 503), reply
        assert reply.code in {"bad_module", "unknown_import", "no_memory", "too_large"}, reply
        assert api.apps() == {}
        return
    reply = api.start("bomb")
    if reply.status == 200:
        api.wait_state("bomb", "stopped", "failed")
    else:
        assert (reply.status, reply.code) == (422, "start_failed"), reply
    status = api.status()
    assert status["apps"]["running"] == 0


def test_on_stop_of_the_wrong_kind(api, pack):
    for label, export in (
        ("memory", name_bytes("on_stop") + b"\x02\x00"),
        ("params", name_bytes("on_stop") + b"\x00\x01"),
    ):
        app = Guest("sleep_ms")
        app.module.function(b"", params="ii", results="")
        app.module.exports.append(export)
        app.run(wasm.forever(app.native("sleep_ms", 60_000)))
        api.must_install(label, pack(app.build(), label))
        api.must_start(label)
        assert api.stop(label).status == 200
        assert api.app(label)["state"] in ("stopped", "failed")


def test_on_stop_that_sleeps_exits_and_stops_again(api, pack):
    app = Guest("sleep_ms", "app_exit")
    app.export("on_stop", app.native("sleep_ms", 60_000) + app.native("app_exit", 9))
    app.run(wasm.forever(app.native("sleep_ms", 60_000)))
    api.must_install("lingerer", pack(app.build(), "lingerer"))
    for _ in range(3):
        api.must_start("lingerer")
        assert api.stop("lingerer").status == 200
        assert api.app("lingerer")["state"] in ("stopped", "failed")


def test_every_encoding_of_a_number_is_the_number(api, pack):
    """Numbers may be written with more bytes than they need; checks must see their value."""
    padded = sleb(5)[:-1] + bytes([sleb(5)[-1] | 0x80]) + b"\x80\x80\x80\x00"
    body = b"\x41" + padded + wasm.DROP
    api.run_to_end("padded", pack(one_function(body), "padded"))
    assert api.app("padded")["state"] == "stopped"
    huge = section(5, b"\x01\x00" + b"\x80\x80\x84\x80\x00")
    reply = api.install("padded", pack(one_function(b"", memory=huge), "padded"))
    assert (reply.status, reply.code) == (400, "bad_module")


def test_a_module_of_the_greatest_size(api, pack):
    def of_filler(filler: int) -> bytes:
        app = Guest().log("big")
        app.module.customs.append(("filler", bytes(filler)))
        return pack(app.build(), "big")

    limit = 512 * 1024
    filler = limit - 1000
    packed = of_filler(filler + limit - len(of_filler(filler)))
    assert len(packed) == limit
    assert api.install("big", packed).status == 201
    reply = api.install("big", packed + b"\x00\x02\x01x")
    assert (reply.status, reply.code) == (413, "too_large")
