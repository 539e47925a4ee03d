# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Manifests: missing, broken, two of them, and the form of the original system."""

from __future__ import annotations

import json
import random

import cbor2
import pytest

from harness import guest, wasm
from harness.cli import JSON_SECTION, MANIFEST_SECTION, manifest_of, with_manifest

SEED = 20261123


@pytest.fixture
def packed(pack):
    return pack(guest.hello(), "app", description="an app", capabilities=["fs_read"])


def refused(api, content, code="bad_manifest"):
    reply = api.install("app", content)
    assert reply.status == 400, reply
    assert reply.code == code, reply
    assert api.apps() == {}
    return reply.json["error"]["message"]


def test_no_manifest(api, packed):
    refused(api, guest.hello(), "no_manifest")
    refused(api, wasm.without_section(packed, MANIFEST_SECTION), "no_manifest")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"\x00",
        b"\xa1",
        b"\xbf\xff",
        b"\xf6",
        b"{}",
        b"not cbor at all",
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\x7f" * 50,
        b"\xa1\x00\x7b\x7f" + b"\xff" * 7,
        b"\x81" * 4000,
        b"\xa1\x00" * 1500,
        b"\xc0" * 3000,
        b"\xd8" * 30,
        bytes(4096),
    ],
    ids=lambda content: content[:6].hex() + f"-{len(content)}",
)
def test_garbage_for_a_manifest(api, packed, content):
    refused(api, with_manifest(packed, content))


def test_every_truncation_of_the_manifest(api, packed):
    manifest = next(part.payload for part in wasm.sections(packed) if part.name == MANIFEST_SECTION)
    for length in range(len(manifest)):
        refused(api, with_manifest(packed, manifest[:length]))


def test_bytes_after_the_manifest(api, packed):
    manifest = next(part.payload for part in wasm.sections(packed) if part.name == MANIFEST_SECTION)
    refused(api, with_manifest(packed, manifest + b"\x00"))


def test_wrong_types_for_every_field(api, packed):
    """Every field of the manifest in turn gets a value of every other type."""
    manifest = manifest_of(packed)
    assert isinstance(manifest, dict)
    values = [
        None,
        True,
        -1,
        2**64 - 1,
        1.5,
        b"bytes",
        "text",
        [],
        [1],
        {},
        {1: 2},
        cbor2.undefined,
    ]
    tried = 0
    for key, right in manifest.items():
        for wrong in values:
            if type(wrong) is type(right):
                continue
            reply = api.install("app", with_manifest(packed, cbor2.dumps({**manifest, key: wrong})))
            assert reply.status in (400, 201), (key, wrong, reply)
            if reply.status == 201:  # only null, or an empty list of nothing, may mean "not given"
                assert wrong in (None, []) or wrong is cbor2.undefined, (key, wrong)
                api.uninstall("app")
            else:
                assert reply.code in {"bad_manifest", "name_mismatch"}, (key, wrong, reply)
            tried += 1
    assert tried >= 20
    assert api.apps() == {}


def test_a_field_twice_and_a_field_missing(api, packed):
    manifest = manifest_of(packed)
    items = [cbor2.dumps(key) + cbor2.dumps(value) for key, value in manifest.items()]
    for item in items:
        doubled = bytes([0xA0 + len(items) + 1]) + b"".join(items) + item
        refused(api, with_manifest(packed, doubled))
    name = next(key for key, value in manifest.items() if value == "app")
    refused(
        api,
        with_manifest(
            packed, cbor2.dumps({key: value for key, value in manifest.items() if key != name})
        ),
    )


def test_a_manifest_of_the_greatest_size_and_one_more(api, packed):
    manifest = manifest_of(packed)
    refused(api, with_manifest(packed, cbor2.dumps(manifest) + bytes(5000)))
    description = next(key for key, value in manifest.items() if value == "an app")
    refused(api, with_manifest(packed, cbor2.dumps({**manifest, description: "x" * 5000})))


def test_two_manifests(api, packed):
    section = next(part for part in wasm.sections(packed) if part.name == MANIFEST_SECTION)
    text = json.dumps({"name": "app", "version": "1.0.0"}).encode()
    message = refused(api, packed + wasm.custom_section(MANIFEST_SECTION, section.payload))
    assert "manifest" in message
    refused(api, packed + wasm.custom_section(JSON_SECTION, text))
    refused(api, guest.hello() + wasm.custom_section(JSON_SECTION, text) * 2)


