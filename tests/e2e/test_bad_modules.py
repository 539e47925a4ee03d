# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Modules that are not, or not quite, what a device can run."""

from __future__ import annotations

import random

import pytest

from harness import guest, wasm
from harness.cli import MANIFEST_SECTION
from harness.guest import Guest

SEED = 20261123
FLIPS = 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\0asm",
        b"\0asm\x01\0\0",
        b"hello, I am a text file\n" * 50,
        b"\x7fELF" + bytes(500),
        b"PK\x03\x04" + bytes(300),
        b"\0asm\x02\0\0\0" + bytes(100),
        b"\0asm\x0d\0\x01\0" + bytes(64),
        bytes(1000),
        b"\xff" * 1000,
    ],
    ids=[
        "empty",
        "one-byte",
        "magic-only",
        "short-header",
        "text",
        "elf",
        "zip",
        "version-2",
        "component",
        "zeros",
        "ones",
    ],
)
def test_not_a_wasm_file(api, content):
    reply = api.install("app", content)
    assert (reply.status, reply.code) == (400, "bad_module")
    assert api.apps() == {}


def test_every_truncation_is_refused(api, pack):
    packed = pack(guest.hello(), "app")
    assert [part.name for part in wasm.sections(packed)][-1] == MANIFEST_SECTION
    boundaries = {part.start for part in wasm.sections(packed)}
    for length in range(len(packed)):
        reply = api.install("app", packed[:length])
        assert reply.status == 400, f"{length} of {len(packed)} bytes: {reply}"
        expected = {"no_manifest", "bad_module"} if length in boundaries else {"bad_module"}
        assert reply.code in expected, f"{length} of {len(packed)} bytes: {reply}"
    assert api.apps() == {}
    api.must_install("app", packed)


def test_truncated_sample_app(api, sample_apps):
    packed = (sample_apps / "hello.wasm").read_bytes()
    offsets = random.Random(SEED).sample(range(len(packed)), 60)
    for length in sorted(offsets):
        reply = api.install("hello", packed[:length])
        assert reply.status == 400, f"{length} of {len(packed)} bytes: {reply}"
    assert api.apps() == {}
    api.must_install("hello", packed)


def flipped(packed: bytes, rng: random.Random) -> tuple[int, bytes]:
    bit = rng.randrange(len(packed) * 8)
    mutant = bytearray(packed)
    mutant[bit // 8] ^= 1 << bit % 8
    return bit, bytes(mutant)


def test_bit_flips_are_refused_or_contained(api, sample_apps, measured):
    """A flipped module either is refused with a reason, or is still a module: then whatever it does
    when it runs, it can be stopped, and the device goes on."""
    packed = (sample_apps / "hello.wasm").read_bytes()
    rng = random.Random(SEED)
    outcomes: dict[str, int] = {}
    for _ in range(FLIPS):
        bit, mutant = flipped(packed, rng)
        reply = api.install("hello", mutant)
        if reply.status == 400:
            assert reply.code in {
                "bad_module",
                "bad_manifest",
                "no_manifest",
                "unknown_import",
                "name_mismatch",
            }, (bit, reply)
            assert "hello" not in api.apps(), bit
            outcomes[reply.code] = outcomes.get(reply.code, 0) + 1
            continue
        assert reply.status == 201, (bit, reply)
        started = api.start("hello")
        assert started.status in (200, 422, 503), (bit, started)
        if started.status != 200:
            assert started.code in {"start_failed", "no_memory"}, (bit, started)
        elif api.app("hello")["state"] == "running":
            assert api.stop("hello").status in (200, 409), bit
        app = api.app("hello")
        assert app["state"] in {"installed", "stopped", "failed"}, (bit, app)
        assert api.uninstall("hello").status == 200, bit
        outcomes[app["state"]] = outcomes.get(app["state"], 0) + 1
    measured(f"{FLIPS} bit flips of hello.wasm: {outcomes}")
    assert sum(outcomes.values()) == FLIPS
    assert outcomes.get("bad_module", 0) > 0


@pytest.mark.parametrize(
    ("module", "name", "signature"),
    [
        ("akira", "launch_missiles", ("i", "i")),
        ("akira", "", ("", "")),
        ("akira", "log" * 300, ("ii", "")),
        ("nowhere", "log", ("ii", "")),
        ("", "", ("", "")),
        ("wasi_snapshot_preview1", "fd_write", ("iiii", "i")),
        ("akira", "log", ("iii", "i")),
        ("akira", "fs_open", ("II", "i")),
    ],
    ids=["name", "empty-name", "long-name", "module", "empty-both", "wasi", "arity", "types"],
)
def test_unknown_import_is_refused_and_named(api, pack, packer, module, name, signature):
    made = wasm.Module()
    made.import_function(module, name, *signature)
    made.function(b"", export="_start")
    good = pack(guest.hello(), "app")
    section = next(part for part in wasm.sections(good) if part.name == MANIFEST_SECTION)
    packed = made.encode() + wasm.custom_section(MANIFEST_SECTION, section.payload)
    reply = api.install("app", packed)
    assert reply.status == 400
    assert reply.code in (
        {"unknown_import"} if name and module else {"unknown_import", "bad_module"}
    )
    if name == "launch_missiles":
        assert name in reply.json["error"]["message"]
    assert api.apps() == {}


def test_imports_of_memory_tables_and_globals_are_refused(api, pack):
    good = pack(guest.hello(), "app")
    section = next(part for part in wasm.sections(good) if part.name == MANIFEST_SECTION)
    for kind in (b"\x02\x00\x01", b"\x01\x70\x00\x01", b"\x03\x7f\x00"):
        made = wasm.Module(memory=None)
        made.imports.append(wasm.name_bytes("akira") + wasm.name_bytes("thing") + kind)
        packed = made.encode() + wasm.custom_section(MANIFEST_SECTION, section.payload)
        reply = api.install("app", packed)
        assert reply.status == 400, kind
        assert reply.code in {"unknown_import", "bad_module"}


def test_a_start_section_is_refused(api, pack):
    app = Guest()
    app.module.start = app.module.function(app.log_code("too early"), locals_i32=1)
    packed = pack(app.build(), "app")
    reply = api.install("app", packed)
    assert (reply.status, reply.code) == (400, "bad_module")
    assert "start" in reply.json["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        guest.i32(1),  # leaves a value
        wasm.DROP,  # stack underflow
        wasm.local_get(99) + wasm.DROP,  # no such local
        wasm.call(9999),  # no such function
        wasm.branch(50),  # no such label
        b"\xfe\xff",  # no such instruction
        wasm.LOOP,  # never closed
        b"\x44" + bytes(8) + wasm.I32_WRAP_I64 + wasm.DROP,  # wrong type
    ],
    ids=["leftover", "underflow", "local", "call", "branch", "opcode", "unclosed", "type"],
)
def test_invalid_code_never_runs(api, pack, body):
    """The scan at install need not read function bodies; WAMR does, before anything runs."""
    app = Guest().run(body).log("ran")
    reply = api.install("app", pack(app.build(), "app"))
    if reply.status == 201:
        reply = api.start("app")
        assert (reply.status, reply.code) == (422, "start_failed")
    else:
        assert (reply.status, reply.code) == (400, "bad_module")
    assert len(reply.json["error"]["message"]) > 20
    apps = api.apps()
    if "app" in apps:
        assert apps["app"]["state"] in ("installed", "failed")
        assert api.log_texts("app") == []


