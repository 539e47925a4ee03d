# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What the firmware takes of a board's flash and RAM, by part, and what the runtime takes at boot.

Flash and RAM are counted from the linker's map, section by section, so that the parts add up to
what the image takes. Then the same image is booted on the emulated board, with a blank flash and
no app, and the heap that the runtime and WAMR use is read out of the board's memory.

usage: footprint.py --device mps2_an521 --image BUILD-FOLDER
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import heap
import linked

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts/lib"))

from emulator import Images
from harness.api import Api
from harness.board import BoardDevice

GOAL = 24 * 1024
PAGE = Path(__file__).resolve().parents[2] / "rust/runtime/assets/dashboard.html.gz"

WAMR, RUST, OURS, SIMULATED = "WAMR", "Rust runtime", "C shims", "simulated and emulated devices"
SHIMS_NETWORK, SHIMS_SERIAL = "C shims: HTTP, sockets", "C shims: serial line"
DASHBOARD, POOLS, APP_STACKS = "the dashboard's page", "heap of apps and runtime", "app stacks"
NETWORK, STORAGE, LIBRARY, KERNEL = "network", "file system and flash", "C library", "kernel, rest"

# The first that is found in the path of an object file decides.
PARTS = (
    (r"akira_mapped_nor|akira_zephyr\.a\((sim_|semihost_)", SIMULATED),
    (r"akira_zephyr\.a\((http|net|mdns|smp|tcp_sink|smsc911x)", SHIMS_NETWORK),
    (r"akira_zephyr\.a\(serial", SHIMS_SERIAL),
    (r"akira_zephyr|/libapp\.a", OURS),
    (r"libakira\.a", RUST),
    (r"wasm-micro-runtime|libwamr|wamr", WAMR),
    (r"subsys__net|lib__net_buf|drivers__ethernet|http_parser|lib__os__zvfs|posix", NETWORK),
    (r"littlefs|subsys__fs|drivers__flash|subsys__storage|subsys__dfu|mcuboot_util", STORAGE),
    (r"picolibc|lib__libc|libc\.a|libgcc|libm\.a", LIBRARY),
)
ORDER = (
    WAMR,
    RUST,
    DASHBOARD,
    OURS,
    SHIMS_SERIAL,
    SHIMS_NETWORK,
    SIMULATED,
    NETWORK,
    STORAGE,
    LIBRARY,
    KERNEL,
    linked.ALIGNMENT,
    APP_STACKS,
    POOLS,
)
# Symbols that are parts by themselves, where they are.
POOL_SYMBOL, STACKS_SYMBOL = "kheap_akira_heap", "app_stacks"


def part_of(source: str) -> str:
    """The part that an object file belongs to."""
    if source == linked.ALIGNMENT:
        return source
    for pattern, part in PARTS:
        if re.search(pattern, source):
            return part
    return KERNEL


def count(elf: Path) -> tuple[Counter[str], Counter[str]]:
    """Bytes of flash and of RAM by part."""
    flash: Counter[str] = Counter()
    ram: Counter[str] = Counter()
    for piece in linked.pieces(elf):
        part = part_of(piece.source)
        if piece.section.stored:
            flash[part] += piece.size
        if piece.section.writable:
            ram[part] += piece.size
    symbols = linked.symbols(elf)
    for symbol, part in ((POOL_SYMBOL, POOLS), (STACKS_SYMBOL, APP_STACKS)):
        ram[part] += symbols[symbol].size
        ram[OURS] -= symbols[symbol].size
    page = PAGE.stat().st_size
    flash[DASHBOARD] += page
    flash[RUST] -= page
    return flash, ram


def booted_heap(options: argparse.Namespace, elf: Path) -> heap.Use:
    """The heap's use on a board that has booted for the first time and answers."""
    address = linked.symbols(elf)["akira_heap"].address
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        device = BoardDevice(options.device, Path(options.image), folder / "flash.bin")
        device.monitor = folder / "monitor"
        try:
            device.boot()
            if (apps := Api(device).status()["apps"]["installed"]) != 0:
                raise SystemExit(f"a blank device has {apps} apps")
            return heap.use(heap.Monitor(device.monitor), address, folder / "memory.bin")
        finally:
            device.close()


def table(flash: Counter[str], ram: Counter[str]) -> None:
    """Prints the parts."""
    print(f"{'':>32}{'flash':>10}{'RAM':>10}")
    for part in ORDER:
        if flash[part] or ram[part]:
            label = "alignment" if part == linked.ALIGNMENT else part
            print(f"{label:>32}{flash[part]:>10}{ram[part]:>10}")
    print(f"{'total':>32}{flash.total():>10}{ram.total():>10}")


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measures what the firmware takes.")
    parser.add_argument("--device", required=True)
    parser.add_argument("--image", required=True)
    options = parser.parse_args()

    elf = Images.of_build(Path(options.image)).firmware.with_name("zephyr.elf")
    flash, ram = count(elf)
    print(f"bytes of {options.device}'s firmware")
    table(flash, ram)
    use = booted_heap(options, elf)
    static = ram[WAMR] + ram[RUST] + ram[OURS]
    print(f"static RAM of WAMR, Rust runtime and C shims without the two transports: {static}")
    total = static + use.used
    said = "within" if total < GOAL else "over"
    print(f"together: {total}, {said} the goal of {GOAL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
