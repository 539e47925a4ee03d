# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Install, start, stop, update, uninstall: what an app goes through."""

from __future__ import annotations

import hashlib
import time

import pytest

from harness import guest, shapes, wasm
from harness.api import wait_for
from harness.guest import Guest


def test_an_app_from_install_to_uninstall(api, pack):
    packed = pack(guest.hello("good day"), "hello", description="says good day", priority=7)
    reply = api.install("hello", packed)
    assert reply.status == 201
    shapes.check(reply.json, shapes.APP)
    app = reply.json
    assert app["name"] == "hello"
    assert app["version"] == "1.0.0"
    assert app["state"] == "installed"
    assert (app["reason"], app["exit_code"]) == (None, None)
    assert app["size"] == len(packed)
    assert app["sha256"] == hashlib.sha256(packed).hexdigest()
    assert (app["memory_quota"], app["memory_used"]) == (131072, 0)
    assert (app["description"], app["priority"]) == ("says good day", 7)
    assert app["autostart"] is False
    assert api.app("hello") == app

    started = api.must_start("hello")
    assert started["state"] in ("running", "stopped")
    app = api.wait_state("hello", "stopped")
    assert (app["reason"], app["exit_code"], app["memory_used"]) == (None, 0, 0)
    assert api.log_texts("hello") == ["good day"]

    reply = api.uninstall("hello")
    assert reply.status == 200
    assert reply.json["name"] == "hello"
    assert api.request("GET", "/api/v1/apps/hello").status == 404
    assert api.apps() == {}


def test_a_running_app_is_charged_and_can_be_stopped(api, pack):
    api.must_install("sleeper", pack(guest.sleeper(), "sleeper"))
    app = api.must_start("sleeper")
    assert app["state"] == "running"
    wait_for(lambda: api.log_texts("sleeper"), lambda lines: lines == ["up"], "the first line")
    app = api.app("sleeper")
    assert 65536 <= app["memory_used"] <= app["memory_quota"], "one page of linear memory at least"
    assert api.status()["memory"]["used"] >= app["memory_used"]
    reply = api.stop("sleeper")
    assert reply.status == 200
    assert reply.json["state"] == "stopped"
    assert reply.json["memory_used"] == 0


def test_an_app_can_be_started_again_and_again(api, pack):
    api.must_install("hello", pack(guest.hello("again"), "hello"))
    for _ in range(10):
        api.must_start("hello")
        assert api.wait_state("hello", "stopped")["exit_code"] == 0
    assert api.log_texts("hello")[-3:] == ["again"] * 3


def test_start_of_a_running_app(api, pack):
    api.must_install("sleeper", pack(guest.sleeper(), "sleeper"))
    api.must_start("sleeper")
    reply = api.start("sleeper")
    assert (reply.status, reply.code) == (409, "already_running")
    assert api.app("sleeper")["state"] == "running"


def test_stop_of_what_does_not_run(api, pack):
    api.must_install("hello", pack(guest.hello(), "hello"))
    reply = api.stop("hello")
    assert (reply.status, reply.code) == (409, "not_running")
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    reply = api.stop("hello")
    assert (reply.status, reply.code) == (409, "not_running")


def test_a_fifth_app_finds_no_slot(api, pack):
    names = [f"sleeper{number}" for number in range(5)]
    for name in names:
        api.must_install(name, pack(guest.sleeper(), name))
    for name in names[:4]:
        api.must_start(name)
    assert api.status()["apps"] == {"installed": 5, "running": 4, "max_running": 4}
    reply = api.start(names[4])
    assert (reply.status, reply.code) == (503, "no_slot")
    assert [api.app(name)["state"] for name in names] == ["running"] * 4 + ["installed"]
    assert api.stop(names[0]).status == 200
    assert api.must_start(names[4])["state"] == "running"


def test_exit_code_of_app_exit(api, pack):
    assert api.run_to_end("exiter", pack(guest.exiter(42), "exiter")) == ["before"]
    app = api.app("exiter")
    assert (app["state"], app["exit_code"]) == ("stopped", 42)


def test_a_trap_is_a_failure_with_wamrs_words(api, pack):
    assert api.run_to_end("trapper", pack(guest.trapper(), "trapper"))[0] == "before"
    app = api.app("trapper")
    assert app["state"] == "failed"
    assert "unreachable" in app["reason"]
    assert app["memory_used"] == 0
    api.must_start("trapper")
    assert api.wait_state("trapper", "failed")["reason"] == app["reason"]


