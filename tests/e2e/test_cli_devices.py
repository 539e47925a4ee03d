# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The `akira` command for operators: devices with names, settings, tokens, files, what it follows,
and what it says where nobody looks at a terminal."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import select
import shutil
import signal
import stat
import subprocess
import termios
import time

import pytest

from harness import guest, shapes
from harness.api import Api, wait_for
from harness.cli import Cli

REFUSED, USAGE, UNREACHABLE, LOCAL, UNAUTHORIZED = range(1, 6)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of the test's own for the command's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "akira" / "config.toml"


@pytest.fixture
def plain(cli):
    """Runs a command without a device or token in the environment."""

    def run(*arguments, seconds: float = 60):
        environment = cli.environment()
        del environment["AKIRA_DEVICE"], environment["AKIRA_TOKEN"]
        return subprocess.run(
            cli.command(*arguments),
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run


@pytest.fixture
def app_file(pack, tmp_path):
    """Writes a packed app to a file and returns its path."""

    def make(module, name, **manifest):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(pack(module, name, **manifest))
        return path

    return make


def test_devices_with_names(plain, device, home, tmp_path):
    token = tmp_path / "token"
    token.write_text(device.token + "\n")
    add = ("device", "add", "desk", device.url, "--token-file", token, "--default")
    assert plain(*add).returncode == 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o600, "it holds a token"
    assert plain("status").returncode == 0
    assert plain("--device", "desk", "status").returncode == 0
    listed = plain("device", "list")
    assert "desk" in listed.stdout and device.token not in listed.stdout
    assert plain(*add).returncode != 0, "there is one of that name"
    assert plain(*add, "--replace").returncode == 0
    assert plain("--device", "nobody", "status").returncode in (USAGE, UNREACHABLE, LOCAL)
    assert plain("device", "remove", "desk").returncode == 0
    assert plain("--device", "desk", "status").returncode != 0


def test_settings_that_cannot_be_read_are_named(plain, home):
    home.parent.mkdir(parents=True)
    for text in ("not toml [", "[devices.x]\nurl = 5\n", "default = 'nobody'\n"):
        home.write_text(text)
        done = plain("status")
        assert done.returncode != 0, text
        assert "config.toml" in done.stderr or "nobody" in done.stderr, done.stderr
        assert "panicked" not in done.stderr


def test_an_unchanged_app_is_not_sent_again(cli, api, app_file):
    file = app_file(guest.padded(50_000), "hello")
    assert "installed" in cli.run("install", file).ok().out
    assert "unchanged" in cli.run("install", file).ok().out
    assert "unchanged" not in cli.run("install", "--force", file).ok().out


def test_grants_quota_and_restart(cli, api, app_file):
    file = app_file(guest.sleeper(), "hello", capabilities=["fs_read", "sensor"])
    cli.run("install", file).ok()
    cli.run("grants", "hello", "--deny", "sensor").ok()
    assert api.app("hello")["capabilities"] == ["fs_read"]
    cli.run("grants", "hello", "--set", "").ok()
    assert api.app("hello")["capabilities"] == []
    cli.run("quota", "hello", "256K").ok()
    assert api.app("hello")["memory_quota"] == 256 * 1024
    cli.run("quota", "hello", "manifest").ok()
    assert api.app("hello")["memory_quota"] == 131_072
    assert cli.run("quota", "hello", "lots").failed().code == USAGE
    cli.run("restart", "hello").ok()
    assert api.app("hello")["state"] == "running"
    assert cli.run("grants", "hello", "--set", "").failed().code == REFUSED


def test_a_version_comes_back(cli, api, app_file):
    cli.run("install", app_file(guest.sleeper(), "hello")).ok()
    assert cli.run("rollback", "hello").failed().code == REFUSED
    newer = app_file(guest.trapper(), "hello", version="2.0.0")
    assert "1.0.0 is kept until 2.0.0 has run healthily" in cli.run("install", newer).ok().out
    assert cli.run("install", newer, "--start").ok()
    api.wait_state("hello", "failed")
    for command in ("list", "status"):
        assert "`akira rollback hello`" in cli.run(command).ok().out, command
    assert "`akira rollback hello`" in cli.run("logs", "hello").ok().out
    assert "rolled back hello to 1.0.0" in cli.run("rollback", "hello", "--start").ok().out
    assert (api.app("hello")["state"], api.app("hello")["version"]) == ("running", "1.0.0")
    assert "rollback" not in cli.run("list").ok().out
    failed = cli.run("rollback", "hello", "--json").failed()
    assert (failed.code, failed.json["error"]["code"]) == (REFUSED, "no_previous")
    assert cli.run("rollback", "Hello").failed().code == USAGE
    assert cli.run("rollback", "nobody").failed().code == REFUSED


def test_files(cli, api, app_file, tmp_path):
    cli.run("install", app_file(guest.hello(), "note")).ok()
    content = random.Random(1).randbytes(30_000)
    source, back = tmp_path / "source.bin", tmp_path / "back.bin"
    source.write_bytes(content)
    cli.run("files", "put", source, "note/").ok()
    assert "source.bin" in cli.run("files", "ls", "note").ok().out
    cli.run("files", "get", "note/source.bin", back).ok()
    assert back.read_bytes() == content
    cli.run("files", "rm", "note/source.bin").ok()
    for path in ("note/source.bin", "../config/token", "note/../../config/token"):
        assert cli.run("files", "get", path, tmp_path / "x").failed().code in (REFUSED, USAGE)
    assert not (tmp_path / "x").exists()


def test_settings_and_tokens_of_a_device(blank_device, akira, home):
    device = blank_device()
    cli = Cli(akira, device)
    cli.run("config", "set", "name", "lab-3").ok()
    assert "lab-3" in cli.run("config", "get", "name").ok().out
    assert cli.run("config", "set", "name", "No Name").failed().code in (REFUSED, USAGE)
    reader = cli.run("token", "read", "--json").ok().json["token"]
    assert Api(device, token=reader).status()
    assert cli.run("stop", "nobody", token=reader).failed().code == UNAUTHORIZED
    cli.run("token", "revoke").ok()
    rotated = cli.run("token", "rotate", "--json").ok().json["token"]
    assert cli.run("status").failed().code == UNAUTHORIZED
    assert cli.run("status", token=rotated).ok()


def lines_of(process: subprocess.Popen, seconds: float, enough) -> str:
    """Reads what a command writes until it is enough."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    text = ""
    while not enough(text):
        left = deadline - time.monotonic()
        assert left > 0, text
        if select.select([process.stdout], [], [], left)[0]:
            more = os.read(process.stdout.fileno(), 65536).decode()
            assert more, f"it ended: {text}"
            text += more
    return text


@pytest.fixture
def follow(cli):
    """Starts a command that does not end by itself."""
    started = []

    def start(*arguments) -> subprocess.Popen:
        process = subprocess.Popen(
            cli.command(*arguments),
            env=cli.environment(),
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            # Who starts the suite in the background has it ignore what Ctrl-C sends.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) in (0, 130, -signal.SIGINT)


def test_events_are_followed(follow, api, app_file, cli):
    process = follow("events", "--json", "--types", "app,log")
    lines_of(process, 20, lambda text: '"hello"' in text)
    cli.run("install", "--start", app_file(guest.hello("seen"), "greeter")).ok()
    text = lines_of(process, 20, lambda text: '"seen"' in text and '"stopped"' in text)
    for line in text.strip().splitlines():
        assert json.loads(line)["type"] in ("hello", "app", "log", "removed")


def test_logs_are_followed_over_a_restart_of_the_app(follow, api, app_file, cli):
    cli.run("install", app_file(guest.ticker(100), "ticker")).ok()
    process = follow("logs", "--follow", "ticker")
    api.must_start("ticker")
    lines_of(process, 20, lambda text: text.count("tick") >= 3)
    api.stop("ticker")
    api.must_start("ticker")
    lines_of(process, 20, lambda text: text.count("tick") >= 3)


def test_top_without_a_terminal(follow, api, app_file, cli):
    cli.run("install", "--start", app_file(guest.sleeper(), "sleeper")).ok()
    text = lines_of(follow("top"), 20, lambda text: "sleeper" in text)
    assert "\x1b[" not in text


def test_top_on_a_terminal(cli, api, app_file):
    cli.run("install", "--start", app_file(guest.sleeper(), "sleeper")).ok()
    near, far = pty.openpty()
    termios.tcsetwinsize(near, (24, 80))
    environment = {**cli.environment(), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        cli.command("top"), env=environment, stdin=far, stdout=far, stderr=far, close_fds=True
    )
    os.close(far)
    shown = b""
    deadline = time.monotonic() + 20
    while b"sleeper" not in shown and time.monotonic() < deadline:
        if select.select([near], [], [], 0.2)[0]:
            shown += os.read(near, 65536)
    os.write(near, b"q")
    try:
        while select.select([near], [], [], 2)[0]:
            shown += os.read(near, 65536)
    except OSError:
        pass  # it has ended
    assert process.wait(timeout=10) == 0
    os.close(near)
    assert b"sleeper" in shown and b"\x1b[" in shown


def test_watch_builds_and_installs_what_is_saved(follow, api, cli, tmp_path):
    cli.run("new", "blinker", tmp_path / "blinker", "--lang", "c", seconds=120).ok()
    process = follow("watch", tmp_path / "blinker")
    wait_for(lambda: api.apps().get("blinker"), bool, "the first install", 90)
    before = api.app("blinker")["sha256"]
    source = next((tmp_path / "blinker").rglob("*.c"))
    text = source.read_text()
    source.write_text(re.sub(r'"[^"\n]*"\)', '"changed by hand")', text, count=1))
    wait_for(lambda: api.app("blinker")["sha256"], lambda now: now != before, "the next", 90)
    assert process.poll() is None


def test_nothing_but_text_where_there_is_no_terminal(cli, api, app_file):
    file = app_file(guest.padded(100_000), "large")
    outcome = cli.run("install", file).ok()
    assert "\x1b" not in outcome.out + outcome.err and "\r" not in outcome.out + outcome.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(cli, shell, tmp_path):
    script = cli.run("completions", shell).ok().out
    assert "akira" in script
    if program := shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(script)
        checked = subprocess.run([program, "-n", str(file)], capture_output=True, check=False)
        assert checked.returncode == 0, checked


def test_bash_completes_commands_and_names(cli, api, app_file):
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("bash is not here")
    cli.run("install", app_file(guest.hello(), "weather-station")).ok()
    folder = os.path.dirname(cli.program)  # noqa: PTH120
    script = f"""
        PATH={folder}:$PATH
        source <(akira completions bash)
        complete_words() {{
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9; COMPREPLY=()
            $(complete -p akira | sed 's/.*-F \\([^ ]*\\).*/\\1/') akira "${{@: -1}}" "${{@: -2:1}}"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        }}
        complete_words akira unins
        complete_words akira start wea
    """
    done = subprocess.run(
        [bash, "--norc", "-c", script],
        env=cli.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "uninstall" in done.stdout, done
    assert "weather-station" in done.stdout, done


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("apps",),
        ("config", "get"),
        ("device", "list"),
        ("keys",),
        ("sensors",),
        ("files", "ls"),
        ("metrics",),
        ("quota", "hello"),
        ("grants", "hello"),
    ],
    ids=" ".join,
)
def test_json_everywhere(cli, api, app_file, home, arguments):
    cli.run("install", app_file(guest.hello(), "hello")).ok()
    outcome = cli.run(*arguments, "--json").ok()
    assert outcome.json is not None
    if arguments == ("apps",):
        shapes.check(outcome.json, shapes.APPS)
    missing = cli.run("start", "nobody", "--json").failed()
    assert missing.json["error"]["code"] == "not_found"