def test_bit_flips_of_the_manifest(api, packed):
    manifest = next(part.payload for part in wasm.sections(packed) if part.name == MANIFEST_SECTION)
    rng = random.Random(SEED)
    refusals = 0
    for _ in range(150):
        bit = rng.randrange(len(manifest) * 8)
        mutant = bytearray(manifest)
        mutant[bit // 8] ^= 1 << bit % 8
        reply = api.install("app", with_manifest(packed, bytes(mutant)))
        if reply.status == 400:
            assert reply.code in {"bad_manifest", "name_mismatch"}, (bit, reply)
            refusals += 1
        else:
            assert reply.status == 201, (bit, reply)
            assert reply.json["name"] == "app"
            api.uninstall("app")
    assert refusals > 30


@pytest.mark.parametrize(
    "capability",
    ["*", "everything", "", "FS_READ", "fs_read ", "fs_read,fs_write", "sensor.*", "x" * 300],
)
def test_unknown_capabilities_are_refused_by_pack_and_by_the_device(
    api, packer, packed, capability
):
    outcome, _ = packer.try_pack(guest.hello(), name="app", capabilities=[capability])
    outcome.failed()
    if capability == "*":
        assert "*" in outcome.err
    manifest = {
        "name": "app",
        "version": "1.0.0",
        "capabilities": [capability],
        "memory_quota": 65536,
    }
    refused(api, guest.hello() + wasm.custom_section(JSON_SECTION, json.dumps(manifest).encode()))


def test_the_originals_json_manifest(api):
    manifest = {
        "name": "app",
        "version": "2.1.0",
        "capabilities": ["storage.read", "sensor.read"],
        "memory_quota": 65536,
        "description": "from AkiraOS",
        "priority": 5,
    }
    packed = guest.hello("old friend") + wasm.custom_section(
        JSON_SECTION, json.dumps(manifest).encode()
    )
    app = api.must_install("app", packed)
    assert (app["version"], app["description"]) == ("2.1.0", "from AkiraOS")
    assert app["capabilities"] == ["sensor", "fs_read"]
    api.must_start("app")
    api.wait_state("app", "stopped")
    assert api.log_texts("app") == ["old friend"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"app"',
        "{}",
        '{"name": "app"}',
        '{"name": 5, "version": "1.0.0"}',
        '{"name": "app", "version": "one"}',
        '{"name": "app", "version": "1.0.0", "capabilities": "all"}',
        '{"name": "app", "version": "1.0.0"} trailing',
        '{"name": "app", "version": "1.0.0", "memory_quota": -1}',
        '{"name": "app", "version": "1.0.0", "memory_quota": 1e99}',
        "[" * 3000,
        '{"a":' * 600,
        '{"name": "app", "name": "app", "version": "1.0.0"}',
        '{"name": "\\u0000", "version": "1.0.0"}',
        '{"name": "\\ud800", "version": "1.0.0"}',
    ],
    ids=lambda text: text[:30],
)
def test_broken_json_manifests(api, text):
    reply = api.install("app", guest.hello() + wasm.custom_section(JSON_SECTION, text.encode()))
    assert reply.status == 400, reply
    assert reply.code in {"bad_manifest", "name_mismatch"}
    assert api.apps() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("version", "1.0"),
        ("version", "v1.0.0"),
        ("version", ""),
        ("version", "1.0.0.0"),
        ("memory_quota", 0),
        ("memory_quota", 16383),
        ("memory_quota", 2**31),
        ("priority", 0),
        ("priority", 11),
        ("restart", "sometimes"),
        ("abi", 2),
        ("abi", 0),
        ("name", ""),
        ("name", "Up"),
        ("name", "-x"),
        ("name", "../x"),
        ("name", "a/b"),
        ("name", "x" * 32),
        ("name", "caf\u00e9"),
        ("name", "a.b"),
        ("name", "a b"),
        ("name", "akira"),
        ("entry", ""),
        ("description", "x" * 2000),
    ],
)
def test_pack_refuses_what_a_device_would(packer, field, value):
    fields = {"name": "app", field: value}
    outcome, packed = packer.try_pack(guest.hello(), **fields)
    outcome.failed()
    assert packed == b"", "a refused app must not be written"
    word = "API version" if field == "abi" else field
    assert word in outcome.err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", 1),
        ("priority", 10),
        ("name", "x" * 31),
        ("memory_quota", 16384),
        ("memory_quota", 1048576),
        ("version", "10.20.30-beta.1"),
    ],
)
def test_the_ends_of_the_ranges_are_good(api, packer, field, value):
    fields = {"name": "app", field: value}
    outcome, packed = packer.try_pack(guest.hello(), **fields)
    outcome.ok()
    assert api.must_install(fields["name"], packed)[field] == value


def test_the_name_in_the_path_must_be_the_manifests(api, packed):
    reply = api.install("other", packed)
    assert (reply.status, reply.code) == (400, "name_mismatch")
    assert "app" in reply.json["error"]["message"]
    assert api.apps() == {}