@pytest.mark.parametrize(
    ("label", "code", "words"),
    [
        ("load", guest.i32(-4) + wasm.i32_load(0) + wasm.DROP, "out of bounds memory access"),
        (
            "divide",
            guest.i32(1) + guest.i32(0) + wasm.I32_DIV_S + wasm.DROP,
            "integer divide by zero",
        ),
    ],
)
def test_other_traps(api, pack, label, code, words):
    api.run_to_end("trapper", pack(Guest().run(code).build(), "trapper"))
    app = api.app("trapper")
    assert (app["state"], words in app["reason"]) == ("failed", True), app


def test_endless_recursion_fails_and_costs_nothing(api, pack):
    body = Guest()
    own_index = len(body.module.imports)
    module = body.run(wasm.call(own_index)).build()
    api.run_to_end("recursive", pack(module, "recursive"))
    app = api.app("recursive")
    assert app["state"] == "failed"
    assert "overflow" in app["reason"]


def test_on_stop_is_run(api, pack):
    app = Guest("sleep_ms").log("up")
    app.export("on_stop", app.log_code("goodbye"))
    app.run(wasm.forever(app.native("sleep_ms", 60_000)))
    api.must_install("polite", pack(app.build(), "polite"))
    api.must_start("polite")
    wait_for(lambda: api.log_texts("polite"), lambda lines: lines == ["up"], "the first line")
    reply = api.stop("polite")
    assert (reply.status, reply.json["state"]) == (200, "stopped")
    assert api.log_texts("polite") == ["up", "goodbye"]


def test_on_stop_that_loops_or_traps_does_not_keep_the_app(api, pack):
    for name, ending in (("stubborn", wasm.forever(b"")), ("clumsy", wasm.UNREACHABLE)):
        app = Guest("sleep_ms").export("on_stop", ending)
        app.log("up").run(wasm.forever(app.native("sleep_ms", 60_000)))
        api.must_install(name, pack(app.build(), name))
        api.must_start(name)
        assert api.stop(name).status == 200
        assert api.app(name)["state"] in ("stopped", "failed")


def test_update_in_place(api, pack):
    api.must_install("app", pack(guest.hello("first"), "app"))
    api.must_start("app")
    api.wait_state("app", "stopped")
    reply = api.install("app", pack(guest.hello("second"), "app", version="1.1.0"))
    assert reply.status == 200, "an update, not a new app"
    assert reply.json["version"] == "1.1.0"
    assert len(api.apps()) == 1
    api.must_start("app")
    api.wait_state("app", "stopped")
    assert api.log_texts("app")[-1] == "second"


def test_update_and_uninstall_of_a_running_app_are_refused(api, pack):
    api.must_install("sleeper", pack(guest.sleeper(), "sleeper"))
    api.must_start("sleeper")
    reply = api.install("sleeper", pack(guest.hello(), "sleeper", version="2.0.0"))
    assert (reply.status, reply.code) == (409, "running")
    reply = api.uninstall("sleeper")
    assert (reply.status, reply.code) == (409, "running")
    app = api.app("sleeper")
    assert (app["state"], app["version"]) == ("running", "1.0.0")


def test_a_failed_update_keeps_the_old_app(api, pack):
    api.must_install("app", pack(guest.hello("first"), "app"))
    before = api.app("app")
    assert api.install("app", b"\0asm rubbish").status == 400
    assert api.app("app") == before
    api.must_start("app")
    api.wait_state("app", "stopped")
    assert api.log_texts("app")[-1] == "first"


def test_a_module_without_an_entry_is_refused_or_fails(api, pack):
    module = wasm.Module()
    module.function(b"", export="something")
    reply = api.install("noentry", pack(module.encode(), "noentry"))
    if reply.status == 201:
        api.start("noentry")
        assert api.wait_state("noentry", "failed")["reason"]
    else:
        assert (reply.status, reply.code) == (400, "bad_module")


def test_main_is_an_entry_too(api, pack):
    app = Guest()
    app.module.function(app.log_code("from main"), export="main")
    module = app.module.encode()
    api.run_to_end("mainly", pack(module, "mainly", entry="main"))
    assert api.log_texts("mainly") == ["from main"]


def test_quota_smaller_than_the_app_is_refused_at_start(api, pack):
    app = Guest(pages=(3, 3)).log("never")
    api.must_install("hungry", pack(app.build(), "hungry", memory_quota=65536))
    reply = api.start("hungry")
    assert (reply.status, reply.code) == (422, "start_failed")
    assert "quota" in reply.json["error"]["message"]
    assert api.app("hungry")["state"] == "failed"


