# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Small apps for the tests, written as straight-line WASM programs.

A `Guest` is a module that calls native functions and logs what they answered as `label=hhhhhhhh`
words, many to a line because a device keeps only the latest records of a log. Where there are many
answers, `Guest.keep` and `kept` take them down without labels.
"""

from __future__ import annotations

import re

from harness import abi, wasm
from harness.wasm import Module, call, i32

# Flags of fs_open.
READ, WRITE, CREATE, TRUNCATE, APPEND = 1, 2, 4, 8, 16

# Negative errno values that guests see.
EPERM = abi.ERRNO["EPERM"]
ENOENT = abi.ERRNO["ENOENT"]
EINTR = abi.ERRNO["EINTR"]
EIO = abi.ERRNO["EIO"]
EBADF = abi.ERRNO["EBADF"]
EAGAIN = abi.ERRNO["EAGAIN"]
ENOMEM = abi.ERRNO["ENOMEM"]
EACCES = abi.ERRNO["EACCES"]
EFAULT = abi.ERRNO["EFAULT"]
EBUSY = abi.ERRNO["EBUSY"]
EINVAL = abi.ERRNO["EINVAL"]
ENFILE = abi.ERRNO["ENFILE"]
ENOSPC = abi.ERRNO["ENOSPC"]
ENOTSUP = abi.ERRNO["ENOTSUP"]
ETIMEDOUT = abi.ERRNO["ETIMEDOUT"]
ECONNREFUSED = abi.ERRNO["ECONNREFUSED"]

_HEX_DIGITS = 8
_REPORT_LINE = 240
_VALUE = 0  # the local that holds the value being reported
_KEPT_PER_LINE = 30  # 240 digits, which one record of a log holds
_KEPT = re.compile(r"kept(\d\d):([0-9a-f]*)")


class Guest:
    """An app under construction: a program for `_start`, and more exports when asked for.

    Native functions are named as in module `akira`, or `env.NAME`.
    """

    def __init__(self, *natives: str, pages: tuple[int, int | None] = (1, 1)) -> None:
        self.module = Module(memory=pages)
        self._index = {}
        for name in dict.fromkeys(("log", *natives)):
            module, _, plain = name.rpartition(".")
            table = abi.ENV if module == "env" else abi.AKIRA
            cells = table[plain].cells
            self._index[name] = self.module.import_function(module or "akira", plain, *cells)
        self._next_address = 1024
        self._program = bytearray()
        self._report: list[tuple[int, bytearray]] = []
        self._kept: list[int] = []

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

    def keep(self, name: str, *arguments: int | bytes) -> Guest:
        """Appends: call a native function and keep what it answers for `kept`."""
        module, _, plain = name.rpartition(".")
        result = (abi.ENV if module == "env" else abi.AKIRA)[plain].result
        after = {"": i32(0), "i": b"", "I": wasm.I32_WRAP_I64}[result]
        return self.keep_code(self.native(name, *arguments) + after)

    def keep_code(self, value: bytes) -> Guest:
        """Appends: keep a value for `kept`."""
        self._kept.append(self.reserve(4))
        return self.run(i32(self._kept[-1]) + value + wasm.i32_store(0))

    def _log_kept(self) -> None:
        """Appends: log what was kept, a line for as many values as fit."""
        digits, _ = self.place(b"0123456789abcdef")
        write = self.module.function(_write_hex(digits), params="iii", locals_i32=1)
        for line in range(0, len(self._kept), _KEPT_PER_LINE):
            values = self._kept[line : line + _KEPT_PER_LINE]
            # Each has its own 16 bytes, as everything that is reserved.
            head = f"kept{line // _KEPT_PER_LINE:02}:".encode()
            text, size = self.place(head + bytes(len(values) * _HEX_DIGITS))
            for number, value in enumerate(values):
                at = text + len(head) + number * _HEX_DIGITS
                self.run(i32(value) + i32(at) + i32(4) + call(write))
            self.run(self.native("log", text, size) + wasm.DROP)

    def export(self, name: str, code: bytes) -> Guest:
        """Exports one more function."""
        self.module.function(code, export=name, locals_i32=1)
        return self

    def build(self, *, locals_i32: int = 1) -> bytes:
        """The finished module, with the program as `_start`; local 0 is the harness's own."""
        for address, text in self._report:
            self.module.put(address, bytes(text))
            self.run(self.native("log", address, len(text)) + wasm.DROP)
        if self._kept:
            self._log_kept()
        self.module.function(bytes(self._program), export="_start", locals_i32=locals_i32)
        return self.module.encode()


def _write_hex(digits: int) -> bytes:
    """The code of a function (from, to, count): writes bytes as hexadecimal digits."""
    source, target, left, byte = range(4)
    get, put = wasm.local_get, wasm.local_set
    nibble_high = get(byte) + i32(4) + wasm.I32_SHR_U
    nibble_low = get(byte) + i32(15) + wasm.I32_AND
    body = get(source) + wasm.i32_load8_u(0) + put(byte)
    body += get(target) + nibble_high + wasm.i32_load8_u(digits) + wasm.i32_store8(0)
    body += get(target) + nibble_low + wasm.i32_load8_u(digits) + wasm.i32_store8(1)
    for local, step in ((source, 1), (target, 2), (left, -1)):
        body += get(local) + i32(step) + wasm.I32_ADD + put(local)
    return wasm.LOOP + body + get(left) + wasm.branch_if(0) + wasm.END


def kept(lines: list[str]) -> list[int]:
    """What `Guest.keep` kept, as signed values in the order of the calls."""
    found = {int(number): digits for number, digits in _KEPT.findall("\n".join(lines))}
    raw = bytes.fromhex("".join(found[number] for number in range(len(found))))
    return [int.from_bytes(raw[at : at + 4], "little", signed=True) for at in range(0, len(raw), 4)]


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
