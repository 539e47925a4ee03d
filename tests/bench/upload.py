# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""How fast bytes get onto a device, and how much memory that takes.

Starts a device of its own on a blank flash, then measures, each as the median of several runs, on a
connection of its own each time, with the same sender:

* a bare TCP sink in the device's own network stack, with buffers as large as the HTTP server's;
* `PUT /api/v1/null`: the HTTP server and the transport router, without storage;
* `PUT /api/v1/files/...`: the same into LittleFS on the simulated flash;
* `PUT /api/v1/apps/...`: an app, which is scanned, hashed, stored and translated.

Then the most memory that an upload took, for three sizes: it must not depend on the size.

The device must have been built with the null sink and the TCP sink; see scripts/bench.

usage: upload.py --akira PROGRAM [--device virtual|native_sim] [--image EXE] [--runs N]
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import lab

from harness import device as devices
from harness import guest
from harness.api import Api
from harness.cli import Packer

NULL_SIZE = 32 * 1024 * 1024
STORED_SIZE = 400_000
MEMORY_SIZES = (50 * 1024, 200 * 1024, 500 * 1024)
GOAL = 0.8


def resident(pid: int) -> tuple[int, int]:
    """Memory of a process that is resident now, and the most that was since it was last reset."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    now, most = (int(fields[name].split()[0]) << 10 for name in ("VmRSS", "VmHWM"))
    return now, most


def memory_of(api: Api, path: str, size: int) -> tuple[int, int, int]:
    """Uploads in pieces; how much the device's own memory grew at most, the peak of all, and how
    much the whole process grew at most."""
    pid = api.device.pid
    before = api.status()["memory"]
    # Sets the most that was resident to what is now.
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    at_first, _ = resident(pid)
    most = 0
    data = bytes(size)
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.device.token}\r\n"
        f"Content-Length: {size}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((api.device.host, api.device.port)) as sender:
        sender.sendall(head.encode())
        for at in range(0, size, size // 10):
            sender.sendall(data[at : at + size // 10])
            most = max(most, api.status()["memory"]["system"] - before["system"])
        while sender.recv(4096):
            pass
    return most, api.status()["memory"]["peak"], resident(pid)[1] - at_first


def main() -> int:
    """Measures and prints."""
    parser = lab.parser("Measures upload throughput and memory.")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()

    sink_port = devices.free_port()
    with lab.booted(options, tcp_sink=str(sink_port)) as (device, _):
        api = Api(device)
        null, stored = bytes(NULL_SIZE), bytes(STORED_SIZE)
        app = Packer(options.akira).pack(guest.padded(STORED_SIZE), "padded")
        # Files belong to apps, so there is one first.
        api.must_install("padded", app)
        path = "/api/v1/files/padded/file"

        def row(what: str, size: int, beside: float | None, once: Callable[[], object]) -> float:
            rate = size / lab.median_seconds(options.runs, once) / 1e6
            ratio = "" if beside is None else f"{rate / beside:>6.2f} x the sink"
            print(f"  {what:<20} {size / 1e6:>6.1f} MB {rate:>9.1f} MB/s {ratio}")
            return rate

        print(f"uploads, {options.device}, median of {options.runs} runs")
        sink = row("bare TCP sink", NULL_SIZE, None, lambda: lab.send_to_sink(sink_port, null))
        rate = row("null sink", NULL_SIZE, sink, lambda: lab.put(device, "/api/v1/null", null))
        reached = "reached" if rate / sink >= GOAL else "not reached"
        print(f"  the goal of {GOAL} x for the null sink is {reached}")
        sink = row("bare TCP sink", STORED_SIZE, None, lambda: lab.send_to_sink(sink_port, stored))
        row("null sink", STORED_SIZE, sink, lambda: lab.put(device, "/api/v1/null", stored))
        row("file on LittleFS", STORED_SIZE, sink, lambda: lab.put(device, path, stored))
        row("app", len(app), sink, lambda: lab.put(device, "/api/v1/apps/padded", app))
        print("memory that an upload takes while it is under way")
        for size in MEMORY_SIZES:
            if options.device == "native_sim":
                data = bytes(size)
                grown = lab.heap_growth(sink_port, lambda data=data: lab.put(device, path, data))
                print(f"  {size >> 10:>4} KiB file: the heap grew by {grown} bytes at most")
                continue
            most, peak, process = memory_of(api, path, size)
            print(
                f"  {size >> 10:>4} KiB file: {most:>7} bytes of the apps' pool,",
                f"whose peak is {peak}; the whole process grew by {process >> 10} KiB at most",
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
