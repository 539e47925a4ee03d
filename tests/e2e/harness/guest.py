# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Small apps for the tests, written as straight-line WASM programs.

A `Guest` is a module that calls native functions and logs what they answered as `label=hhhhhhhh`
words, many to a line because a device keeps only the latest records of a log. The table below
states the binary interface a second time, on purpose: an app that was built for one release must
run on the next, so a change of a signature must fail here.
"""

from __future__ import annotations

import re

from harness import wasm
from harness.wasm import Module, call, i32

# Parameters and result of each native function of module `akira`; i is i32, I is i64.
NATIVES = {
    "log": ("ii", "i"),
    "log_debug": ("ii", "i"),
    "log_error": ("ii", "i"),
    "time_ms": ("", "I"),
    "sleep_ms": ("i", ""),
    "mem_alloc": ("i", "i"),
    "mem_free": ("i", ""),
    "fs_open": ("iii", "i"),
    "fs_read": ("iii", "i"),
    "fs_write": ("iii", "i"),
    "fs_seek": ("iii", "i"),
    "fs_close": ("i", "i"),
    "fs_stat": ("ii", "i"),
    "fs_delete": ("ii", "i"),
    "fs_rename": ("iiii", "i"),
    "fs_list": ("iiiii", "i"),
    "app_info": ("ii", "i"),
    "app_exit": ("i", ""),
}

# Flags of fs_open.
READ, WRITE, CREATE, TRUNCATE, APPEND = 1, 2, 4, 8, 16

# Negative errno values that guests see.
ENOENT, EBADF, ENOMEM, EACCES, EFAULT, EBUSY, EINVAL, ENFILE, ENOSPC = (
    -2,
    -9,
    -12,
    -13,
    -14,
    -16,
    -22,
    -23,
    -28,
)

_HEX_DIGITS = 8
_REPORT_LINE = 240
_VALUE = 0  # the local that holds the value being reported


class Guest:
    """An app under construction: a program for `_start`, and more exports when asked for."""

    def __init__(self, *natives: str, pages: tuple[int, int | None] = (1, 1)) -> None:
        self.module = Module(memory=pages)
        self._index = {
            name: self.module.import_function("akira", name, *NATIVES[name])
            for name in dict.fromkeys(("log", *natives))
        }
        self._next_address = 1024
        self._program = bytearray()
        self._report: list[tuple[int, bytearray]] = []

    def place(self, content: bytes | str) -> tuple[int, int]:
        """Puts bytes in memory; returns their address and length."""
        raw = content.encode() if isinstance(content, str) else content
        address = self._next_address
        self.module.put(address, raw)
        self._next_address += (len(raw) + 15) & ~15
        return address, len(raw)

    def reserve(self, size: int) -> int:
        """Sets room in memory aside; returns its address."""
        address = self._next_address
        self._next_address += (size + 15) & ~15
        return address

    def native(self, name: str, *arguments: int | bytes) -> bytes:
        """The code of a call: constants, or code that leaves a value."""
        code = b"".join(part if isinstance(part, bytes) else i32(part) for part in arguments)
        return code + call(self._index[name])

    def log_code(self, text: str, function: str = "log") -> bytes:
        """The code that logs a fixed text."""
        return self.native(function, *self.place(text)) + wasm.DROP

    def value_code(self, label: str, value: bytes) -> bytes:
        """The code that takes a value down as `label=hhhhhhhh`; it is logged when `_start` ends."""
        word = f"{label}={'0' * _HEX_DIGITS} ".encode()
        if not self._report or len(self._report[-1][1]) + len(word) > _REPORT_LINE:
            self._report.append((self.reserve(_REPORT_LINE), bytearray()))
        address, text = self._report[-1]
        text += word
        first = address + len(text) - 1 - _HEX_DIGITS
        code = bytearray(value + wasm.local_set(_VALUE))
        for digit in range(_HEX_DIGITS):
            shift = 4 * (_HEX_DIGITS - 1 - digit)
            nibble = wasm.local_get(_VALUE) + i32(shift) + wasm.I32_SHR_U + i32(15) + wasm.I32_AND
            code += i32(first + digit)
            code += nibble + i32(ord("0")) + wasm.I32_ADD
            code += nibble + i32(ord("a") - 10) + wasm.I32_ADD
            code += nibble + i32(10) + wasm.I32_LT_U + wasm.SELECT
            code += wasm.i32_store8(0)
        return bytes(code)

    def run(self, code: bytes) -> Guest:
        """Appends code to the program."""
        self._program += code
        return self

    def log(self, text: str) -> Guest:
        """Appends: log a fixed text."""
        return self.run(self.log_code(text))

    def show(self, label: str, name: str, *arguments: int | bytes) -> Guest:
        """Appends: call a native function and take down what it answers."""
        return self.run(self.value_code(label, self.native(name, *arguments)))

    def export(self, name: str, code: bytes) -> Guest:
        """Exports one more function."""
        self.module.function(code, export=name, locals_i32=1)
        return self

    def build(self, *, locals_i32: int = 1) -> bytes:
        """The finished module, with the program as `_start`; local 0 is the harness's own."""
        for address, text in self._report:
            self.module.put(address, bytes(text))
            self.run(self.native("log", address, len(text)) + wasm.DROP)
        self.module.function(bytes(self._program), export="_start", locals_i32=locals_i32)
        return self.module.encode()


_SHOWN = re.compile(r"([^=\s]+)=([0-9a-f]{8})\b")


def shown(lines: list[str]) -> dict[str, int]:
    """What `Guest.show` took down, as label to signed value."""
    found = {label: int(digits, 16) for label, digits in _SHOWN.findall("\n".join(lines))}
    return {label: value - (1 << 32) if value >> 31 else value for label, value in found.items()}


def hello(text: str = "hello") -> bytes:
    """Logs one line and ends."""
    return Guest().log(text).build()


def ticker(period_ms: int = 50) -> bytes:
    """Logs `tick` for ever, sleeping between."""
    guest = Guest("sleep_ms")
    return guest.run(
        wasm.forever(guest.log_code("tick") + guest.native("sleep_ms", period_ms))
    ).build()


def sleeper() -> bytes:
    """Logs `up` and sleeps for ever."""
    guest = Guest("sleep_ms").log("up")
    return guest.run(wasm.forever(guest.native("sleep_ms", 3_600_000))).build()


def looper() -> bytes:
    """Logs `looping` and burns time for ever."""
    return Guest().log("looping").run(wasm.forever(b"")).build()


def exiter(code: int) -> bytes:
    """Ends itself with an exit code; the line after it must never be seen."""
    guest = Guest("app_exit").log("before")
    return guest.run(guest.native("app_exit", code)).log("after").build()


def trapper() -> bytes:
    """Executes `unreachable`."""
    return Guest().log("before").run(wasm.UNREACHABLE).build()


def padded(size: int) -> bytes:
    """A valid app of about `size` bytes: most of it a custom section that does not compress."""
    body = bytes((index * 2654435761 >> 13) & 0xFF for index in range(max(0, size - 200)))
    guest = Guest().log("padded")
    guest.module.customs.append(("padding", body))
    return guest.build()
