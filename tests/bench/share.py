# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""How busy apps share a device: turns of the same loop, alone and four at once.

Starts a device of its own, runs one busy app alone, then four of equal priority together, each for
the same time, and prints how many turns each made: the share of each among the four, and what all
four made together beside the one alone.

usage: share.py --akira PROGRAM [--device virtual|native_sim] [--image EXE] [--seconds N]
"""

from __future__ import annotations

import sys
import time

import lab

from harness import guest, wasm
from harness.api import Api
from harness.cli import Packer

APPS = 4
TURNS_AT_ONCE = 10_000
TURNS, INNER, UNTIL = 1, 2, 3


def busy(milliseconds: int) -> bytes:
    """Loops for that long by the device's clock and reports how often, in units of ten thousand."""
    app = guest.Guest("time_ms")
    now = app.native("time_ms") + wasm.I32_WRAP_I64
    get, put = wasm.local_get, wasm.local_set
    minus_one = get(INNER) + wasm.i32(1) + wasm.I32_SUB + wasm.local_tee(INNER)
    inner = wasm.LOOP + minus_one + wasm.branch_if(0) + wasm.END
    one_more = get(TURNS) + wasm.i32(1) + wasm.I32_ADD + put(TURNS)
    code = now + wasm.i32(milliseconds) + wasm.I32_ADD + put(UNTIL)
    code += wasm.LOOP + wasm.i32(TURNS_AT_ONCE) + put(INNER) + inner + one_more
    code += now + get(UNTIL) + wasm.I32_LT_U + wasm.branch_if(0) + wasm.END
    app.run(code).run(app.value_code("turns", get(TURNS)))
    return app.build(locals_i32=4)


def run(api: Api, names: list[str], seconds: float) -> list[int]:
    """Starts the apps one after the other at once; the turns of each."""
    for name in names:
        api.must_start(name)
    deadline = time.monotonic() + seconds * len(names) + 30
    while any(api.app(name)["state"] == "running" for name in names):
        if time.monotonic() > deadline:
            raise SystemExit("an app did not end in time")
        time.sleep(0.1)
    return [guest.shown(api.log_texts(name))["turns"] for name in names]


def main() -> int:
    """Measures and prints."""
    parser = lab.parser("Measures how busy apps share a device.")
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()

    with lab.booted(options) as (device, _):
        api, packer = Api(device), Packer(options.akira)
        module = busy(int(options.seconds * 1000))
        names = [f"busy{number}" for number in range(APPS)]
        for name in names:
            packed = packer.pack(module, name, exec_timeout_ms=600_000, memory_quota=131_072)
            api.must_install(name, packed)
        alone = run(api, names[:1], options.seconds)[0]
        together = run(api, names, options.seconds)
    total = sum(together)
    print(f"busy apps on {options.device}, {options.seconds:g} s each")
    print(f"  one alone            {alone:>8} x {TURNS_AT_ONCE} turns")
    for name, turns in zip(names, together, strict=True):
        print(f"  {name} of four        {turns:>8} x {TURNS_AT_ONCE}, share {turns / total:.3f}")
    print(f"  four together        {total:>8} x {TURNS_AT_ONCE}, {total / alone:.2f} x one alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
