# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Every pointer, length and number of every native function, at and past the edges.

The cases are generated from the table in `harness/abi.py`, which must be the device's own: each
parameter in turn takes each of its edges while the others have good values. With every capability
a range that is not wholly in the app's memory, or that overlaps one that the device writes, is
-EFAULT, and any other answer is a documented one; without them all is denied before it is looked
at. No case may end the app.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness import abi, guest, wasm
from harness.device import free_port
from harness.guest import CREATE, EACCES, EFAULT, EPERM, READ, WRITE, Guest

END = wasm.PAGE  # the guest's memory is one page
TEXT_MAX = 256
LOWEST, HIGHEST = -(1 << 31), (1 << 31) - 1

# Values with which each function gets as far as it can: bytes for `r` and `s`, a size for `w`.
GOOD = {
    "log": [b"text"],
    "log_debug": [b"text"],
    "log_error": [b"text"],
    "sleep_ms": [0],
    "mem_alloc": [16],
    "mem_free": [0],
    "app_info": [128],
    "app_exit": [0],
    "fs_open": [b"file", READ | WRITE | CREATE],
    "fs_read": [0, 16],
    "fs_write": [0, b"data"],
    "fs_seek": [0, 0, 0],
    "fs_close": [3],
    "fs_stat": [b"file"],
    "fs_delete": [b"none"],
    "fs_rename": [b"none", b"other"],
    "fs_list": [b"", 0, 64],
    "random": [32],
    "display_clear": [0x102030],
    "display_pixel": [1, 1, 0xFFFFFF],
    "display_rect": [0, 0, 10, 10, 0xFFFFFF],
    "display_text": [0, 0, b"text", 0xFFFFFF],
    "display_text_large": [0, 0, b"text", 0xFFFFFF],
    "display_blit": [0, 0, 2, 2, bytes(8)],
    "input_read_touch": [8],
    "input_read_analog": [0],
    "input_next_event": [16, 0],
    "sensor_list": [16],
    "sensor_read": [0, None],
    "rf_send": [b"packet"],
    "rf_recv": [32, 0],
    "rf_status": [16],
    "rf_set_frequency": [868_100_000],
    "rf_set_power": [14],
    "storage_kv_get": [b"key", 16],
    "storage_kv_set": [b"key", b"value"],
    "storage_kv_delete": [b"key"],
    "net_connect": [b"127.0.0.1", 1],
    "net_send": [0, b"data"],
    "net_recv": [0, 16, 0],
    "net_close": [3],
    "http_get": [b"http://127.0.0.1:1/", 16],
    "net_listen": [0],
    "net_accept": [0, 0],
    "hid_send_keyboard": [0, b"\x04"],
    "hid_send_mouse": [0, 1, 1, 0],
    "hid_send_gamepad": [0, b"\x01\x02"],
    "ipc_send": [b"nobody", b"message"],
    "ipc_recv": [32, 64, 0],
    "env.log": [3, b"text"],
    "env.display_text": [0, 0, b"text", 0xFFFF],
    "env.display_text_large": [0, 0, b"text", 0xFFFF],
    "env.sensor_read": [0],
    "env.bt_shell_print": [3, b"text"],
    "env.bt_shell_send_data": [0, b"data"],
    "env.printf_native": [b"text"],
    "env.delay": [0],
}

# The last parameter is how long to wait: it does so for ever, or for weeks, at its edges.
WAITS = {
    "input_next_event",
    "rf_recv",
    "net_recv",
    "net_accept",
    "ipc_recv",
    "sleep_ms",
    "env.delay",
}

# The function whose documented errors an alias has.
ALIAS_OF = {
    "bt_shell_print": "log",
    "printf_native": "log",
    "bt_shell_send_data": "hid_send_mouse",  # -ENOTSUP
    "bt_shell_is_ready": "log",
    "delay": "sleep_ms",
    "rf_get_rssi": "rf_status",
}

# What these answer may be negative: the low half of the time, and what a sensor measures.
ANY_NUMBER = {"time_ms", "env.sensor_read"}


@dataclass(frozen=True)
class Case:
    """One call: the arguments as numbers, the ranges among them, and whether it must be -EFAULT."""

    cells: tuple[int, ...]
    faults: bool


@dataclass(frozen=True)
class Range:
    """What a pointer parameter lends to the device."""

    address: int
    length: int
    written: bool

    @property
    def start(self) -> int:
        return self.address & 0xFFFFFFFF

    @property
    def end(self) -> int:
        return self.start + (self.length & 0xFFFFFFFF)

    def clashes(self, other: Range) -> bool:
        """Whether the device could not tell what it reads from what it writes."""
        overlap = self.start < other.end and other.start < self.end
        return overlap and (self.written or other.written)


