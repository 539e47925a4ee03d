# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""What an app can and cannot do, seen from inside it."""

from __future__ import annotations

import itertools
import json

import pytest

from harness import guest, wasm
from harness.guest import (
    APPEND,
    CREATE,
    EACCES,
    EBADF,
    EFAULT,
    EINVAL,
    ENFILE,
    ENOENT,
    ENOSPC,
    READ,
    TRUNCATE,
    WRITE,
    Guest,
)

FILES = [
    "fs_open",
    "fs_read",
    "fs_write",
    "fs_seek",
    "fs_close",
    "fs_stat",
    "fs_delete",
    "fs_rename",
    "fs_list",
]
BOTH = ["fs_read", "fs_write"]


def run(api, pack, app: Guest, name: str = "probe", **manifest) -> dict[str, int]:
    lines = api.run_to_end(name, pack(app.build(), name, **manifest))
    state = api.app(name)
    assert state["state"] == "stopped", (state, lines)
    return guest.shown(lines)


def test_without_the_capability_every_file_call_is_denied(api, pack):
    app = Guest(*FILES)
    path = app.place("file.txt")
    buffer = app.reserve(64)
    app.show("open_read", "fs_open", *path, READ)
    app.show("open_write", "fs_open", *path, WRITE | CREATE)
    app.show("read", "fs_read", 0, buffer, 16)
    app.show("write", "fs_write", 0, buffer, 16)
    app.show("stat", "fs_stat", *path)
    app.show("delete", "fs_delete", *path)
    app.show("rename", "fs_rename", *path, *path)
    app.show("list", "fs_list", *path, 0, buffer, 64)
    values = run(api, pack, app)
    assert len(values) == 8
    assert set(values.values()) == {EACCES}, values


def test_denial_comes_before_the_arguments_are_looked_at(api, pack):
    app = Guest("fs_open", "fs_read", "fs_write", "fs_stat")
    app.show("open", "fs_open", -1, -1, -1).show("read", "fs_read", -1, -1, -1)
    app.show("write", "fs_write", -1, -1, -1).show("stat", "fs_stat", -1, -1)
    assert set(run(api, pack, app).values()) == {EACCES}


def test_reading_does_not_grant_writing_nor_writing_reading(api, pack):
    for granted, expected in (
        ("fs_read", {"read": ENOENT, "write": EACCES}),
        ("fs_write", {"read": EACCES, "write": 1}),
    ):
        app = Guest("fs_open", "fs_delete", "fs_stat")
        path = app.place("file.txt")
        app.show("read", "fs_open", *path, READ)
        app.show("write", "fs_open", *path, WRITE | CREATE)
        app.show("both", "fs_open", *path, READ | WRITE | CREATE)
        app.show("delete", "fs_delete", *path)
        values = run(api, pack, app, name=granted.replace("_", "-"), capabilities=[granted])
        assert values["read"] == expected["read"]
        assert values["both"] == EACCES
        if granted == "fs_read":
            assert (values["write"], values["delete"]) == (EACCES, EACCES)
        else:
            assert values["write"] >= 0


def test_denied_calls_can_be_repeated_without_end(api, pack):
    app = Guest("fs_stat")
    path = app.place("x")
    body = app.native("fs_stat", *path) + wasm.DROP
    again = wasm.local_get(0) + guest.i32(1) + wasm.I32_ADD + wasm.local_tee(0)
    loop = (
        wasm.LOOP + body + again + guest.i32(10_000) + wasm.I32_LT_U + wasm.branch_if(0) + wasm.END
    )
    app.run(loop).show("last", "fs_stat", *path)
    assert run(api, pack, app) == {"last": EACCES}


