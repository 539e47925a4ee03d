# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Firmware images and the keys that they are signed with, made by MCUboot's own imgtool."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HEADER_SIZE = 32
# Of simulated devices: the slot, and the largest image that can be swapped.
SLOT_SIZE = 0x69000
IMAGE_MAX = 103 * 4096


def imgtool(*arguments: str) -> None:
    """Runs imgtool, which must succeed."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("imgtool")), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"imgtool {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True)
class Key:
    """A key pair, and a file with its public half only."""

    private: Path
    public: Path


def make_key(folder: Path, kind: str = "ecdsa-p256") -> Key:
    """A new key of a kind of imgtool's; devices know `ed25519` and `ecdsa-p256`."""
    key = Key(folder / f"{kind}.pem", folder / f"{kind}.public.pem")
    imgtool("keygen", "-k", str(key.private), "-t", kind)
    imgtool("getpub", "-k", str(key.private), "-e", "pem", "-o", str(key.public))
    return key


def sign(key: Key | None, payload: bytes, version: str, *more: str) -> bytes:
    """An image as it is uploaded; without a key one that has only a hash. `more` are options of
    `imgtool sign`, which come last and so win."""
    with tempfile.TemporaryDirectory() as name:
        plain, signed = Path(name) / "plain.bin", Path(name) / "signed.bin"
        plain.write_bytes(payload)
        options = ["--version", version, "--header-size", str(HEADER_SIZE), "--pad-header"]
        options += ["--align", "8", "--slot-size", str(SLOT_SIZE)]
        options += ["--key", str(key.private)] if key else []
        imgtool("sign", *options, *more, str(plain), str(signed))
        return signed.read_bytes()