def test_memory_grow_past_the_quota_gives_minus_one(api, pack):
    app = Guest(pages=(1, None))
    app.run(app.value_code("grow", guest.i32(100) + wasm.MEMORY_GROW))
    app.log("still here")
    lines = api.run_to_end("grower", pack(app.build(), "grower", memory_quota=131072))
    assert guest.shown(lines) == {"grow": -1}
    assert "still here" in lines


def test_mem_alloc_within_and_past_the_quota(api, pack):
    app = Guest("mem_alloc", "mem_free")
    app.run(app.native("mem_alloc", 512) + wasm.local_tee(0) + wasm.DROP)
    app.show("huge", "mem_alloc", 0x7FFFFFFF).show("negative", "mem_alloc", -1)
    app.run(app.native("mem_alloc", 512) + app.native("mem_free")).log("freed")
    lines = api.run_to_end("alloc", pack(app.build(), "alloc", heap_kb=8))
    assert guest.shown(lines) == {"huge": 0, "negative": 0}
    assert "freed" in lines, (lines, api.app("alloc"))


def test_log_is_read_by_sequence_number(api, pack):
    app = Guest()
    for number in range(5):
        app.log(f"line {number}")
    api.run_to_end("logger", pack(app.build(), "logger"))
    whole = api.log("logger")
    shapes.check(whole, shapes.LOG)
    assert [line["text"] for line in whole["lines"]] == [f"line {number}" for number in range(5)]
    numbers = [line["seq"] for line in whole["lines"]]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert whole["next"] == numbers[-1] + 1
    times = [line["t_ms"] for line in whole["lines"]]
    assert times == sorted(times)
    tail = api.log("logger", numbers[3])
    assert [line["seq"] for line in tail["lines"]] == numbers[3:]
    nothing = api.log("logger", whole["next"])
    assert (nothing["lines"], nothing["next"]) == ([], whole["next"])


def test_log_levels_and_long_lines(api, pack):
    app = Guest("log_debug", "log_error")
    app.run(
        app.log_code("quiet", "log_debug")
        + app.log_code("plain")
        + app.log_code("loud", "log_error")
    )
    app.log("x" * 300)
    api.run_to_end("levels", pack(app.build(), "levels"))
    lines = api.log("levels")["lines"]
    assert [(line["level"], line["text"]) for line in lines[:3]] == [
        ("debug", "quiet"),
        ("info", "plain"),
        ("error", "loud"),
    ]
    if len(lines) > 3:
        assert lines[3]["text"].startswith("x" * 200)
        assert len(lines[3]["text"]) <= 256


def test_a_log_storm_is_bounded_and_counted(api, pack):
    app = Guest("sleep_ms")
    app.run(wasm.forever(app.log_code("noise " * 20)))
    api.must_install("noisy", pack(app.build(), "noisy", priority=1))
    api.must_start("noisy")
    wait_for(
        lambda: api.log("noisy"), lambda log: log["dropped"] > 0 or log["next"] > 500, "the storm"
    )
    first, began = api.log("noisy"), time.monotonic()
    time.sleep(2)
    last, took = api.log("noisy"), time.monotonic() - began
    # 50 a second, and a note on what was dropped each half second.
    assert 20 < last["next"] - first["next"] <= (50 + 2) * (took + 1)
    notes = [line["text"] for line in last["lines"] if "records dropped" in line["text"]]
    assert notes and all("50 a second" in note for note in notes)
    assert api.stop("noisy").status == 200
    log = api.log("noisy")
    assert len(log["lines"]) <= 64
    assert log["next"] >= len(log["lines"])


@pytest.mark.parametrize("since", ["x", "-1", "99999999999999999999", "1e3", "%00"])
def test_a_bad_since_is_refused(api, pack, since):
    api.must_install("hello", pack(guest.hello(), "hello"))
    reply = api.request("GET", f"/api/v1/apps/hello/log?since={since}")
    assert (reply.status, reply.code) == (400, "bad_request")


def test_what_is_not_utf8_in_a_log_line_stays_json(api, pack):
    app = Guest()
    app.show("logged", "log", *app.place(b'caf\xe9 \x00\x1b[31m "quoted" \\ \x7f \xf0\x28'))
    lines = api.run_to_end("bytes", pack(app.build(), "bytes"))
    assert len(lines) == 2
    assert guest.shown(lines) == {"logged": 0}
    assert lines[0].startswith("caf")
    assert '"quoted" \\' in lines[0]
