# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What the measurements share: their options, a device of their own, and medians.

Importing this makes the end-to-end suite's `harness` importable, so it comes before that.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from harness import device as devices


def parser(description: str) -> argparse.ArgumentParser:
    """The options that every measurement has."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--akira", required=True)
    made.add_argument("--device", default="virtual", choices=("virtual", "native_sim"))
    made.add_argument("--image")
    return made


@contextmanager
def booted(options: argparse.Namespace, **more: str) -> Iterator[tuple[devices.Device, Path]]:
    """A device of the wanted kind on a blank flash, and the folder that goes with it; `more` are
    options of the device's own."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        device = devices.make(
            options.device,
            folder / "flash.bin",
            cli=options.akira,
            image=options.image,
            options=named,
        )
        try:
            yield device, folder
        finally:
            device.close()


def median_seconds(runs: int, once: Callable[[], object]) -> float:
    """Median time of `once`; a first run warms up."""
    once()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        once()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def send_to_sink(port: int, data: bytes) -> bytes:
    """Sends everything to a TCP sink, says that this is all, and waits until it has answered."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
        while more := sender.recv(4096):
            answer += more
    return answer


def put(device: devices.Device, path: str, data: bytes) -> None:
    """Sends everything as one request, and waits for its answer."""
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: {device.host}\r\nAuthorization: Bearer {device.token}\r\n"
        f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((device.host, device.port)) as sender:
        sender.sendall(head.encode())
        sender.sendall(data)
        answer = b""
        while more := sender.recv(4096):
            answer += more
    if not answer.startswith(b"HTTP/1.1 20"):
        raise SystemExit(f"PUT {path}: {answer[:300]!r}")


def heap_growth(port: int, upload: Callable[[], object]) -> int:
    """How many bytes of a Zephyr image's heap, apps' pool and runtime together, `upload` took at
    most; told by the image's sink."""
    _, before = map(int, send_to_sink(port, b"").split())
    upload()
    peak, _ = map(int, send_to_sink(port, b"").split())
    return peak - before
