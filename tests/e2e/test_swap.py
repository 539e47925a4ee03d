# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""MCUboot itself, on the emulated boards: swap, confirm, revert, and no power at the worst moments.

Updates get into the slot as an operator sends them: over HTTP, by the network of the emulator. The
emulator is killed as a board loses its power: each store of the bootloader so far is in the flash
file, and nothing after it.
"""

from __future__ import annotations

import mmap
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator import SLOT_OFFSETS, SLOT_SIZE
from harness.api import Api
from harness.board import BoardDevice
from harness.device import DeviceError
from harness.firmware import Firmware
from harness.mcuboot import Image, Signer, ask_for_swap

pytestmark = pytest.mark.no_device

# Of those that hit a primary slot which is neither the one image nor the other.
KILLS = int(os.environ.get("AKIRA_SWAP_KILLS", "50"))
SECONDS = 240
# At least what the record takes: three words for each of 384 sectors, and some more.
TRAILER = 8192
JUMPING = re.compile(r"Jumping to the first image slot")
VERSION = re.compile(r"Image version: v([0-9.]+)")
SWAP_TYPE = re.compile(r"Image index: 0, Swap type: (\w+)")


@pytest.fixture
def board(
    pytestconfig: pytest.Config, blank_device: Callable[..., BoardDevice], tmp_path: Path
) -> BoardDevice:
    """A board with a bootloader, on a flash of its own, switched off."""
    if not pytestconfig.getoption("--device").startswith("mps2"):
        pytest.skip("only an emulated board has a bootloader")
    if not (Path(pytestconfig.getoption("--image")) / "domains.yaml").is_file():
        pytest.skip("this image was built without a bootloader: use west build --sysbuild")
    made = blank_device()
    made.switch_off(kill=True)
    return made


@pytest.fixture
def signer(pytestconfig: pytest.Config, tmp_path: Path, board: BoardDevice) -> Signer:
    """Signs images of the build under test."""
    return Signer(Path(pytestconfig.getoption("--image")), tmp_path)


def program(board: BoardDevice, image: Image) -> None:
    """An image as the confirmed one, beside an empty secondary slot, by a programmer."""
    board.file.put(SLOT_OFFSETS[0], SLOT_SIZE, image.data)
    board.file.put(SLOT_OFFSETS[1], SLOT_SIZE, b"")


def send(board: BoardDevice, image: Image) -> Firmware:
    """An update for the firmware that runs, to be swapped in at the next boot."""
    firmware = Firmware(Api(board))
    firmware.must_store(image.data)
    assert firmware.must("test")["swap"] == "test"
    return firmware


def boots(board: BoardDevice) -> str:
    """Switches the board on and waits for the bootloader to hand over; the version it jumped to."""
    board.switch_on()
    board.wait_console(JUMPING, SECONDS)
    return board.wait_console(VERSION, SECONDS)[1]


def off(board: BoardDevice) -> None:
    board.switch_off(kill=True)


def test_swap_then_revert(board: BoardDevice, signer: Signer) -> None:
    """What is not confirmed is taken back at the next boot, byte for byte."""
    old = signer.sign("1.0.0", seed=1, extra=5_000)
    new = signer.sign("1.1.0", seed=2, extra=40_000)
    program(board, old)
    board.boot()
    send(board, new)
    off(board)
    assert boots(board) == "1.1.0"
    assert board.wait_console(SWAP_TYPE, 1)[1] == "test"
    off(board)
    assert new.is_in(board.file, 0) and old.is_in(board.file, 1)
    assert boots(board) == "1.0.0"
    off(board)
    assert old.is_in(board.file, 0) and new.is_in(board.file, 1)
    board.boot()
    assert board.wait_console(SWAP_TYPE, 1)[1] == "none"
    state = Firmware(Api(board)).state()
    assert state["confirmed"] and state["slots"][0]["image"]["version"] == "1.0.0", "and stays"


def test_what_is_well_confirms_itself_and_stays(board: BoardDevice, signer: Signer) -> None:
    """An update from end to end: sent, restarted, swapped, found healthy, there for good."""
    old, new = signer.sign("1.0.0", seed=1), signer.sign("1.1.0", seed=2)
    program(board, old)
    board.boot()
    firmware = send(board, new)
    firmware.reboot()
    assert firmware.slots() == (("trial", "1.1.0"), ("previous", "1.0.0"))
    state = firmware.judged()
    assert state["confirmed"] and state["health"]["state"] == "healthy", state
    off(board)
    for _ in range(2):
        assert boots(board) == "1.1.0"
        assert board.wait_console(SWAP_TYPE, 1)[1] == "none"
        off(board)
    assert new.is_in(board.file, 0) and old.is_in(board.file, 1)


BAD = {
    "a bit": (400, "bad_image"),
    "the signature": (403, "bad_signature"),
    "another key": (403, "bad_signature"),
    "cut short": (400, "bad_image"),
    "no image": (400, "bad_image"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_image_is_not_swapped(board: BoardDevice, signer: Signer, what: str) -> None:
    """The firmware refuses it, and the bootloader looks for itself, whatever got into the slot."""
    old, new = signer.sign("1.0.0", seed=1), signer.sign("1.1.0", seed=2, extra=9_000)
    data = bytearray(new.data)
    if what == "a bit":
        data[len(data) // 2] ^= 0x10
    elif what == "the signature":
        data[-3] ^= 1
    elif what == "another key":
        data = bytearray(signer.sign("1.1.0", seed=3, key=signer.other_key()).data)
    elif what == "cut short":
        del data[len(data) * 2 // 3 :]
    else:
        data = bytearray(random.Random(4).randbytes(5000))
    program(board, old)
    board.boot()
    firmware = Firmware(Api(board))
    reply = firmware.put(bytes(data))
    assert (reply.status, reply.code) == BAD[what], reply
    assert firmware.slots() == (("running", "1.0.0"), ("empty", None))
    off(board)
    ask_for_swap(board.file, Image("1.1.0", bytes(data)))
    for _ in range(2):
        assert boots(board) == "1.0.0"
        off(board)
        assert old.is_in(board.file, 0)


def test_flash_that_turns_bad_after_the_upload_is_not_swapped(
    board: BoardDevice, signer: Signer
) -> None:
    """The image was taken, and is no longer what it was when the bootloader looks."""
    old, new = signer.sign("1.0.0", seed=1), signer.sign("1.1.0", seed=2)
    program(board, old)
    board.boot()
    send(board, new)
    off(board)
    at = SLOT_OFFSETS[1] + len(new.data) // 3
    board.file.write(at, bytes([board.file.read(at, 1)[0] ^ 0x04]))
    assert boots(board) == "1.0.0"
    off(board)
    assert old.is_in(board.file, 0)
    board.boot()
    state = Firmware(Api(board)).state()
    assert (state["swap"], state["slots"][0]["image"]["version"]) == ("none", "1.0.0"), state


def test_power_cuts_during_swaps(
    board: BoardDevice, signer: Signer, measured: Callable[[str], None]
) -> None:
    """Killed at random times while it swaps, and again while it resumes: every boot that is let go
    on ends with the image that it was to be, whole, and the other one whole beside it. What is on
    trial then is left so, and the next round is the way back from it."""
    rng = random.Random(20261201)
    old = signer.sign("1.0.0", seed=1, extra=5_000)
    new = signer.sign("1.1.0", seed=2, extra=40_000)
    program(board, old)
    board.boot()
    send(board, new)
    off(board)
    # How long a swap takes, from the first change of its record to the new image in its place.
    board.switch_on()
    until_it_swaps(board)
    began = time.perf_counter()
    while not new.is_in(board.file, 0) and board.alive():
        pass
    swap = time.perf_counter() - began
    off(board)
    assert not what_is_wrong(board, old, new)

    kills = within = resumed = updates = reverts = 0
    bricks: list[str] = []
    began = time.monotonic()
    while within < KILLS and kills < 20 * KILLS:
        if old.is_in(board.file, 0):
            updates += 1
            board.boot()
            send(board, new)
            off(board)
        else:
            reverts += 1
        cuts = rng.randint(1, 3)
        for _ in range(cuts):
            board.switch_on()
            until_it_swaps(board)
            time.sleep(rng.uniform(0, swap))
            off(board)
            within += half_swapped(board, old, new)
        kills += cuts
        if fault := what_is_wrong(board, old, new):
            bricks.append(f"{updates} updates, {reverts} reverts: {fault}")
            break
        resumed += cuts
    measured(
        f"power cuts during swaps: {kills} kills in {updates} updates over HTTP and {reverts} "
        f"reverts, {within} of them with the primary slot half swapped; {resumed} resumed, "
        f"{len(bricks)} bricks; {time.monotonic() - began:.0f} s (one swap: {swap * 1000:.0f} ms)"
    )
    assert not bricks
    assert within >= KILLS, "the kills missed the swaps"
    assert updates and reverts


def until_it_swaps(board: BoardDevice) -> None:
    """Returns as soon as the bootloader writes down what it does, or has done all there was to do.

    Its record is the trailer of the primary slot."""
    trailer = slice(SLOT_OFFSETS[0] + SLOT_SIZE - TRAILER, SLOT_OFFSETS[0] + SLOT_SIZE)
    with (
        board.file.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as cells,
    ):
        before = cells[trailer]
        while cells[trailer] == before and board.alive():
            if any(JUMPING.search(line) for line in board.console):
                return
            time.sleep(0.0005)


def half_swapped(board: BoardDevice, *images: Image) -> bool:
    """Whether none of the images is whole in the primary slot."""
    return not any(image.is_in(board.file, 0) for image in images)


def what_is_wrong(board: BoardDevice, *images: Image) -> str:
    """Lets the board boot: either image may come up (a trial that was cut short is taken back), but
    both must be whole, each in its slot. Nothing is wrong when this is empty."""
    try:
        version = boots(board)
    except DeviceError as error:
        return str(error)
    finally:
        if board.alive():
            off(board)
    runs = [image for image in images if image.version == version]
    rests = [image for image in images if image.version != version]
    if len(runs) != 1:
        return f"it booted {version}"
    if not (runs[0].is_in(board.file, 0) and rests[0].is_in(board.file, 1)):
        return f"{version} booted, and the slots are not whole"
    return ""