def test_sections_with_lies(api, pack):
    packed = pack(guest.hello(), "app")
    head, tail = packed[:8], packed[8:]
    lies = {
        "size past the end": head + b"\x01\xff\xff\xff\xff\x0f" + tail,
        "size of 2^32 and more": head + b"\x01\xff\xff\xff\xff\x7f" + tail,
        "endless leb": head + b"\x01" + b"\x80" * 20 + tail,
        "unknown section": head + wasm.section(77, b"abc") + tail,
        "sections twice": packed + tail,
        "custom name past the end": packed + wasm.section(0, b"\x20ab"),
        "custom name not utf-8": packed + wasm.section(0, b"\x02\xff\xfe"),
        "empty custom": packed + wasm.section(0, b""),
        "trailing byte": packed + b"\x00",
    }
    for label, content in lies.items():
        reply = api.install("app", content)
        if reply.status == 201:
            reply = api.start("app")
            api.uninstall("app")
        assert reply.status in (400, 422), (label, reply)
        assert reply.code in {"bad_module", "bad_manifest", "start_failed"}, (label, reply)


def test_huge_declared_memory_is_refused_or_kept_in_the_quota(api, pack):
    for pages in ((65536, 65536), (1, 65536), (20, 20)):
        app = Guest(pages=pages).log("ran")
        reply = api.install("app", pack(app.build(), "app"))
        if reply.status in (200, 201):
            reply = api.start("app")
            if reply.status == 200:
                assert pages[0] == 1, "more than the quota can ever be"
                api.wait_state("app", "stopped", "failed")
            else:
                assert reply.code in {"no_memory", "start_failed"}, (pages, reply)
        else:
            assert reply.code in {"bad_module", "bad_manifest"}, (pages, reply)
    assert api.status()["memory"]["used"] < 65536


def test_no_app_gets_4_gib(api, pack):
    """WAMR computes 65536 pages in 64 bits and allocates them in 32, which are 0 bytes; the app
    would then have every address of the device in its sandbox."""
    for pages in ((1, 65536), (1, None), (0, None)):
        app = Guest(pages=pages)
        for grow in (65536, 65535, 65534, 32768, -1):
            code = guest.i32(grow) + wasm.MEMORY_GROW
            app.run(app.value_code(f"grow{grow}", code) if pages[0] else code + wasm.DROP)
        lines = api.run_to_end("app", pack(app.build(), "app"))
        assert set(guest.shown(lines).values()) <= {-1}, (pages, lines)
    reply = api.install("app", pack(Guest(pages=(65536, 65536)).build(), "app"))
    assert (reply.status, reply.code) == (400, "bad_module")