def test_files_are_written_read_and_listed(api, pack):
    app = Guest(*FILES)
    path, other = app.place("notes.txt"), app.place("old.txt")
    text, buffer = app.place("hello, flash"), app.reserve(64)
    app.show("missing", "fs_stat", *path)
    app.show("fd", "fs_open", *path, WRITE | CREATE)
    app.show("wrote", "fs_write", 0, *text)
    app.show("close", "fs_close", 0)
    app.show("size", "fs_stat", *path)
    app.show("fd2", "fs_open", *path, READ | WRITE)
    app.show("seek", "fs_seek", 0, 7, 0)
    app.show("read", "fs_read", 0, buffer, 64)
    app.show("log", "log", buffer, 5)
    app.show("end", "fs_read", 0, buffer, 64)
    app.show("close2", "fs_close", 0)
    app.show("rename", "fs_rename", *path, *other)
    app.show("gone", "fs_stat", *path)
    app.show("list", "fs_list", *app.place(""), 0, buffer, 64)
    app.show("log2", "log", buffer, 7)
    app.show("list_end", "fs_list", *app.place(""), 1, buffer, 64)
    app.show("append", "fs_open", *other, WRITE | APPEND)
    app.show("wrote3", "fs_write", 0, *text)
    app.show("close3", "fs_close", 0)
    app.show("size3", "fs_stat", *other)
    app.show("truncate", "fs_open", *other, WRITE | TRUNCATE)
    app.show("close4", "fs_close", 0)
    app.show("size4", "fs_stat", *other)
    app.show("delete", "fs_delete", *other)
    app.show("deleted", "fs_stat", *other)
    values = run(api, pack, app, capabilities=BOTH)
    assert values == {
        "missing": ENOENT,
        "fd": 0,
        "wrote": 12,
        "close": 0,
        "size": 12,
        "fd2": 0,
        "seek": 7,
        "read": 5,
        "log": 0,
        "log2": 0,
        "end": 0,
        "close2": 0,
        "rename": 0,
        "gone": ENOENT,
        "list": 7,
        "list_end": ENOENT,
        "append": 0,
        "wrote3": 12,
        "close3": 0,
        "size3": 24,
        "truncate": 0,
        "close4": 0,
        "size4": 0,
        "delete": 0,
        "deleted": ENOENT,
    }
    assert {"flash", "old.txt"} <= set(api.log_texts("probe"))


ESCAPES = [
    "../other/secret.txt",
    "../../config/token",
    "/config/token",
    "/data/other/secret.txt",
    "a/../../other/secret.txt",
    "./../other/secret.txt",
    "..",
    ".",
    "/",
    "",
    "a\x00b",
    "..\\other\\secret.txt",
    "../probe2/x",
    "a/./../..//other/secret.txt",
    "\x7f../x",
    "x" * 300,
    "a/" * 100 + "x",
    "/lfs/config/token",
]


@pytest.fixture
def other_with_a_secret(api, pack):
    app = Guest("fs_open", "fs_write", "fs_close", "fs_stat")
    path = app.place("secret.txt")
    app.show("open", "fs_open", *path, WRITE | CREATE).show(
        "write", "fs_write", 0, *app.place("secret")
    )
    app.show("close", "fs_close", 0).show("stat", "fs_stat", *path)
    values = run(api, pack, app, name="other", capabilities=BOTH)
    assert values == {"open": 0, "write": 6, "close": 0, "stat": 6}