def pairs(address: int, size: int) -> list[tuple[int, int]]:
    """Pointer and length at and past the edges, for a good range of `size` bytes at `address`."""
    inside = [(0, 0), (0, 1), (0, size), (END - 1, 1), (END - size, size), (END, 0), (0, END)]
    inside += [(1, END - 1), (address, 0), (address, 1), (address, size + 1), (address, size)]
    outside = [
        (-1, 0),
        (-1, 1),
        (END + 1, 0),
        (END, 1),
        (END - 1, 2),
        (0, END + 1),
        (0, -1),
        (1, -1),
    ]
    outside += [
        (END - size, size + 1),
        (END - size + 1, max(size, 1)),
        (address, END - address + 1),
    ]
    outside += [(address, -1), (-1, -1), (0, HIGHEST), (END, HIGHEST), (HIGHEST, HIGHEST)]
    outside += [(LOWEST, 16), (LOWEST, LOWEST), (HIGHEST, 1), (-16, 32), (END - 16, 16 - END)]
    return [*inside, *outside]


NUMBERS = [0, 1, 2, -1, 255, 256, 65535, 65536, LOWEST, HIGHEST]
WORDS = [0, 1, 3, END - 4, END - 3, END - 1, END, END + 1, -1, -4, LOWEST, HIGHEST]


class Generator:
    """The cases of one function, and the guest whose memory they speak of."""

    def __init__(self, native: abi.Native, name: str, good: list, app: Guest) -> None:
        self.native = native
        self.name = name
        self.app = app
        self.values = [
            self._place(kind, value) for kind, value in zip(native.params, good, strict=True)
        ]
        self.texts = {}
        if "s" in native.params:
            app.module.put(END - 8, b"abc\0abcd")  # one text ends before the memory does, one not
            whole, _ = app.place(b"x" * TEXT_MAX + b"\0")
            endless, _ = app.place(b"x" * (TEXT_MAX + 1) + b"\0")
            good_text = next(v for k, v in zip(native.params, self.values, strict=True) if k == "s")
            self.texts = {
                0: False,
                END - 8: False,
                END - 5: False,
                whole: False,
                good_text[0]: False,
            }
            bad = [END - 4, END - 1, END, END + 1, -1, LOWEST, HIGHEST, endless]
            self.texts |= dict.fromkeys(bad, True)

    def _place(self, kind: str, value) -> tuple[int, ...]:
        if kind == "r":
            address, size = self.app.place(value)
            self.app.reserve(16)
            return address, size
        if kind == "w":
            return self.app.reserve(value + 16), value
        if kind == "s":
            return (self.app.place(value + b"\0")[0],)
        if kind == "f":
            return (self.app.reserve(4),)
        return (value,)

    def _case(self, values: list[tuple[int, ...]]) -> Case:
        ranges = []
        faults = False
        for kind, value in zip(self.native.params, values, strict=True):
            if kind == "s":
                faults |= self.texts[value[0]]
            elif kind in "rwf":
                length = value[1] if kind in "rw" else 4
                lent = Range(value[0], length, kind != "r")
                faults |= lent.end > END or any(lent.clashes(other) for other in ranges)
                ranges.append(lent)
        return Case(tuple(itertools.chain.from_iterable(values)), faults)

    def _edges(self, place: int, kind: str) -> list[tuple[int, ...]]:
        good = self.values[place]
        if kind in "rw":
            return pairs(*good)
        if kind == "f":
            return [(word,) for word in WORDS]
        if kind == "s":
            return [(text,) for text in self.texts]
        if self.name in WAITS and place == len(self.values) - 1:
            return [(0,), (1,)]
        return [(number,) for number in NUMBERS]

    def cases(self) -> Iterator[Case]:
        """All of them; the good values come last, and leave what is shared as it was."""
        for place, kind in enumerate(self.native.params):
            for edge in self._edges(place, kind):
                yield self._case([*self.values[:place], edge, *self.values[place + 1 :]])
        buffers = [place for place, kind in enumerate(self.native.params) if kind in "rw"]
        for one, other in itertools.permutations(buffers, 2):
            for shift in (0, 1, 2):
                values = list(self.values)
                values[other] = (values[one][0] + shift, max(values[other][1], shift + 1))
                yield self._case(values)
        yield self._case(self.values)


TABLE = {native.name: native for native in abi.AKIRA.values()}
TABLE |= {f"env.{native.name}": native for native in abi.ENV.values()}


def good_values(name: str) -> list:
    """Values with which the function gets as far as it can."""
    return GOOD.get(name, GOOD.get(name.removeprefix("env."), []))


