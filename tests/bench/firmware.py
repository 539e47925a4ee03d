# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""How fast a firmware image gets into the secondary slot, and how much memory that takes.

Starts a Zephyr image of its own on a blank flash, then measures, each as the median of several
runs:

* the flash driver alone: erasing and writing as many bytes of the slot, in as large pieces as an
  update does, by the image itself (CONFIG_AKIRA_FLASH_RATE), without network or checks;
* `PUT /api/v1/firmware` of a signed image: network, HTTP, router, hash, signature, and the flash.

A native_sim image takes no simulated time to compute: with the flash's timing on, the processor's
work hides in the time that the flash takes. So the same update is measured in an image whose flash
takes no time (--fast), and both ratios are printed: as measured, and as it would be if nothing
overlapped.

usage: firmware.py --akira PROGRAM --image EXE [--fast EXE] [--runs N]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import lab

from harness import device as devices
from harness import image

GOAL = 0.9
SIZE = 400_000


def driver_seconds(port: int, size: int) -> float:
    """What the image itself measured for the flash driver alone."""
    return int(lab.send_to_sink(port, f"flash {size}".encode())) / 1e6


def measure(options: argparse.Namespace, exe: str) -> tuple[float, float, float]:
    """Seconds of the driver alone by the host's clock, by the image's own, and of an update."""
    sink_port = devices.free_port()
    options.image = exe
    with tempfile.TemporaryDirectory() as name:
        key = image.make_key(Path(name))
        signed = image.sign(key, os.urandom(SIZE), "1.2.3")
        with lab.booted(options, tcp_sink=str(sink_port), firmware_key=str(key.public)) as (
            device,
            _,
        ):

            def send(device: devices.Device = device) -> None:
                lab.put(device, "/api/v1/firmware", signed)

            own = driver_seconds(sink_port, len(signed))
            alone = lab.median_seconds(options.runs, lambda: driver_seconds(sink_port, len(signed)))
            update = lab.median_seconds(options.runs, send)
            grown = lab.heap_growth(sink_port, send)
            print(f"  memory: the heap grew by {grown} bytes at most during an update")
            return alone, own, update


def main() -> int:
    """Measures and prints."""
    parser = lab.parser("Measures firmware updates.")
    parser.set_defaults(device="native_sim")
    parser.add_argument("--fast", help="the same image with a flash that takes no time")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()

    def row(what: str, seconds: float, beside: float | None = None) -> float:
        ratio = "" if beside is None else f"{beside / seconds:>7.2f} x the driver"
        print(f"  {what:<34} {SIZE / 1e3:>6.0f} kB {SIZE / seconds / 1e3:>9.0f} kB/s {ratio}")
        return 0 if beside is None else beside / seconds

    print(f"firmware updates, native_sim, median of {options.runs} runs")
    alone, own, update = measure(options, options.image)
    row("flash driver alone", alone)
    print(f"  (by the image's own clock {own * 1e3:.0f} ms, by the host's {alone * 1e3:.0f} ms)")
    ratio = row("PUT firmware", update, alone)
    if options.fast:
        print("the same with a flash that takes no time")
        fast_alone, _, fast = measure(options, options.fast)
        row("flash driver alone", fast_alone)
        row("PUT firmware", fast, fast_alone)
        work = max(fast - fast_alone, 0)
        ratio = alone / (alone + work)
        print(f"  so network, checks and copies take {work * 1e3:.1f} ms, and if none of that were")
        row("hidden by the flash: PUT firmware", alone + work, alone)
    print(f"  the goal of {GOAL} x is {'reached' if ratio >= GOAL else 'not reached'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
