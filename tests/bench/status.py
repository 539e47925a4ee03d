# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""How many requests a device answers while four apps run, and how long they take.

Starts a device of its own, runs four apps that log ten times a second, then asks for the status
with `wrk` over some numbers of connections, without apps and with them.

usage: status.py --akira PROGRAM [--device virtual|native_sim] [--image EXE] [--seconds N]
"""

from __future__ import annotations

import re
import subprocess
import sys

import lab

from harness import device as devices
from harness import guest
from harness.api import Api
from harness.cli import Packer

APPS = 4
CONNECTIONS = (1, 4, 8)


def wrk(device: devices.Device, connections: int, seconds: int) -> tuple[float, str, str, str]:
    """Requests in a second, median and p99 of the latency, and what went wrong."""
    done = subprocess.run(
        [
            "wrk",
            "--threads=1",
            f"--connections={connections}",
            f"--duration={seconds}s",
            "--latency",
            f"--header=Authorization: Bearer {device.token}",
            f"{device.url}/api/v1/status",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")

    def find(pattern: str) -> str:
        found = re.search(pattern, done.stdout)
        return found[1] if found else "none"

    errors = re.findall(r"(Socket errors:.*|Non-2xx.*)", done.stdout)
    rate = float(find(r"Requests/sec:\s+([\d.]+)"))
    return rate, find(r"(?m)^\s+50%\s+(\S+)"), find(r"(?m)^\s+99%\s+(\S+)"), "; ".join(errors)


def main() -> int:
    """Measures and prints."""
    parser = lab.parser("Measures how fast the status is answered.")
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()

    with lab.booted(options) as (device, _):
        api, packer = Api(device), Packer(options.akira)
        print(f"GET /api/v1/status, {options.device}, wrk for {options.seconds} s each")
        print(f"{'apps':>6}{'connections':>13}{'requests/s':>12}{'median':>10}{'p99':>10}")
        for apps in (0, APPS):
            for number in range(apps):
                name = f"tick{number}"
                api.must_install(name, packer.pack(guest.ticker(100), name))
                api.must_start(name)
            for connections in CONNECTIONS:
                rate, median, p99, errors = wrk(device, connections, options.seconds)
                print(f"{apps:>6}{connections:>13}{rate:>12.0f}{median:>10}{p99:>10}  {errors}")
        running = api.status()["apps"]["running"]
        if running != APPS:
            raise SystemExit(f"only {running} of {APPS} apps still run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
