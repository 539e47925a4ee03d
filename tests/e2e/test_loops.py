# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Apps that never give up the processor."""

from __future__ import annotations

import time

from harness import guest
from harness.api import wait_for


def test_a_loop_is_stopped_in_under_a_second_while_three_others_go_on(api, cli, pack, measured):
    """The bound is the issue's own: `akira stop`, the whole command, in under one second."""
    tickers = ["tick1", "tick2", "tick3"]
    for name in tickers:
        api.must_install(name, pack(guest.ticker(50), name))
        api.must_start(name)
    api.must_install("loop", pack(guest.looper(), "loop"))
    api.must_start("loop")
    wait_for(lambda: api.log_texts("loop"), lambda lines: lines == ["looping"], "the loop to run")
    before = {name: api.log(name)["next"] for name in tickers}
    for name in tickers:
        wait_for(
            lambda name=name: api.log(name)["next"],
            lambda now, name=name: now > before[name] + 2,
            f"{name} to tick beside the loop",
        )
    started = time.monotonic()
    outcome = cli.run("stop", "loop")
    took = time.monotonic() - started
    outcome.ok()
    measured(f"akira stop of an infinite loop beside three running apps: {took * 1000:.0f} ms")
    assert took < 1.0
    assert api.app("loop")["state"] in ("stopped", "failed")
    after = {name: api.log(name)["next"] for name in tickers}
    for name in tickers:
        assert api.app(name)["state"] == "running"
        wait_for(
            lambda name=name: api.log(name)["next"],
            lambda now, name=name: now > after[name] + 2,
            f"{name} to tick after the stop",
        )


def test_four_loops_and_the_device_still_answers(api, pack):
    names = [f"loop{number}" for number in range(4)]
    for name in names:
        api.must_install(name, pack(guest.looper(), name, priority=10))
        api.must_start(name)
    for name in names:
        wait_for(
            lambda name=name: api.log_texts(name),
            lambda lines: lines == ["looping"],
            f"{name} to run",
        )
    for _ in range(5):
        assert api.status()["apps"]["running"] == 4
    api.must_install("fifth", pack(guest.padded(50_000), "fifth"))
    assert api.start("fifth").code == "no_slot"
    for name in names:
        assert api.stop(name).status == 200
        assert api.app(name)["state"] in ("stopped", "failed")
    assert api.must_start("fifth")
    api.wait_state("fifth", "stopped")


def test_a_loop_can_be_started_and_stopped_many_times(api, pack):
    api.must_install("loop", pack(guest.looper(), "loop"))
    for _ in range(25):
        api.must_start("loop")
        assert api.stop("loop").status == 200
    assert api.status()["apps"]["running"] == 0


def test_a_sleeping_app_wakes_for_its_stop(api, pack):
    api.must_install("sleeper", pack(guest.sleeper(), "sleeper"))
    api.must_start("sleeper")
    wait_for(
        lambda: api.log_texts("sleeper"), lambda lines: lines == ["up"], "the sleeper to sleep"
    )
    assert api.stop("sleeper").status == 200
    assert api.app("sleeper")["state"] == "stopped"