@pytest.mark.usefixtures("other_with_a_secret")
def test_no_path_leads_out(api, pack):
    app = Guest(*FILES)
    buffer, mine = app.reserve(128), app.place("mine")
    for number, path in enumerate(ESCAPES):
        place = app.place(path)
        app.show(f"mine{number}", "fs_open", *mine, WRITE | CREATE).show(
            f"close{number}", "fs_close", 0
        )
        app.show(f"open{number}", "fs_open", *place, READ)
        app.show(f"create{number}", "fs_open", *place, WRITE | CREATE)
        app.show(f"stat{number}", "fs_stat", *place)
        app.show(f"delete{number}", "fs_delete", *place)
        app.show(f"rename{number}", "fs_rename", *mine, *place)
        app.show(f"from{number}", "fs_rename", *place, *app.place("stolen"))
        app.show(f"list{number}", "fs_list", *place, 0, buffer, 128)
    values = run(
        api, pack, app, name="escapee", capabilities=BOTH, memory_quota=524288, stack_kb=64
    )
    assert len(values) == 9 * len(ESCAPES), "a part of the log is missing"
    got_out = []
    for number, path in enumerate(ESCAPES):
        for call in ("open", "create", "stat", "delete", "rename", "from", "list"):
            own_folder = path in ("", ".") and call in ("stat", "list")
            if not own_folder and values[f"{call}{number}"] >= 0:
                got_out.append((call, path))
    assert not got_out, got_out
    reader = Guest("fs_open", "fs_stat")
    reader.show("stat", "fs_stat", *reader.place("secret.txt"))
    api.must_install("other", pack(reader.build(), "other", capabilities=BOTH, version="1.0.1"))
    api.must_start("other")
    api.wait_state("other", "stopped")
    assert guest.shown(api.log_texts("other"))["stat"] == 6, "the secret is no longer what it was"


@pytest.mark.usefixtures("other_with_a_secret")
def test_odd_names_are_just_names(api, pack):
    app = Guest(*FILES)
    buffer = app.reserve(64)
    for number, path in enumerate(
        ("..../other/secret.txt", "~/x", "%2e%2e/x", "caf\u00e9", " ", "-")
    ):
        app.show(f"create{number}", "fs_open", *app.place(path), WRITE | CREATE)
        app.show(f"close{number}", "fs_close", 0)
        app.show(f"stat{number}", "fs_stat", *app.place(path))
    app.show("list", "fs_list", *app.place(""), 5, buffer, 64)
    app.show("list_end", "fs_list", *app.place(""), 6, buffer, 64)
    values = run(api, pack, app, name="odd", capabilities=BOTH)
    assert values.pop("list_end") == ENOENT
    assert values.pop("list") > 0, "six names in the app's own folder"
    assert set(values.values()) == {0}, values


@pytest.mark.usefixtures("other_with_a_secret")
def test_files_of_one_app_are_invisible_to_another(api, pack):
    app = Guest(*FILES)
    buffer = app.reserve(64)
    app.show("stat", "fs_stat", *app.place("secret.txt"))
    app.show("open", "fs_open", *app.place("secret.txt"), READ)
    app.show("list", "fs_list", *app.place(""), 0, buffer, 64)
    assert run(api, pack, app, capabilities=BOTH) == {
        "stat": ENOENT,
        "open": ENOENT,
        "list": ENOENT,
    }


EDGES = [
    (0xFFFFFFFF, 1),
    (0xFFFFFFF0, 0x20),
    (65536, 1),
    (65535, 2),
    (65537, 0x7FFFFFFF),
    (0, 0xFFFFFFFF),
    (0, 65537),
    (0x80000000, 16),
    (1, 0xFFFFFFFF),
    (65536 - 16, 17),
]


@pytest.mark.parametrize(
    "call",
    ["fs_open", "fs_write", "fs_read", "fs_stat", "fs_delete", "fs_list", "fs_rename", "app_info"],
)
def test_ranges_outside_the_memory_are_efault(api, pack, call):
    app = Guest("fs_open", "fs_close", call)
    file = app.place("file")
    app.show("fd", "fs_open", *file, READ | WRITE | CREATE)
    for number, (pointer, length) in enumerate(EDGES):
        arguments = {
            "fs_open": (pointer, length, READ),
            "fs_write": (0, pointer, length),
            "fs_read": (0, pointer, length),
            "fs_stat": (pointer, length),
            "fs_delete": (pointer, length),
            "fs_list": (*app.place(""), 0, pointer, length),
            "fs_rename": (*file, pointer, length),
            "app_info": (pointer, length),
        }[call]
        app.show(f"edge{number}", call, *arguments)
    app.show("close", "fs_close", 0)
    values = run(api, pack, app, capabilities=BOTH)
    assert (values.pop("fd"), values.pop("close")) == (0, 0)
    wrong = {EDGES[int(label[4:])]: value for label, value in values.items() if value != EFAULT}
    assert len(values) == len(EDGES)
    assert not wrong, wrong


