# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The `akira` command: what a user types, what comes back, and with which exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess

import pytest

from harness import guest, shapes
from harness.api import Api, wait_for
from harness.cli import Cli
from harness.device import OwnDevice, free_port

DONE, REFUSED, USAGE, UNREACHABLE, LOCAL, UNAUTHORIZED = range(6)


@pytest.fixture
def app_file(pack, tmp_path):
    """Writes a packed app to a file and returns its path."""

    def make(module, name, **manifest):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(pack(module, name, **manifest))
        return path

    return make


def test_a_users_whole_session(api, cli, app_file):
    assert "No app" in cli.run("apps").ok().out
    installed = cli.run(
        "install", app_file(guest.ticker(), "ticker", capabilities=["fs_read"])
    ).ok()
    assert "ticker" in installed.out
    assert "fs_read" in installed.out, "what was asked for and granted is shown"
    assert "ticker" in cli.run("start", "ticker").ok().out
    wait_for(lambda: cli.run("logs", "ticker").ok().out, lambda out: "tick" in out, "a line")
    status = cli.run("status").ok().out
    assert re.search(r"ticker\s+1\.0\.0\s+running", status), status
    assert "1 of at most 4 running" in status
    assert "ticker" in cli.run("stop", "ticker").ok().out
    assert re.search(r"ticker\s+1\.0\.0\s+stopped", cli.run("apps").ok().out)
    assert "ticker" in cli.run("uninstall", "ticker").ok().out
    assert "No app" in cli.run("apps").ok().out


def test_json_has_the_same_shape_on_every_device(api, cli, app_file):
    file = app_file(guest.hello("json"), "hello")
    shapes.check(cli.run("status", "--json").ok().json, shapes.STATUS)
    shapes.check(cli.run("install", file, "--json").ok().json, shapes.APP)
    started = cli.run("start", "hello", "--json").ok().json
    shapes.check(started, shapes.APPS)
    api.wait_state("hello", "stopped")
    shapes.check(cli.run("apps", "--json").ok().json, shapes.APPS)
    lines = [json.loads(line) for line in cli.run("logs", "hello", "--json").ok().out.splitlines()]
    shapes.check(lines, [{"app": str, "seq": int, "t_ms": int, "level": str, "text": str}])
    assert [line["text"] for line in lines] == ["json"]
    shapes.check(cli.run("uninstall", "hello", "--json").ok().json, shapes.APPS)


def test_errors_are_sentences_and_json_when_asked_for(api, cli):
    outcome = cli.run("start", "nobody", "--json").failed()
    assert outcome.code == REFUSED
    assert outcome.json["error"]["code"] == "not_found"
    assert outcome.json["error"]["message"]
    plain = cli.run("start", "nobody").failed()
    assert plain.out == ""
    assert "nobody" in plain.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["start", "nobody"], REFUSED),
        (["stop", "nobody"], REFUSED),
        (["uninstall", "nobody"], REFUSED),
        (["logs", "nobody"], REFUSED),
        ([], USAGE),
        (["fly"], USAGE),
        (["start"], USAGE),
        (["status", "--verbose-please"], USAGE),
        (["logs", "nobody", "--since", "-1"], USAGE),
        (["install", "there-is-no-such-file.wasm"], LOCAL),
        (["inspect", "there-is-no-such-file.wasm"], LOCAL),
        (["pack", "nothing.wasm", "--output", "out.wasm"], LOCAL),
        (["build", "no-such-folder"], LOCAL),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else None,
)
def test_exit_codes(cli, arguments, code):
    assert cli.run(*arguments).failed().code == code


def test_the_devices_refusals_reach_the_user(api, cli, app_file):
    names = [f"sleeper{number}" for number in range(5)]
    for name in names:
        cli.run("install", app_file(guest.sleeper(), name)).ok()
    cli.run("start", *names[:4]).ok()
    for arguments, code in (
        (("start", names[4]), "no_slot"),
        (("start", names[0]), "already_running"),
        (("stop", names[4]), "not_running"),
        (("uninstall", names[0]), "running"),
        (("install", app_file(guest.hello(), names[0])), "running"),
    ):
        outcome = cli.run(*arguments, "--json").failed()
        assert outcome.code == REFUSED, outcome
        assert outcome.json["error"]["code"] == code, outcome


def test_bad_files_are_refused_with_a_reason(cli, tmp_path, pack):
    good = pack(guest.hello(), "app")
    for label, content in (
        ("text", b"not wasm"),
        ("empty", b""),
        ("truncated", good[:-20]),
        ("no-manifest", guest.hello()),
        ("start", b"\0asm\x02\0\0\0"),
    ):
        path = tmp_path / f"{label}.wasm"
        path.write_bytes(content)
        assert cli.run("install", path).failed().code == LOCAL, label
        assert cli.run("inspect", path).failed().code == LOCAL, label


def test_several_names_go_on_after_a_refusal(api, cli, app_file):
    cli.run("install", app_file(guest.sleeper(), "sleeper")).ok()
    outcome = cli.run("start", "nobody", "sleeper").failed()
    assert outcome.code == REFUSED
    assert "nobody" in outcome.err
    assert api.app("sleeper")["state"] == "running"


