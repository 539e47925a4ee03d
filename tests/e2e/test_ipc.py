# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Messages between apps that name each other."""

from __future__ import annotations

import pytest

from harness import guest, wasm
from harness.guest import EACCES, EAGAIN, EINVAL, ENOENT, Guest, i32


def peer(pack, app: Guest, name: str, *peers: str, **manifest) -> bytes:
    return pack(app.build(), name, capabilities=["ipc"], scope={"peers": list(peers)}, **manifest)


def receiver(*, wait: int = 20_000, calls: int = 1) -> Guest:
    app = Guest("ipc_recv", "ipc_send", "sleep_ms")
    app.sender, app.out = app.reserve(32), app.reserve(256)
    app.log("listening")
    for _ in range(calls):
        app.keep("ipc_recv", app.sender, 32, app.out, 256, wait)
        app.run(app.native("log", app.out, 16) + app.native("log", app.sender, 32) + wasm.DROP * 2)
    return app


def test_a_message_and_its_answer(api, pack):
    bob = receiver()
    bob.keep("ipc_send", *bob.place("alice"), *bob.place("pong"))
    api.must_install("bob", peer(pack, bob, "bob", "alice"))
    api.must_start("bob")
    api.wait_log("bob", "listening")
    alice = Guest("ipc_send", "ipc_recv")
    sender, out = alice.reserve(32), alice.reserve(16)
    alice.module.put(sender, b"\xff" * 32)
    alice.keep("ipc_send", *alice.place("bob"), *alice.place("ping"))
    alice.keep("ipc_recv", sender, 32, out, 2, 20_000)
    for at in (0, 4, 28):
        alice.keep_code(i32(sender) + wasm.i32_load(at))
    alice.keep_code(i32(out) + wasm.i32_load(0))
    values = api.answers("alice", peer(pack, alice, "alice", "bob"))
    assert values[:2] == [0, 2], "what there is no room for is cut"
    assert values[2:] == [int.from_bytes(b"bob\0", "little"), 0, 0, int.from_bytes(b"po", "little")]
    api.wait_state("bob", "stopped")
    lines = [line.replace("\0", "") for line in api.log_texts("bob")]
    assert guest.kept(lines) == [4, 0]
    assert any(line.startswith("ping") for line in lines)
    assert any(line.startswith("alice") for line in lines), "the sender's name is the device's word"


@pytest.mark.parametrize(
    ("mine", "theirs", "answer"),
    [
        (["bob"], ["alice"], 0),
        ([], ["alice"], EACCES),
        (["bob"], [], ENOENT),
        (["carol"], ["alice"], EACCES),
    ],
    ids=["both", "not mine", "not theirs", "another"],
)
def test_both_must_name_each_other(api, pack, mine, theirs, answer):
    bob = receiver(wait=1500)
    api.must_install("bob", peer(pack, bob, "bob", *theirs))
    api.must_start("bob")
    api.wait_log("bob", "listening")
    alice = Guest("ipc_send")
    alice.keep("ipc_send", *alice.place("bob"), *alice.place("hi"))
    assert api.answers("alice", peer(pack, alice, "alice", *mine)) == [answer]
    api.wait_state("bob", "stopped")
    assert guest.kept(api.log_texts("bob")) == [2 if answer == 0 else EAGAIN]


def test_who_does_not_run_gets_nothing(api, pack):
    api.must_install("bob", peer(pack, receiver(), "bob", "alice"))
    alice = Guest("ipc_send")
    for name in ("bob", "carol", "alice"):
        alice.keep("ipc_send", *alice.place(name), *alice.place("hi"))
    packed = peer(pack, alice, "alice", "bob", "carol")
    assert api.answers("alice", packed) == [ENOENT, ENOENT, EACCES]


def test_lengths_and_names_that_are_none(api, pack):
    app = Guest("ipc_send", "ipc_recv")
    text, _ = app.place(b"x" * 300)
    bob = app.place("bob")
    for length in (0, 257, 300):
        app.keep("ipc_send", *bob, text, length)
    for name in ("", "Bob", "../bob", "b" * 32, b"\xff"):
        app.keep("ipc_send", *app.place(name), text, 1)
    app.keep("ipc_recv", text, 31, text + 64, 16, 0).keep("ipc_recv", text, 32, text + 64, 16, 0)
    values = api.answers("alice", peer(pack, app, "alice", "bob"))
    assert values == [EINVAL] * 9 + [EAGAIN]


def test_a_queue_is_bounded_charged_and_emptied(api, pack):
    slow = Guest("sleep_ms", "ipc_recv").log("listening")
    slow.run(slow.native("sleep_ms", 3000))
    sender, out = slow.reserve(32), slow.reserve(256)
    for _ in range(17):
        slow.keep("ipc_recv", sender, 32, out, 256, 0)
    api.must_install("slow", peer(pack, slow, "slow", "flood"))
    api.must_start("slow")
    api.wait_log("slow", "listening")
    before = api.app("slow")["memory_used"]
    flood = Guest("ipc_send")
    name, text = flood.place("slow"), flood.place(b"x" * 256)
    for _ in range(40):
        flood.keep("ipc_send", *name, *text)
    values = api.answers("flood", peer(pack, flood, "flood", "slow"))
    assert values == [0] * 16 + [EAGAIN] * 24
    assert api.app("slow")["memory_used"] >= before + 16 * 256, "who receives them pays"
    api.wait_state("slow", "stopped")
    assert guest.kept(api.log_texts("slow")) == [256] * 16 + [EAGAIN]


def test_messages_that_wait_are_gone_with_the_app(api, pack):
    bob = Guest("sleep_ms", "ipc_recv").log("listening")
    bob.run(bob.native("sleep_ms", 60_000))
    api.must_install("bob", peer(pack, bob, "bob", "alice"))
    alice = Guest("ipc_send")
    alice.keep("ipc_send", *alice.place("bob"), *alice.place("left over"))
    packed = peer(pack, alice, "alice", "bob")
    for _ in range(3):
        api.must_start("bob")
        api.wait_log("bob", "listening")
        assert api.answers("alice", packed) == [0]
        assert api.stop("bob").status == 200
        assert api.app("bob")["memory_used"] == 0


def test_a_wait_without_end_ends_with_the_app(api, pack):
    app = receiver(wait=-1)
    api.must_install("waiter", peer(pack, app, "waiter", "nobody"))
    api.must_start("waiter")
    api.wait_log("waiter", "listening")
    assert api.stop("waiter").status == 200
    assert api.app("waiter")["state"] == "stopped"


def test_an_app_that_only_listens_is_called_for_messages(api, pack):
    bob = Guest("ipc_recv").log("ready")
    sender, out = bob.reserve(32), bob.reserve(256)
    fetch = bob.native("ipc_recv", sender, 32, out, 256, 0)
    bob.module.function(
        bob.native("log", out, fetch) + wasm.DROP, export="on_event", params="i", locals_i32=1
    )
    api.must_install("bob", peer(pack, bob, "bob", "alice"))
    api.must_start("bob")
    api.wait_log("bob", "ready")
    alice = Guest("ipc_send")
    for text in ("first", "second"):
        alice.keep("ipc_send", *alice.place("bob"), *alice.place(text))
    assert api.answers("alice", peer(pack, alice, "alice", "bob")) == [0, 0]
    api.wait_log("bob", "first")
    api.wait_log("bob", "second")
    assert api.stop("bob").status == 200
    assert api.app("bob")["state"] == "stopped"
