# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The files on a flash image, read and changed by an implementation of LittleFS that is not ours.

`littlefs-python` has the C library of its own; nothing of the project's code is in between. Only
for devices that are off.
"""

from __future__ import annotations

import itertools
from pathlib import Path

from littlefs import LittleFS, LittleFSError, UserContext

BLOCK = 4096
# Where the storage is on an image of 4 MiB; a smaller image is all storage.
WITH_SLOTS = 4 << 20
STORAGE = 0x200000
_SIZES = {
    "block_size": BLOCK,
    "read_size": 16,
    "prog_size": 16,
    "cache_size": 256,
    "lookahead_size": 32,
    "name_max": 255,
}


class Stored:
    """The storage of a flash image. What is changed is written back at the end of a `with`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._image = path.read_bytes()
        self.offset = STORAGE if len(self._image) >= WITH_SLOTS else 0
        self._cells = self._image[self.offset :]
        # The newest library would otherwise make an older file system one of its own version.
        self._fs = self._mount(self._mount(None).fs_stat().disk_version)

    def _mount(self, disk_version: int | None) -> LittleFS:
        context = UserContext(buffsize=len(self._cells))
        context.buffer = bytearray(self._cells)
        more = {} if disk_version is None else {"disk_version": disk_version}
        blocks = len(self._cells) // BLOCK
        return LittleFS(context=context, block_count=blocks, mount=True, **_SIZES, **more)

    def __enter__(self) -> Stored:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._fs.unmount()
        if kind is None:
            cells = bytes(self._fs.context.buffer)
            if cells != self._cells:
                self._path.write_bytes(self._image[: self.offset] + cells)

    def files(self) -> dict[str, bytes]:
        """Every file with its content."""
        found = {}
        for folder, _, names in self._fs.walk("/"):
            for name in names:
                path = f"{folder.rstrip('/')}/{name}"
                found[path] = self.read(path)
        return found

    def read(self, path: str) -> bytes:
        """A file."""
        with self._fs.open(path, "rb") as file:
            return file.read()

    def write(self, path: str, content: bytes) -> None:
        """Replaces a file, or makes it."""
        with self._fs.open(path, "wb") as file:
            file.write(content)

    def fill(self, folder: str, size: int) -> int:
        """Makes files of that size in a folder until there is no room; how many bytes that took."""
        for number in itertools.count():
            path = f"{folder}/{number}"
            try:
                self.write(path, number.to_bytes(4, "little") * (size // 4))
            except LittleFSError as error:
                assert error.code == LittleFSError.Error.LFS_ERR_NOSPC, error
                self._fs.remove(path)
                return number * size
        raise AssertionError("there is no end of numbers")

    def make_folder(self, path: str) -> None:
        """Makes a folder."""
        self._fs.mkdir(path)


def format_storage(path: Path, size: int) -> None:
    """Makes a flash image with an empty storage that `littlefs-python` has formatted."""
    cells = size - STORAGE if size >= WITH_SLOTS else size
    context = UserContext(buffsize=cells)
    fs = LittleFS(
        context=context, block_count=cells // BLOCK, mount=False, disk_version=0x00020000, **_SIZES
    )
    fs.format()
    path.write_bytes(b"\xff" * (size - cells) + bytes(context.buffer))


def flip(content: bytes, at: int) -> bytes:
    """With one bit the other way."""
    changed = bytearray(content)
    changed[at] ^= 4
    return bytes(changed)


def erase_block_of(path: Path, content: bytes) -> None:
    """Has the block lost in which `content` begins, wherever it is: its cells are all zeros."""
    image = bytearray(path.read_bytes())
    at = image.find(content)
    assert at >= 0 and image.find(content, at + 1) < 0, "the content is not there just once"
    block = at // BLOCK * BLOCK
    image[block : block + BLOCK] = bytes(BLOCK)
    path.write_bytes(image)