def test_install_and_start_in_one(api, cli, app_file):
    file = app_file(guest.ticker(), "ticker")
    cli.run("install", "--start", file).ok()
    assert api.app("ticker")["state"] == "running"
    cli.run("install", "--start", file).ok()
    assert api.app("ticker")["state"] == "running"


@pytest.mark.parametrize("token", ["", "wrong", "0" * 32, "with space", "caf\u00e9"])
def test_a_wrong_token(blank_device, akira, token):
    # A device of the test's own: this one makes whoever comes from our address wait.
    cli = Cli(akira, blank_device())
    for command in (("status",), ("apps",), ("start", "x"), ("logs", "x")):
        assert cli.run(*command, token=token).failed().code == UNAUTHORIZED, command


def test_the_token_is_never_shown(api, cli, app_file, device):
    file = app_file(guest.hello(), "hello")
    for command in (
        ("--help",),
        ("status", "--help"),
        ("install", file),
        ("status",),
        ("inspect", file),
    ):
        outcome = cli.run(*command)
        assert device.token not in outcome.out + outcome.err, command


def test_token_from_a_file(cli, device, tmp_path):
    file = tmp_path / "token"
    file.write_text(device.token + "\n")
    environment = {key: value for key, value in cli.environment().items() if key != "AKIRA_TOKEN"}
    command = cli.command("status", "--token-file", file)
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == DONE, done


def test_no_device_there(cli):
    outcome = cli.run("--device", f"http://127.0.0.1:{free_port()}", "status").failed()
    assert outcome.code == UNREACHABLE
    assert "127.0.0.1" in outcome.err
    for url in ("nonsense", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"):
        assert cli.run("--device", url, "status").failed().code in (USAGE, UNREACHABLE), url


def test_what_answers_is_no_device(cli, tmp_path):
    port = free_port()
    server = subprocess.Popen(
        ["python3", "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(
            lambda: cli.run("--device", url, "status"),
            lambda outcome: "refused" not in outcome.err.lower(),
            "the other server",
        )
        outcome = cli.run("--device", url, "status").failed()
        assert outcome.code in (UNREACHABLE, REFUSED)
    finally:
        server.terminate()
        server.wait()


def test_logs_follow(api, cli, app_file):
    cli.run("install", app_file(guest.ticker(100), "ticker")).ok()
    follower = subprocess.Popen(
        cli.command("logs", "--follow"), env=cli.environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        api.must_start("ticker")
        assert follower.stdout is not None
        lines = [follower.stdout.readline() for _ in range(3)]
        assert all("ticker" in line and "tick" in line for line in lines), lines
    finally:
        follower.send_signal(signal.SIGTERM)
        follower.wait(timeout=10)


def test_inspect_shows_what_an_app_is(cli, app_file):
    file = app_file(
        guest.hello(), "hello", capabilities=["fs_read", "sensor"], description="greets"
    )
    text = cli.run("inspect", file).ok().out
    for word in ("hello", "1.0.0", "fs_read", "sensor", "greets", "log"):
        assert word in text, word
    facts = cli.run("inspect", file, "--json").ok().json
    assert "hello" in json.dumps(facts)


def test_help_reads_well(cli):
    text = cli.run("--help").ok().out
    for command in (
        "sim",
        "status",
        "install",
        "start",
        "stop",
        "uninstall",
        "logs",
        "build",
        "pack",
        "inspect",
    ):
        assert re.search(rf"^\s+{command}\b\s+\S", text, re.MULTILINE), command
        help_text = cli.run(command, "--help").ok().out
        assert len(help_text.splitlines()) >= 5, command
    assert "Exit codes" in text
    assert max(map(len, text.splitlines())) <= 110
    assert cli.run("--version").ok().out.startswith("akira ")


@pytest.fixture
def virtual_device(akira, tmp_path):
    """A virtual device of the test's own, whatever device is under test."""
    device = OwnDevice("virtual", [akira, "sim"], tmp_path / "own.flash")
    device.boot()
    yield device
    device.close()


def test_a_virtual_device_that_cannot_start_says_why(cli, tmp_path, virtual_device):
    short = tmp_path / "short.flash"
    short.write_bytes(b"\xff" * 1000)
    taken = f"127.0.0.1:{virtual_device.port}"
    for label, flash, listen in (
        ("the port is taken", tmp_path / "new.flash", taken),
        ("the flash is a folder", tmp_path, "127.0.0.1:0"),
        ("the flash has an odd size", short, "127.0.0.1:0"),
        ("another device uses the flash", virtual_device.flash, "127.0.0.1:0"),
    ):
        outcome = cli.run("sim", "--flash", flash, "--listen", listen).failed()
        assert outcome.code == LOCAL, (label, outcome)
    assert Api(virtual_device).status()["apps"]["installed"] == 0


def test_ctrl_c_ends_the_virtual_device(virtual_device):
    assert virtual_device.interrupt() == 0, virtual_device.console