def test_log_outside_the_memory_logs_nothing(api, pack):
    app = Guest("log_error")
    for pointer, length in EDGES:
        app.show(f"log-{pointer}-{length}", "log", pointer, length)
        app.show(f"error-{pointer}-{length}", "log_error", pointer, length)
    values = run(api, pack, app)
    assert len(values) == 2 * len(EDGES)
    assert set(values.values()) == {EFAULT}, values
    for line in api.log_texts("probe"):
        assert line.startswith("log-") or line.startswith("error-"), f"from outside: {line!r}"


def test_the_last_bytes_of_the_memory_are_usable(api, pack):
    app = Guest("fs_open", "fs_write", "fs_close")
    app.module.put(65536 - 4, b"last")
    app.show("fd", "fs_open", *app.place("f"), WRITE | CREATE)
    app.show("write", "fs_write", 0, 65536 - 4, 4).show("nothing", "fs_write", 0, 65536, 0)
    app.show("log", "log", 65536 - 4, 4).show("close", "fs_close", 0)
    values = run(api, pack, app, capabilities=BOTH)
    assert values["write"] == 4
    assert "last" in api.log_texts("probe")


def test_bad_descriptors_flags_and_whence(api, pack):
    app = Guest(*FILES)
    file, buffer = app.place("f"), app.reserve(16)
    for number, fd in enumerate((-1, 0, 3, 1000, 0x7FFFFFFF, 0x80000000)):
        app.show(f"read{number}", "fs_read", fd, buffer, 16)
        app.show(f"write{number}", "fs_write", fd, buffer, 16)
        app.show(f"seek{number}", "fs_seek", fd, 0, 0)
        app.show(f"close{number}", "fs_close", fd)
    for number, flags in enumerate(
        (0, 32, 0x80000000, -1, TRUNCATE, CREATE, READ | TRUNCATE | APPEND | 64)
    ):
        app.show(f"flags{number}", "fs_open", *file, flags)
    app.show("fd", "fs_open", *file, READ | WRITE | CREATE)
    app.show("before", "fs_seek", 0, -1, 0).show("whence", "fs_seek", 0, 0, 9)
    app.show("close", "fs_close", 0).show("twice", "fs_close", 0)
    values = run(api, pack, app, capabilities=BOTH)
    for number, call in itertools.product(range(6), ("read", "write", "seek", "close")):
        assert values[f"{call}{number}"] == EBADF, (call, number, values[f"{call}{number}"])
    for number in range(7):
        assert values[f"flags{number}"] == EINVAL, (number, values[f"flags{number}"])
    assert values["fd"] >= 0
    assert (values["before"], values["whence"]) == (EINVAL, EINVAL)
    assert (values["close"], values["twice"]) == (0, EBADF)


def test_a_write_only_file_is_not_readable_and_the_reverse(api, pack):
    app = Guest(*FILES)
    file, buffer = app.place("f"), app.place("some bytes")
    app.show("w", "fs_open", *file, WRITE | CREATE).show("read", "fs_read", 0, *buffer)
    app.show("c1", "fs_close", 0).show("r", "fs_open", *file, READ)
    app.show("write", "fs_write", 0, *buffer).show("c2", "fs_close", 0)
    values = run(api, pack, app, capabilities=BOTH)
    assert (values["read"], values["write"]) == (EBADF, EBADF), values


def test_open_files_are_bounded_and_closed_at_the_end(api, pack):
    app = Guest("fs_open")
    for number in range(40):
        app.show(f"open{number}", "fs_open", *app.place(f"f{number}"), WRITE | CREATE)
    module = app.build()
    for _ in range(3):
        packed = pack(module, "hoarder", capabilities=BOTH, memory_quota=262144)
        lines = api.run_to_end("hoarder", packed)
        values = guest.shown(lines)
        opened = [value for value in values.values() if value >= 0]
        assert opened == [0, 1, 2, 3]
        assert set(list(values.values())[len(opened) :]) == {ENFILE}, values
        assert api.uninstall("hoarder").status == 200