class Reference:
    """What `akira abi markdown` says of each function."""

    def __init__(self, text: str) -> None:
        self.rows = dict(re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| (.*) \|$", text, re.MULTILINE))
        parts = re.split(r"^### `(\w+)`$", text, flags=re.MULTILINE)[1:]
        bodies = [part.partition("\n## ")[0] for part in parts[1::2]]
        self.docs = dict(zip(parts[::2], bodies, strict=True))
        self.aliases = dict(
            re.findall(r"^\| `(\w+)` \| `([^`]+)`(?:, `[^`]+`)? \| \[`\w+`\]", text, re.MULTILINE)
        )

    def errors(self, name: str, seen: frozenset[str] = frozenset()) -> set[int]:
        """The errors that a function's text names, or those of a function that it speaks of."""
        if name in seen or name not in self.docs:
            return set()
        doc = self.docs[name].split("capability:", 1)[1].partition("\n")[2]
        found = {abi.ERRNO[errno] for errno in re.findall(r"-(E[A-Z]+)\b", doc)}
        others = re.findall(r"`(\w+)`", doc)
        if name.startswith("display_"):
            others.append("display_clear")  # whose text speaks for all that draws
        for other in others:
            found |= self.errors(other, seen | {name})
        return found


@pytest.fixture(scope="module")
def reference(akira: str) -> Reference:
    done = subprocess.run(
        [akira, "abi", "markdown"], capture_output=True, text=True, timeout=60, check=True
    )
    return Reference(done.stdout)


@pytest.fixture(scope="module")
def tally(measured) -> Iterator[Counter]:
    counts: Counter = Counter()
    yield counts
    for label in sorted(counts):
        measured(f"pointer test: {label}: {counts[label]}")


@pytest.mark.no_device
def test_the_table_is_the_devices_own(reference):
    stated = {
        native.name: f"`{native.documented}` | "
        + (" or ".join(f"`{need}`" for need in native.needs) or "none")
        for native in abi.AKIRA.values()
    }
    assert stated == reference.rows
    assert list(stated) == list(reference.rows), "numbers are places in the table"
    assert set(reference.docs) >= set(stated)
    assert {native.name: native.documented for native in abi.ENV.values()} == reference.aliases


SCOPE = {"hosts": ["127.0.0.1:1"], "peers": ["nobody"]}


def run(
    api, pack, name: str, capabilities: list[str], scope: dict, port: int
) -> tuple[list[Case], list[int]]:
    """Calls a function with all its cases; returns them and what it answered."""
    native = TABLE[name]
    app = Guest("sleep_ms", "fs_open", name)
    good = list(good_values(name))
    if name == "net_listen":
        good = [port]
    cases = list(Generator(native, name, good, app).cases())
    if name in ("fs_read", "fs_write", "fs_seek"):
        app.run(app.native("fs_open", *app.place("open"), READ | WRITE | CREATE) + wasm.DROP)
    for case in cases:
        app.keep(name, *case.cells)
    # A log takes only so much at once, and some of these functions write to it.
    app.run(app.native("sleep_ms", 1500 if "log" in name or "print" in name else 0))
    packed = pack(
        app.build(), "edges", capabilities=capabilities, memory_quota=900 * 1024, scope=scope
    )
    lines = api.run_to_end("edges", packed)
    state = api.app("edges")
    assert (state["state"], state["exit_code"]) == ("stopped", 0), (state, lines)
    answers = guest.kept(lines)
    assert len(answers) == len(cases), "a part of the log is missing"
    return cases, answers


@pytest.mark.parametrize("name", [name for name in TABLE if name != "app_exit"])
def test_edges(api, pack, reference, tally, name):
    native = TABLE[name]
    port = free_port()
    plain = ALIAS_OF.get(native.name, native.name) if native.module == "env" else native.name
    documented = reference.errors(plain) | {EFAULT}
    denied = EPERM if native.module == "env" else EACCES
    if EACCES in documented and native.module == "env":
        documented.add(EPERM)

    cases, answers = run(api, pack, name, abi.CAPABILITIES, {**SCOPE, "ports": [port]}, port)
    wrong = []
    for case, answer in zip(cases, answers, strict=True):
        if case.faults and native.result:
            right = answer == EFAULT
        else:
            right = answer != EFAULT and (answer >= 0 or answer in documented)
        if not right and name not in ANY_NUMBER:
            wrong.append((case, answer))
    assert not wrong, f"documented is {sorted(documented)}"

    cases, without = run(api, pack, name, [], {}, port)
    if native.needs:
        assert set(without) == {denied}, [
            c for c, a in zip(cases, without, strict=True) if a != denied
        ]
    kind = "functions of akira" if native.module == "akira" else "functions of env"
    tally[kind] += 1
    tally["calls with every capability"] += len(answers)
    tally["calls with none"] += len(without)
    tally["of those denied"] += sum(answer == denied for answer in without)
    tally["ranges refused with EFAULT"] += sum(answer == EFAULT for answer in answers)


def test_edges_of_the_exit_code(api, pack, tally):
    for code in NUMBERS:
        app = Guest("app_exit")
        app.run(app.native("app_exit", code))
        api.run_to_end("edges", pack(app.build(), "edges"))
        state = api.app("edges")
        assert (state["state"], state["exit_code"]) == ("stopped", code)
    tally["functions of akira"] += 1
    tally["calls with none"] += len(NUMBERS)
