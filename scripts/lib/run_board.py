# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Runs the firmware of a build folder on its emulated board, until Ctrl-C or the end of its power.

```
python3 scripts/lib/run_board.py BOARD BUILD-FOLDER [--flash FILE] [--port PORT] [--program]
```

The flash file is made at the first run and kept. The build's images are put into it then, and later
only with `--program`, as a programmer would: an update that came over the air is not undone by a
restart, and what is stored stays in either case.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from emulator import EmulatorError, FlashFile, Images, board_of, command


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the firmware on an emulated board.")
    parser.add_argument("board", help="mps2/an385 or mps2/an521/cpu0")
    parser.add_argument("build", type=Path, help="west's build folder")
    parser.add_argument("--flash", type=Path, help="flash file (default: flash.bin there)")
    parser.add_argument("--port", type=int, default=8080, help="HTTP on 127.0.0.1 (default 8080)")
    parser.add_argument("--program", action="store_true", help="put the build's images in anew")
    return parser.parse_args()


def run() -> None:
    """Starts QEMU in the place of this process."""
    options = _options()
    board = board_of(options.board)
    if shutil.which("qemu-system-arm") is None:
        raise EmulatorError("there is no qemu-system-arm: scripts/setup.sh boards installs it")
    flash = FlashFile(options.flash or options.build / "flash.bin")
    blank = not flash.path.exists()
    flash.make()
    # It lives as long as the emulator that inherits it.
    os.set_inheritable(flash.lock(), True)
    if blank or options.program:
        flash.put_images(Images.of_build(options.build))
    words = command(board, flash, options.port, console="stdio", serial=("pty", "pty"))
    print(f"{board.west} on {flash.path}; HTTP API at http://127.0.0.1:{options.port}", flush=True)
    print("Serial line and shell are the two terminals below; Ctrl-C ends it.", flush=True)
    os.execvp(words[0], words)


if __name__ == "__main__":
    try:
        run()
    except EmulatorError as error:
        sys.exit(f"error: {error}")
