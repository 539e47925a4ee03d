# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""A small WebAssembly writer, for modules that no compiler would make.

Contract: `Module` writes exactly what it is told, sections in the order of the specification, and
checks nothing. That is the point: a test can make modules that are valid, nearly valid, or hostile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MAGIC = b"\0asm\x01\0\0\0"
PAGE = 65536

_VALUE_TYPES = {"i": 0x7F, "I": 0x7E, "f": 0x7D, "F": 0x7C}
EMPTY_BLOCK = b"\x40"


def uleb(value: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if value == 0:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def sleb(value: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def read_uleb(data: bytes, at: int) -> tuple[int, int]:
    """Reads an unsigned LEB128 number; returns it and the offset after it."""
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return result, at
        shift += 7


def name_bytes(text: str) -> bytes:
    """A name as the binary format has it: length, then UTF-8."""
    raw = text.encode()
    return uleb(len(raw)) + raw


def section(number: int, payload: bytes) -> bytes:
    """One section with its size."""
    return bytes([number]) + uleb(len(payload)) + payload


def custom_section(name: str, payload: bytes) -> bytes:
    """A custom section."""
    return section(0, name_bytes(name) + payload)


def _vector(items: list[bytes]) -> bytes:
    return uleb(len(items)) + b"".join(items)


# Instructions. Each gives the bytes of one instruction; a body is their concatenation.
UNREACHABLE = b"\x00"
END = b"\x0b"
DROP = b"\x1a"
LOOP = b"\x03" + EMPTY_BLOCK
I32_ADD = b"\x6a"
I32_SUB = b"\x6b"
I32_AND = b"\x71"
I32_SHR_U = b"\x76"
I32_LT_U = b"\x49"
I32_DIV_S = b"\x6d"
I32_WRAP_I64 = b"\xa7"
SELECT = b"\x1b"
MEMORY_GROW = b"\x40\x00"


def i32(value: int) -> bytes:
    """`i32.const`."""
    return b"\x41" + sleb(value if value < 1 << 31 else value - (1 << 32))


def call(index: int) -> bytes:
    """`call`."""
    return b"\x10" + uleb(index)


def branch(depth: int) -> bytes:
    """`br`."""
    return b"\x0c" + uleb(depth)


def branch_if(depth: int) -> bytes:
    """`br_if`."""
    return b"\x0d" + uleb(depth)


def local_get(index: int) -> bytes:
    """`local.get`."""
    return b"\x20" + uleb(index)


def local_set(index: int) -> bytes:
    """`local.set`."""
    return b"\x21" + uleb(index)


def local_tee(index: int) -> bytes:
    """`local.tee`."""
    return b"\x22" + uleb(index)


def i32_store8(offset: int) -> bytes:
    """`i32.store8` at a constant offset from the address on the stack."""
    return b"\x3a\x00" + uleb(offset)


def i32_store(offset: int) -> bytes:
    """`i32.store` at a constant offset from the address on the stack."""
    return b"\x36\x02" + uleb(offset)


def i32_load8_u(offset: int) -> bytes:
    """`i32.load8_u` at a constant offset from the address on the stack."""
    return b"\x2d\x00" + uleb(offset)


def i32_load(offset: int) -> bytes:
    """`i32.load` at a constant offset from the address on the stack."""
    return b"\x28\x02" + uleb(offset)


def forever(body: bytes) -> bytes:
    """Runs `body` again and again, without an end."""
    return LOOP + body + branch(0) + END


@dataclass
class Module:
    """A module under construction. Imports must be added before functions."""

    types: list[bytes] = field(default_factory=list)
    imports: list[bytes] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    memory: tuple[int, int | None] | None = (1, 1)
    start: int | None = None
    customs: list[tuple[str, bytes]] = field(default_factory=list)

    def type_index(self, params: str, results: str) -> int:
        """The index of a function type, added when it is not there yet. `i` is i32, `I` i64."""
        encoded = b"\x60" + b"".join(
            uleb(len(part)) + bytes(_VALUE_TYPES[kind] for kind in part)
            for part in (params, results)
        )
        if encoded not in self.types:
            self.types.append(encoded)
        return self.types.index(encoded)

    def import_function(self, module: str, name: str, params: str, results: str) -> int:
        """Imports a function and returns its index."""
        if self.functions:
            raise ValueError("imports come before functions")
        kind = uleb(self.type_index(params, results))
        self.imports.append(name_bytes(module) + name_bytes(name) + b"\x00" + kind)
        return len(self.imports) - 1

    def function(
        self,
        body: bytes,
        *,
        export: str | None = None,
        params: str = "",
        results: str = "",
        locals_i32: int = 0,
    ) -> int:
        """Adds a function with some i32 locals and returns its index."""
        index = len(self.imports) + len(self.functions)
        self.functions.append(self.type_index(params, results))
        groups = uleb(1) + uleb(locals_i32) + b"\x7f" if locals_i32 else uleb(0)
        code = groups + body + END
        self.bodies.append(uleb(len(code)) + code)
        if export is not None:
            self.exports.append(name_bytes(export) + b"\x00" + uleb(index))
        return index

    def put(self, address: int, content: bytes) -> None:
        """Places bytes in memory 0 at start-up."""
        self.data.append(b"\x00" + i32(address) + END + uleb(len(content)) + content)

    def encode(self) -> bytes:
        """The module's bytes."""
        out = bytearray(MAGIC)
        exports = list(self.exports)
        if self.types:
            out += section(1, _vector(self.types))
        if self.imports:
            out += section(2, _vector(self.imports))
        if self.functions:
            out += section(3, _vector([uleb(index) for index in self.functions]))
        if self.memory is not None:
            low, high = self.memory
            limits = b"\x00" + uleb(low) if high is None else b"\x01" + uleb(low) + uleb(high)
            out += section(5, _vector([limits]))
            exports.append(name_bytes("memory") + b"\x02" + uleb(0))
        if exports:
            out += section(7, _vector(exports))
        if self.start is not None:
            out += section(8, uleb(self.start))
        if self.bodies:
            out += section(10, _vector(self.bodies))
        if self.data:
            out += section(11, _vector(self.data))
        for name, payload in self.customs:
            out += custom_section(name, payload)
        return bytes(out)


@dataclass(frozen=True)
class Section:
    """Where a section of a module lies. `name` is set for custom sections."""

    number: int
    start: int
    end: int
    name: str | None
    payload: bytes


def sections(module: bytes) -> Iterator[Section]:
    """Walks the sections of a well-formed module."""
    at = len(MAGIC)
    while at < len(module):
        start = at
        number = module[at]
        size, at = read_uleb(module, at + 1)
        end = at + size
        name = None
        if number == 0:
            length, at = read_uleb(module, at)
            name = module[at : at + length].decode()
            at += length
        yield Section(number, start, end, name, module[at:end])
        at = end


def without_section(module: bytes, name: str) -> bytes:
    """The module without its custom sections of that name."""
    out = bytearray(module[: len(MAGIC)])
    for part in sections(module):
        if part.name != name:
            out += module[part.start : part.end]
    return bytes(out)
