# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The devices that the suite runs against, behind one face.

`virtual` is started by `akira sim`, `native_sim` is a Zephyr executable, `mps2_an385` and
`mps2_an521` are boards that QEMU emulates, and a URL is a device that is already there. What the
suite starts, it can also switch off and on again on the same flash, and it dies with the suite.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

READY = re.compile(r"^akira: ready, HTTP API at https?://[0-9.]+:(\d+)")
SERIAL = re.compile(r"^akira: serial line at (/dev/pts/\d+)")
TOKEN = re.compile(r"^akira: admin token \(shown once\): ([0-9a-f]{32})\s*$")
BOOT_SECONDS = 60
# The address of clients that need none of their own.
HERE = "127.0.0.1"
# The boards that QEMU emulates, see harness/board.py.
BOARDS = ("mps2_an385", "mps2_an521")
KINDS = f"virtual, native_sim, {', '.join(BOARDS)} or http://HOST:PORT"
_PR_SET_PDEATHSIG = 1


class DeviceError(RuntimeError):
    """The device did not do what a device does; the message carries its console."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def any_certificate() -> ssl.SSLContext:
    """For TLS with whoever is there, whoever vouches for it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _option(prefix: str, name: str, value: str | None) -> str:
    return prefix + name if value is None else f"{prefix}{name}={value}"


def _die_with_parent() -> None:
    """Runs in the child: a killed test run leaves no device behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Device:
    """A device that answers HTTP at `host:port`."""

    can_restart = False
    # Whether it sees clients by the addresses that they have on this machine.
    sees_addresses = True
    # Whether there is a bootloader that swaps its firmware slots.
    swaps = False

    def __init__(self, kind: str, host: str, port: int, token: str) -> None:
        self.kind = kind
        self.host = host
        self.port = port
        self.token = token
        # What clients check the device's certificate with, where it speaks TLS.
        self.tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        """Where the HTTP API is."""
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"

    def from_address(self, source: str) -> tuple[str, int]:
        """Where a client's connection comes from; skips the test where the device cannot see it."""
        if source != HERE and not self.sees_addresses:
            pytest.skip("this device sees all clients as one")
        return (source, 0)

    def close(self) -> None:
        """Lets the device go."""


class OwnDevice(Device):
    """A simulated device that the suite runs as a child process."""

    can_restart = True
    # Where in its flash file the storage begins, after what it boots from.
    storage_at = 0

    def __init__(
        self,
        kind: str,
        program: list[str],
        flash: Path,
        token: str | None = None,
        options: dict[str, str | None] | None = None,
    ) -> None:
        super().__init__(kind, "127.0.0.1", free_port(), token or "")
        self.flash = flash
        self.swaps = kind == "virtual"
        self.boots = 0
        self.console: list[str] = []
        self._program = program
        self._given_token = token
        self._options = dict(options or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def _port_inside(self) -> int:
        """The port that the device says it listens on."""
        return self.port

    def _command(self) -> list[str]:
        if self.kind == "virtual":
            command = [
                *self._program,
                "--flash",
                str(self.flash),
                "--listen",
                f"127.0.0.1:{self.port}",
            ]
            command += [_option("--", *option) for option in self._options.items()]
            return command + (["--token", self._given_token] if self._given_token else [])
        command = [*self._program, f"--flash={self.flash}", f"--akira-port={self.port}"]
        command += [_option("--akira-", *option) for option in self._options.items()]
        return command + ([f"--akira-token={self._given_token}"] if self._given_token else [])

    def switch_on(self) -> None:
        """Switches the device on, whatever becomes of that."""
        self.console = []
        self.boots += 1
        environment = {name: value for name, value in os.environ.items() if name != "AKIRA_TOKEN"}
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,
            env=environment,
            pass_fds=self._keeps_open(),
        )
        self._reader = threading.Thread(target=self._read_console, daemon=True)
        self._reader.start()

    def boot(self, seconds: float = BOOT_SECONDS) -> None:
        """Switches the device on and waits until it serves."""
        self.switch_on()
        match = self.wait_console(READY, seconds)
        if int(match[1]) != self._port_inside():
            raise DeviceError(f"asked for port {self.port}, but: {match[0]}")
        for line in self.console:
            if found := TOKEN.search(line):
                self.token = found[1]
        if not self.token:
            raise DeviceError("the device showed no token:\n" + "\n".join(self.console))

    def _keeps_open(self) -> tuple[int, ...]:
        """Descriptors that the device's process takes along."""
        return ()

    def _read_console(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for raw in self._process.stdout:
            self.console.append(raw.decode(errors="replace").rstrip())

    def wait_console(self, pattern: re.Pattern[str], seconds: float) -> re.Match[str]:
        """Waits for a console line of this boot."""
        deadline = time.monotonic() + seconds
        seen = 0
        while True:
            lines = self.console
            while seen < len(lines):
                if match := pattern.search(lines[seen]):
                    return match
                seen += 1
            if not self.alive():
                raise DeviceError("the device ended:\n" + "\n".join(lines))
            if time.monotonic() > deadline:
                raise DeviceError(f"no line {pattern.pattern!r}:\n" + "\n".join(lines))
            time.sleep(0.02)

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process is not None
        return self._process.pid

    def set_option(self, name: str, value: str | None) -> None:
        """What it is told from its next boot on; a board keeps what it was built with."""
        self._options[name] = value

    def switch_off(self, *, kill: bool = False) -> int:
        """Ends the device, politely or by cutting its power; returns its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            status = self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise DeviceError(
                "SIGTERM did not end the device in 20 s:\n" + "\n".join(self.console)
            ) from None
        if self._reader is not None:
            self._reader.join(timeout=5)
        return status

    def wait_end(self, seconds: float = 10) -> None:
        """Waits until the process has ended by itself, and its console has been read."""
        assert self._process is not None
        self._process.wait(timeout=seconds)
        if self._reader is not None:
            self._reader.join(timeout=5)

    def interrupt(self) -> int:
        """Ends the device as Ctrl-C does; returns its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=20)

    def restart(self, *, kill: bool = False) -> None:
        """Off and on again, on the same flash."""
        self.switch_off(kill=kill)
        self.boot()

    def close(self) -> None:
        if self.alive():
            self.switch_off(kill=True)


def make(
    kind: str,
    flash: Path,
    *,
    cli: str,
    image: str | None,
    token: str | None = None,
    options: dict[str, str | None] | None = None,
) -> Device:
    """Makes the device that `--device` names, and boots it when it is ours to boot.

    `options` are those that both simulated devices have, by the virtual device's names; `None` for
    one that takes no value.
    """
    if kind.startswith("http://"):
        host, _, port = kind.removeprefix("http://").rstrip("/").partition(":")
        given = os.environ.get("AKIRA_TOKEN")
        if not given:
            raise DeviceError("set AKIRA_TOKEN to the admin token of the device at " + kind)
        return Device("url", host, int(port or 80), given)
    if kind == "virtual":
        program = [cli, "sim"]
    elif kind in BOARDS:
        if not image:
            raise DeviceError(f"{kind} needs its build folder: --image")
        # It uses what is above.
        from harness.board import BoardDevice

        board = BoardDevice(kind, Path(image), flash, token, options)
        board.boot()
        return board
    elif kind == "native_sim":
        if not image:
            raise DeviceError("native_sim needs its executable: --image or AKIRA_NATIVE_SIM_EXE")
        program = [image]
    else:
        raise DeviceError(f"unknown device {kind!r}: {KINDS}")
    device = OwnDevice(kind, program, flash, token, options)
    device.boot()
    return device
