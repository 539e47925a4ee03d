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

import socket
import sys
import threading
from collections.abc import Callable

import lab

from harness import guest
from harness.api import Api
from harness.cli import Cli, Packer

SIZES = (100_000, 200_000, 400_000)


def median_rate(size: int, runs: int, once: Callable[[], object]) -> tuple[float, float]:
    """Median throughput in MB/s and the median time in ms."""
    middle = lab.median_seconds(runs, once)
    return size / middle / 1e6, middle * 1e3


def serve_sink(listener: socket.socket) -> None:
    """Reads each connection to its end and answers one byte."""
    while True:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(65536):
                pass
            connection.sendall(b".")


def main() -> int:
    """Measures and prints a table."""
    parser = lab.parser("Measures install throughput.")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve_sink, args=(listener,), daemon=True).start()
    sink_port = listener.getsockname()[1]

    with lab.booted(options) as (device, folder):
        api, cli, packer = Api(device), Cli(options.akira, device), Packer(options.akira)
        print(f"install throughput, {options.device}, median of {options.runs} runs")
        heads = ("app", "TCP sink", "HTTP PUT", "akira install", "PUT/sink")
        print("{:>8}  {:>12}  {:>22}  {:>22}  {:>8}".format(*heads))
        for size in SIZES:
            packed = packer.pack(guest.padded(size), "padded")
            file = folder / "padded.wasm"
            file.write_bytes(packed)
            sink, _ = median_rate(
                len(packed), options.runs, lambda data=packed: lab.send_to_sink(sink_port, data)
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
