# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The `akira` command as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cbor2

from harness import wasm
from harness.device import Device

MANIFEST_SECTION = "akira-manifest"
JSON_SECTION = ".akira.manifest"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    command: list[str]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON: one document and nothing else."""
        return json.loads(self.out)

    def ok(self) -> Outcome:
        """The outcome of a command that had to succeed."""
        assert self.code == 0, self
        return self

    def failed(self) -> Outcome:
        """The outcome of a command that had to fail, with a message and without a panic."""
        assert self.code not in (0, 101) and self.code > 0, self
        assert self.err.strip(), self
        assert "panicked" not in self.err and "RUST_BACKTRACE" not in self.err, self
        return self


class Cli:
    """Runs `akira` against one device."""

    def __init__(self, program: str, device: Device) -> None:
        self.program = program
        self.device = device

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line."""
        return [self.program, *map(str, arguments)]

    def environment(self, token: str | None = None) -> dict[str, str]:
        """The environment: which device, and the token, which no command line should show."""
        return {
            **os.environ,
            "AKIRA_DEVICE": self.device.url,
            "AKIRA_TOKEN": self.device.token if token is None else token,
            "NO_COLOR": "1",
        }

    def run(self, *arguments: str | Path, token: str | None = None, seconds: float = 60) -> Outcome:
        """Runs a command to its end."""
        command = self.command(*arguments)
        done = subprocess.run(
            command,
            env=self.environment(token),
            capture_output=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Outcome(command, done.returncode, done.stdout, done.stderr)


def _toml(value: Any) -> str:
    return json.dumps(value)  # strings, numbers, booleans and lists of strings read the same


class Packer:
    """Packs modules with manifests by `akira pack`."""

    def __init__(self, program: str) -> None:
        self._program = program

    def try_pack(self, module: bytes, **manifest: Any) -> tuple[Outcome, bytes]:
        """Packs, whatever comes of it."""
        fields = {"version": "1.0.0", "capabilities": [], "memory_quota": 131072, **manifest}
        with tempfile.TemporaryDirectory() as folder:
            source, toml, packed = (
                Path(folder) / name for name in ("in.wasm", "app.toml", "out.wasm")
            )
            source.write_bytes(module)
            scope = fields.pop("scope", None)
            lines = [f"{key} = {_toml(value)}\n" for key, value in fields.items()]
            if scope is not None:
                lines += [
                    "[scope]\n",
                    *(f"{key} = {_toml(value)}\n" for key, value in scope.items()),
                ]
            toml.write_text("".join(lines))
            command = [
                self._program,
                "pack",
                str(source),
                "--manifest",
                str(toml),
                "--output",
                str(packed),
                "--no-check",
            ]
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=60,
                stdin=subprocess.DEVNULL,
                check=False,
            )
            content = packed.read_bytes() if packed.exists() else b""
            return Outcome(command, done.returncode, done.stdout, done.stderr), content

    def pack(self, module: bytes, name: str, **manifest: Any) -> bytes:
        """Packs a module that must be packable."""
        outcome, packed = self.try_pack(module, name=name, **manifest)
        outcome.ok()
        return packed


def manifest_of(packed: bytes) -> Any:
    """The manifest section of a packed app, decoded by an independent CBOR reader."""
    found = [part for part in wasm.sections(packed) if part.name == MANIFEST_SECTION]
    assert len(found) == 1, found
    return cbor2.loads(found[0].payload)


def with_manifest(packed: bytes, manifest: bytes) -> bytes:
    """The app with these bytes in place of its manifest section's content."""
    return wasm.without_section(packed, MANIFEST_SECTION) + wasm.custom_section(
        MANIFEST_SECTION, manifest
    )