def test_a_full_partition_is_an_errno(api, pack):
    if api.status()["storage"]["total"] > 4 * 1024 * 1024:
        pytest.skip("this device has too much room to fill")
    app = Guest("fs_open", "fs_write", "fs_close", "fs_delete")
    file, block = app.place("big"), app.reserve(16384)
    app.show("open", "fs_open", *file, WRITE | CREATE)
    write = app.native("fs_write", 0, block, 16384) + wasm.local_tee(0) + guest.i32(16384)
    app.run(wasm.LOOP + write + b"\x46" + wasm.branch_if(0) + wasm.END)  # while all was written
    app.show("full", "fs_write", 0, block, 16384)
    app.show("close", "fs_close", 0).show("delete", "fs_delete", *file)
    app.show("again", "fs_open", *file, WRITE | CREATE).show(
        "write", "fs_write", 0, *app.place("ok")
    )
    values = run(api, pack, app, capabilities=BOTH)
    assert values["full"] == ENOSPC, values
    assert (values["delete"], values["again"], values["write"]) == (0, 0, 2), values


def test_data_survives_an_update_and_dies_with_the_app(api, pack):
    writer = Guest("fs_open", "fs_write", "fs_close")
    path = writer.place("kept")
    writer.show("open", "fs_open", *path, WRITE | CREATE).show(
        "write", "fs_write", 0, *writer.place("12345")
    )
    writer.show("close", "fs_close", 0)
    reader = Guest("fs_stat")
    reader.show("stat", "fs_stat", *reader.place("kept"))
    new = pack(reader.build(), "keeper", capabilities=BOTH, version="2.0.0")
    api.run_to_end("keeper", pack(writer.build(), "keeper", capabilities=BOTH))
    assert guest.shown(api.run_to_end("keeper", new))["stat"] == 5
    assert api.uninstall("keeper").status == 200
    assert guest.shown(api.run_to_end("keeper", new))["stat"] == ENOENT


def test_subfolders_are_removed_with_the_app(api, pack):
    app = Guest("fs_open", "fs_close")
    for number, path in enumerate(("a/b/c", "a/d", "e")):
        app.show(f"open{number}", "fs_open", *app.place(path), WRITE | CREATE).show(
            f"close{number}", "fs_close", 0
        )
    api.run_to_end("nested", pack(app.build(), "nested", capabilities=BOTH))
    # Whether folders can be made is the device's choice; that nothing stays is checked afterwards.


def test_app_info_tells_the_app_about_itself(api, pack):
    app = Guest("app_info")
    out = app.reserve(256)
    app.run(app.value_code("n", app.native("app_info", out, 256)))
    app.show("small", "app_info", out, 4).show("none", "app_info", out, 0)
    app.show("log", "log", out, 200)
    values = run(api, pack, app, name="info", version="3.2.1")
    lines = api.log_texts("info")
    text = next(line for line in lines if line.startswith("{"))[: values["n"]]
    info = json.loads(text)
    assert (info["name"], info["version"], info["abi"]) == ("info", "3.2.1", 1)
    assert values["small"] == values["none"] == values["n"] == len(text)


def test_time_goes_on_and_sleep_sleeps(api, pack):
    app = Guest("time_ms", "sleep_ms")
    app.run(app.value_code("before", app.native("time_ms") + wasm.I32_WRAP_I64))
    app.run(app.native("sleep_ms", 300) + app.native("sleep_ms", 0) + app.native("sleep_ms", -5))
    app.run(app.value_code("after", app.native("time_ms") + wasm.I32_WRAP_I64))
    values = run(api, pack, app)
    assert values["after"] - values["before"] >= 290
