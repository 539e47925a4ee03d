# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Signed apps: what each policy takes, and whom a device trusts."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from harness import guest, wasm
from harness.api import Api
from harness.cli import Cli

pytestmark = pytest.mark.no_device

SECTION = "akira-signature"


@pytest.fixture
def author(akira, tmp_path):
    """Signs modules by the CLI with keys that are made when they are first needed."""

    class Author:
        def tool(self, *arguments) -> None:
            Cli(akira, _Nowhere()).run(*arguments).ok()

        def public(self, name: str) -> str:
            if not (tmp_path / f"{name}.pem").exists():
                self.tool("keygen", name, "--dir", tmp_path)
            return str(tmp_path / f"{name}.pub.pem")

        def key_hex(self, name: str) -> str:
            lines = Path(self.public(name)).read_text().splitlines()
            return base64.b64decode("".join(lines[1:-1]))[-32:].hex()

        def sign(self, packed: bytes, name: str) -> bytes:
            self.public(name)
            file = tmp_path / "app.wasm"
            file.write_bytes(packed)
            self.tool("sign", file, "--key", tmp_path / f"{name}.pem")
            return file.read_bytes()

    return Author()


class _Nowhere:
    url = "http://127.0.0.1:9"
    token = "none"


def trust(api: Api, name: str, key: str):
    return api.request("PUT", f"/api/v1/keys/{name}", b'{"public_key":"%s"}' % key.encode())


def test_required_signatures(blank_device, author, pack):
    api = Api(blank_device(signatures="require"))
    packed = pack(guest.hello(), "hello")
    reply = api.install("hello", packed)
    assert (reply.status, reply.code) == (403, "unsigned")
    signed = author.sign(packed, "alice")
    reply = api.install("hello", signed)
    assert (reply.status, reply.code) == (403, "bad_signature")

    assert trust(api, "alice", author.key_hex("alice")).status == 201
    assert trust(api, "alice", author.key_hex("alice")).status == 200
    app = api.must_install("hello", signed)
    assert app["signer"] == "alice"
    assert api.run_to_end("hello", signed)

    # Everything that is not this file, signed by this key.
    altered = signed.replace(b"hello", b"hullo", 1)
    assert api.install("hello", altered).code == "bad_signature"
    behind = signed + wasm.custom_section("name", b"x")
    assert api.install("hello", behind).code == "bad_signature"
    double = signed + wasm.custom_section(SECTION, b"x")
    assert api.install("hello", double).code == "bad_signature"
    cut = signed[:-1]
    assert api.install("hello", cut).status == 400
    for bit in range(8 * (len(signed) - 64), 8 * len(signed), 37):
        bad = bytearray(signed)
        bad[bit // 8] ^= 1 << (bit % 8)
        assert api.install("hello", bytes(bad)).code == "bad_signature", bit
    assert api.app("hello")["sha256"] == hashlib.sha256(signed).hexdigest()


def test_an_app_whose_key_was_removed_does_not_start(blank_device, author, pack):
    device = blank_device(signatures="require")
    api = Api(device)
    trust(api, "alice", author.key_hex("alice"))
    api.must_install("tick", author.sign(pack(guest.ticker(), "tick", autostart=True), "alice"))
    device.restart(kill=True)
    api.wait_state("tick", "running")
    assert api.request("DELETE", "/api/v1/keys/alice").status == 200
    assert api.request("DELETE", "/api/v1/keys/alice").code == "not_found"
    device.restart(kill=True)
    app = api.app("tick")
    assert (app["state"], app["signer"]) == ("installed", "alice")
    reply = api.start("tick")
    assert (reply.status, reply.code) == (403, "bad_signature")
    assert trust(api, "again", author.key_hex("alice")).status == 201
    api.must_start("tick")


def test_warnings(blank_device, author, pack):
    device = blank_device(signatures="warn")
    api = Api(device)
    packed = pack(guest.hello(), "hello")
    assert api.must_install("hello", packed)["signer"] is None
    device.wait_console(re.compile(r"error: hello is taken although: .* has no signature"), 10)
    assert api.must_install("hello", author.sign(packed, "bob"))["signer"] is None
    trust(api, "bob", author.key_hex("bob"))
    assert api.must_install("hello", author.sign(packed, "bob"))["signer"] == "bob"
    broken = packed + wasm.custom_section(SECTION, b"no signature")
    assert api.install("hello", broken).code == "bad_signature"
    kinds = [record["kind"] for record in api.request("GET", "/api/v1/audit").json["records"]]
    assert kinds.count("signature") == 3


def test_where_signatures_are_not_looked_at_a_broken_one_is_refused_all_the_same(
    blank_device, author, pack
):
    api = Api(blank_device())
    packed = pack(guest.hello(), "hello")
    assert api.must_install("hello", author.sign(packed, "alice"))["signer"] is None
    broken = packed + wasm.custom_section(SECTION, b"no signature")
    assert api.install("hello", broken).code == "bad_signature"
    altered = author.sign(packed, "alice").replace(b"hello", b"hullo", 1)
    assert api.install("hello", altered).code == "bad_signature"


def test_keys_survive_and_are_bounded(blank_device, author):
    device = blank_device()
    api = Api(device)
    names = [f"key{number}" for number in range(9)]
    for name in names[:8]:
        assert trust(api, name, author.key_hex(name)).status == 201
    reply = trust(api, names[8], author.key_hex(names[8]))
    assert (reply.status, reply.code) == (507, "too_many_keys")
    assert trust(api, "other", author.key_hex("key1")).code == "bad_key"
    for key in ("", "00" * 32, "01" + "00" * 31, "zz" * 32, "11" * 31):
        assert trust(api, "key0", key).code == "bad_key", key
    assert api.request("PUT", "/api/v1/keys/..%2fx", b"{}").code == "bad_name"
    assert api.request("PUT", "/api/v1/keys/key0", b"{}").code == "bad_request"
    assert api.request("PUT", "/api/v1/keys/key0", b"x" * 5000).code == "too_large"
    before = api.request("GET", "/api/v1/keys").json
    assert [key["name"] for key in before["keys"]] == names[:8]
    assert before["policy"] == "off"
    fingerprint = hashlib.sha256(bytes.fromhex(author.key_hex("key0"))).hexdigest()
    assert before["keys"][0]["fingerprint"] == fingerprint
    device.restart(kill=True)
    assert api.request("GET", "/api/v1/keys").json == before
