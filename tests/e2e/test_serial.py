# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The command line over a serial line, a good one and bad ones."""

from __future__ import annotations

import os
import random
import threading

import pytest

from harness import guest, line
from harness.api import Api, wait_for
from harness.cli import Cli, Outcome
from harness.device import SERIAL, OwnDevice

pytestmark = pytest.mark.no_device

NOISE = {
    "flipped": line.flips(0.0005),
    "lost": line.drops(0.0005),
    "invented": line.invents(0.0005),
}


@pytest.fixture
def wired(blank_device, pytestconfig) -> OwnDevice:
    """A device with a serial line."""
    kind = pytestconfig.getoption("--device")
    return blank_device(**({"serial": None} if kind == "virtual" else {}))


@pytest.fixture
def serial_path(wired) -> str:
    """Where the device's line is."""
    return wired.wait_console(SERIAL, 10)[1]


@pytest.fixture
def run(wired, akira):
    """Runs a command over a line: `run(path, *arguments)`."""
    cli = Cli(akira, wired)

    def run(path: str, *arguments, seconds: float = 60, **more) -> Outcome:
        return cli.run("--device", f"serial:{path}", *arguments, seconds=seconds, **more)

    return run


def test_a_users_whole_session(wired, serial_path, run, pack, tmp_path):
    file = tmp_path / "ticker.wasm"
    file.write_bytes(pack(guest.ticker(), "ticker"))
    assert "No app" in run(serial_path, "apps").ok().out
    run(serial_path, "install", file).ok()
    run(serial_path, "start", "ticker").ok()
    wait_for(
        lambda: run(serial_path, "logs", "ticker").ok().out, lambda out: "tick" in out, "a line"
    )
    by_line = run(serial_path, "status", "--json").ok().json
    assert by_line["apps"]["running"] == 1
    assert set(by_line) == set(Api(wired).status())
    run(serial_path, "stop", "ticker").ok()
    assert run(serial_path, "start", "nobody").failed().code == 1
    run(serial_path, "uninstall", "ticker").ok()
    assert Api(wired).apps() == {}


def test_the_token_is_wanted_here_too(wired, serial_path, run):
    assert run(serial_path, "status", token="wrong").failed().code == 5
    assert Api(wired).status()
    assert run(serial_path, "status").ok()


def test_large_bodies_both_ways(wired, serial_path, run, pack, tmp_path):
    file = tmp_path / "large.wasm"
    file.write_bytes(pack(guest.padded(200_000), "large"))
    run(serial_path, "install", file, seconds=120).ok()
    assert Api(wired).app("large")["size"] == file.stat().st_size
    note = tmp_path / "note.wasm"
    note.write_bytes(pack(guest.hello(), "note"))
    run(serial_path, "install", note).ok()
    content = random.Random(2).randbytes(100_000)
    source, back = tmp_path / "source", tmp_path / "back"
    source.write_bytes(content)
    run(serial_path, "files", "put", source, "note/data", seconds=120).ok()
    run(serial_path, "files", "get", "note/data", back, seconds=120).ok()
    assert back.read_bytes() == content


@pytest.mark.parametrize("noise", NOISE)
def test_a_line_that_spoils_bytes(wired, serial_path, run, pack, tmp_path, noise, measured):
    packed = pack(guest.padded(30_000), "app")
    file = tmp_path / "app.wasm"
    file.write_bytes(packed)
    bad = line.NoisyLine(serial_path, NOISE[noise], seed=5)
    try:
        run(bad.path, "install", file, seconds=240).ok()
        app = run(bad.path, "apps", "--json", seconds=120).ok().json["apps"][0]
        assert (app["name"], app["size"]) == ("app", len(packed))
        run(bad.path, "start", "app", seconds=120).ok()
        # Nothing is carried out twice: a start that was would be refused, here or above.
        Api(wired).wait_state("app", "stopped")
        assert Api(wired).log_texts("app") == ["padded"]
        assert bad.spoiled > 0, "the line was good by chance"
        measured(f"serial line, {noise}: {bad.spoiled} pieces of {bad.passed} bytes were spoiled")
    finally:
        bad.close()


def test_a_cut_line_is_noticed_and_leaves_nothing(wired, serial_path, run, pack, tmp_path):
    """The line goes dead in the middle of an install: nothing is stored, and it works again."""
    file = tmp_path / "app.wasm"
    file.write_bytes(pack(guest.padded(60_000), "app"))
    left = [20_000]

    def dies(data: bytes, _: random.Random) -> bytes:
        left[0] -= len(data)
        return data if left[0] > 0 else b""

    bad = line.NoisyLine(serial_path, dies)
    try:
        outcome = run(bad.path, "install", file, seconds=120).failed()
        assert outcome.code == 3, outcome
    finally:
        bad.close()
    api = Api(wired)
    assert api.apps() == {}
    wait_for(lambda: api.status()["transfers"], lambda found: found == [], "the transfer", 40)
    run(serial_path, "install", file, seconds=120).ok()


def test_garbage_is_not_answered(wired, serial_path, run):
    api = Api(wired)
    used = api.status()["memory"]["used"]
    port = line.open_raw(serial_path)
    try:
        rng = random.Random(6)
        for _ in range(50):
            os.write(port, rng.randbytes(rng.randrange(1, 3000)))
        os.write(port, b"GET /api/v1/status HTTP/1.1\r\n\r\n" * 20)
        os.write(port, b"\x00" * 5000 + b"\xff" * 5000)
    finally:
        os.close(port)
    assert run(serial_path, "status").ok()
    assert api.status()["memory"]["used"] <= used + 16_384


def test_two_transports_at_once(wired, serial_path, run, pack, tmp_path):
    """The same app over the line and over HTTP: one wins whole, and the other is told."""
    api = Api(wired)
    file = tmp_path / "app.wasm"
    packed = pack(guest.padded(100_000), "app")
    file.write_bytes(packed)
    outcomes: list[Outcome] = []
    by_line = threading.Thread(
        target=lambda: outcomes.append(run(serial_path, "install", "--force", file, seconds=180))
    )
    by_line.start()
    statuses = set()
    while by_line.is_alive():
        statuses.add(api.install("app", packed).status)
    by_line.join()
    assert statuses <= {200, 201, 409}, statuses
    assert outcomes[0].code == 0 or "busy" in outcomes[0].err.lower() or outcomes[0].code == 1
    assert api.app("app")["size"] == len(packed)
    assert api.must_start("app")


def test_no_line_there(wired, run, tmp_path):
    for path in ("/dev/no-such-line", str(tmp_path), "/dev/null"):
        outcome = run(path, "status").failed()
        assert outcome.code in (2, 3), (path, outcome)
