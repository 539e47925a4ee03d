# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The command `akira` of Zephyr's shell, as somebody types it at the device."""

from __future__ import annotations

import os
import re
import select
import time

import pytest

from harness import guest, line
from harness.api import Api
from harness.device import OwnDevice

pytestmark = pytest.mark.no_device

SHELL = re.compile(r"^akira: shell at (/dev/pts/\d+)")
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A terminal at the shell's line."""

    def __init__(self, path: str) -> None:
        self._line = line.open_raw(path)

    def read(self, seconds: float = 1.0) -> str:
        """What comes until it is quiet for that long."""
        out = bytearray()
        while select.select([self._line], [], [], seconds)[0]:
            out += os.read(self._line, 4096)
        return ESCAPES.sub("", out.decode(errors="replace"))

    def type(self, keys: str) -> str:
        """Types, and returns what is shown then."""
        for key in keys:
            os.write(self._line, key.encode())
            time.sleep(0.005)
        return self.read()

    def command(self, text: str) -> str:
        """Types a command and the Enter key; the output without the command."""
        shown = self.type(text + "\r")
        return shown.split(text, 1)[-1]

    def close(self) -> None:
        """Leaves."""
        os.close(self._line)


@pytest.fixture
def shell_device(blank_device, pytestconfig) -> OwnDevice:
    """A device with Zephyr's shell."""
    if pytestconfig.getoption("--device") != "native_sim":
        pytest.skip("the shell is Zephyr's")
    return blank_device()


@pytest.fixture
def terminal(shell_device):
    """A terminal at its shell."""
    opened = Terminal(shell_device.wait_console(SHELL, 10)[1])
    opened.type("\r")
    yield opened
    opened.close()


def test_apps_by_hand(shell_device, terminal, pack):
    api = Api(shell_device)
    api.must_install("ticker", pack(guest.ticker(), "ticker"))
    assert "ticker" in terminal.command("akira apps")
    terminal.command("akira start ticker")
    assert api.wait_state("ticker", "running")
    assert "tick" in terminal.command("akira log ticker")
    assert "running" in terminal.command("akira apps")
    terminal.command("akira stop ticker")
    assert api.wait_state("ticker", "stopped")
    terminal.command("akira restart ticker")
    assert api.wait_state("ticker", "running")
    terminal.command("akira stop ticker")
    assert "before 1.0.0" in terminal.command("akira rollback ticker")
    api.must_install("ticker", pack(guest.trapper(), "ticker", version="1.1.0"))
    assert "akira rollback ticker" in terminal.command("akira apps")
    assert "1.0.0 again" in terminal.command("akira rollback ticker")
    assert api.app("ticker")["version"] == "1.0.0"


def test_what_else_it_tells(shell_device, terminal):
    status = terminal.command("akira status")
    assert re.search(r"\d", status) and "akira" not in status.split("\n")[0]
    assert terminal.command("akira audit").strip()
    assert terminal.command("akira ota").strip()
    shown = terminal.command("akira start nobody")
    assert "nobody" in shown and "no app" in shown.lower(), shown
    for wrong in ("akira start", "akira fly", "akira log", "akira log Bad", "akira stop a b c"):
        assert terminal.command(wrong).strip(), wrong
    assert Api(shell_device).status()


def test_names_are_completed(shell_device, terminal, pack):
    Api(shell_device).must_install("weather-station", pack(guest.hello(), "weather-station"))
    shown = terminal.type("akira start wea\t")
    assert "weather-station" in shown, shown
    terminal.type("\r")
    assert Api(shell_device).wait_state("weather-station", "stopped")


def test_noise_at_the_keyboard(shell_device, terminal):
    import random

    rng = random.Random(3)
    for _ in range(20):
        terminal.type("".join(chr(rng.randrange(32, 127)) for _ in range(60)) + "\r")
    terminal.type("x" * 2000 + "\r")
    terminal.type("akira log " + "n" * 200 + "\r")
    assert Api(shell_device).status()
    assert terminal.command("akira apps").strip()
