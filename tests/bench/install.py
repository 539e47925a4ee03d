# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""How fast an app gets onto a device: uploads over HTTP and by the command line.

Starts a device of its own on a blank flash, then measures, each as the median of several runs:

* a bare TCP sink on loopback, fed by the same sender: what the network and this script allow;
* `PUT /api/v1/apps/{name}` on a connection of its own: scan, hash, flash, registry and all;
* `akira install`, the whole command.

usage: install.py --akira PROGRAM [--device virtual|native_sim] [--image EXE] [--runs N]
"""

from __future__ import annotations

import argparse
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from harness import device as devices
from harness import guest
from harness.api import Api
from harness.cli import Cli, Packer

SIZES = (100_000, 200_000, 400_000)


def median_rate(size: int, runs: int, once: Callable[[], None]) -> tuple[float, float]:
    """Median throughput in MB/s and the median time in ms; the first run warms up."""
    once()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        once()
        times.append(time.perf_counter() - began)
    middle = statistics.median(times)
    return size / middle / 1e6, middle * 1e3


def serve_sink(listener: socket.socket) -> None:
    """Reads each connection to its end and answers one byte."""
    while True:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(65536):
                pass
            connection.sendall(b".")


def send_to_sink(port: int, data: bytes) -> None:
    """Sends everything and waits for the answer."""
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
        sender.recv(1)


def main() -> int:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description="Measures install throughput.")
    parser.add_argument("--akira", required=True)
    parser.add_argument("--device", default="virtual", choices=("virtual", "native_sim"))
    parser.add_argument("--image")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve_sink, args=(listener,), daemon=True).start()
    sink_port = listener.getsockname()[1]

    with tempfile.TemporaryDirectory() as folder:
        device = devices.make(
            options.device, Path(folder) / "flash.bin", cli=options.akira, image=options.image
        )
        try:
            api, cli, packer = Api(device), Cli(options.akira, device), Packer(options.akira)
            print(f"install throughput, {options.device}, median of {options.runs} runs")
            heads = ("app", "TCP sink", "HTTP PUT", "akira install", "PUT/sink")
            print("{:>8}  {:>12}  {:>22}  {:>22}  {:>8}".format(*heads))
            for size in SIZES:
                packed = packer.pack(guest.padded(size), "padded")
                file = Path(folder) / "padded.wasm"
                file.write_bytes(packed)
                sink, _ = median_rate(
                    len(packed), options.runs, lambda data=packed: send_to_sink(sink_port, data)
                )
                put, put_ms = median_rate(
                    len(packed),
                    options.runs,
                    lambda data=packed: api.must_install("padded", data) and None,
                )
                command, command_ms = median_rate(
                    len(packed),
                    options.runs,
                    lambda path=file: cli.run("install", path).ok() and None,
                )
                print(
                    f"{len(packed) // 1000:>5} KB  {sink:>7.1f} MB/s",
                    f"{put:>7.2f} MB/s {put_ms:>6.1f} ms",
                    f"{command:>7.2f} MB/s {command_ms:>6.1f} ms",
                    f"{put / sink:>8.3f}",
                    sep="  ",
                )
        finally:
            device.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
