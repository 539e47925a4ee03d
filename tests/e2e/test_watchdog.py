# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Apps that run too long, and apps that start again by themselves."""

from __future__ import annotations

import time

from harness import guest, wasm
from harness.api import wait_for
from harness.guest import Guest


def trapping(text: str) -> bytes:
    """An app that logs and traps."""
    return Guest().log(text).run(wasm.UNREACHABLE).build()


def test_code_that_never_pauses_is_ended_by_the_watchdog(api, pack):
    api.must_install("loop", pack(guest.looper(), "loop", exec_timeout_ms=300))
    api.must_start("loop")
    app = api.wait_state("loop", "failed")
    assert app["reason"].startswith("watchdog: ")
    assert "300 ms" in app["reason"]
    assert 300 < app["run_ms"] < 3000
    assert app["memory_used"] == 0


def test_sleeping_does_not_count(api, pack):
    code = Guest("sleep_ms")
    for _ in range(4):
        code.run(code.native("sleep_ms", 250))
    api.must_install("sleepy", pack(code.log("awake").build(), "sleepy", exec_timeout_ms=100))
    api.must_start("sleepy")
    app = api.wait_state("sleepy", "stopped")
    assert app["exit_code"] == 0
    assert app["run_ms"] >= 1000
    assert api.log_texts("sleepy") == ["awake"]


def test_four_loops_are_ended_and_others_go_on(api, pack):
    api.must_install("tick", pack(guest.ticker(50), "tick"))
    api.must_start("tick")
    names = ["loop1", "loop2", "loop3"]
    for name in names:
        api.must_install(name, pack(guest.looper(), name, exec_timeout_ms=400))
    for name in names:
        api.must_start(name)
    for name in names:
        assert api.wait_state(name, "failed")["reason"].startswith("watchdog: ")
    ticks = api.log("tick")["next"]
    wait_for(
        lambda: api.log("tick")["next"], lambda now: now > ticks + 2, "the fourth app to go on"
    )


def test_an_endless_on_stop_does_not_hold_up_a_stop(api, pack):
    code = Guest("sleep_ms")
    code.run(code.native("sleep_ms", 60_000))
    code.export("on_stop", code.log_code("stopping") + wasm.forever(b""))
    api.must_install("stubborn", pack(code.build(), "stubborn"))
    api.must_start("stubborn")
    started = time.monotonic()
    assert api.stop("stubborn").status == 200
    assert time.monotonic() - started < 1.0
    assert api.app("stubborn")["state"] == "stopped"
    assert api.log_texts("stubborn") == ["stopping", "on_stop failed: terminated by user"]


def test_a_failed_app_starts_again_and_again_until_it_is_stopped(api, pack):
    api.must_install("flaky", pack(trapping("try"), "flaky", restart="on-failure"))
    api.must_start("flaky")
    tries = lambda: api.log_texts("flaky").count("try")  # noqa: E731
    wait_for(tries, lambda count: count >= 3, "two restarts, after 1 s and 2 s", 15)
    app = api.app("flaky")
    assert app["restart"] == "on-failure"
    wait_for(
        lambda: api.app("flaky")["restart_in_ms"], lambda left: left is not None, "the next one"
    )
    reply = api.stop("flaky")
    assert reply.status == 200
    assert reply.json["restart_in_ms"] is None
    count = tries()
    time.sleep(1.5)
    assert tries() == count


def test_the_policy_decides_which_end_counts(api, pack):
    leave = Guest("app_exit").log("done")
    leave.run(leave.native("app_exit", 0))
    packed = leave.build()
    api.must_install("once", pack(packed, "once", restart="on-failure"))
    api.must_install("ever", pack(packed, "ever", restart="always"))
    for name in ("once", "ever"):
        api.must_start(name)
    wait_for(lambda: api.log_texts("ever").count("done"), lambda count: count >= 2, "a restart", 10)
    api.stop("ever")
    assert api.log_texts("once") == ["done"]
    assert api.app("once")["restart_in_ms"] is None


def test_a_due_restart_waits_for_a_free_slot(api, pack):
    """Its turn comes while four others run; it is kept until one of them makes room."""
    api.must_install("flaky", pack(trapping("try"), "flaky", restart="on-failure"))
    sleepers = ["sleeper1", "sleeper2", "sleeper3", "sleeper4"]
    for name in sleepers:
        api.must_install(name, pack(guest.sleeper(), name))
    api.must_start("flaky")
    api.wait_state("flaky", "failed")
    for name in sleepers:
        api.must_start(name)
    time.sleep(1.5)
    assert api.log_texts("flaky").count("try") == 1
    assert api.app("flaky")["restart_in_ms"] is not None
    assert api.stop("sleeper1").status == 200
    wait_for(
        lambda: api.log_texts("flaky").count("try"), lambda count: count >= 2, "the restart", 10
    )
    api.stop("flaky")
