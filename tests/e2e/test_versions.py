# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Updates that keep the version before, and the way back to it."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time

import pytest

from harness import guest, shapes
from harness.api import Api, wait_for
from harness.guest import CREATE, WRITE, Guest

APP = "/api/v1/apps/hello"


def rollback(api: Api, name: str = "hello"):
    return api.request("POST", f"/api/v1/apps/{name}/rollback")


def versions(api: Api, name: str = "hello") -> tuple[str, str | None]:
    """The installed version and the one that is kept."""
    app = api.app(name)
    previous = app["previous"]
    if previous is not None:
        shapes.check(previous, shapes.PREVIOUS)
    return app["version"], previous and previous["version"]


def test_a_bad_update_is_taken_back(api, pack):
    first = pack(guest.hello("one"), "hello", capabilities=["fs_read", "sensor"])
    api.request("PUT", f"{APP}?deny=sensor", first)
    before = api.app("hello")
    assert before["previous"] is None
    assert rollback(api).code == "no_previous"
    second = pack(guest.trapper(), "hello", version="2.0.0", capabilities=["fs_read", "sensor"])
    app = api.must_install("hello", second)
    assert app["previous"] == {"version": "1.0.0", "sha256": before["sha256"]}
    assert app["capabilities"] == ["sensor", "fs_read"], "decided anew"
    api.must_start("hello")
    api.wait_state("hello", "failed")
    wait_for(
        lambda: api.log_texts("hello"),
        lambda lines: any("`akira rollback hello`" in line for line in lines),
        "the way back to be told",
    )
    assert versions(api) == ("2.0.0", "1.0.0"), "nothing is rolled back by itself"
    reply = rollback(api)
    assert reply.status == 200, reply
    assert reply.json == before, "and what was withheld from it still is"
    assert rollback(api).code == "no_previous"
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert api.log_texts("hello")[-1] == "one"
    texts = [record["text"] for record in api.request("GET", "/api/v1/audit").json["records"]]
    assert "rolled back from 2.0.0 to 1.0.0" in texts


def test_files_stay(api, pack):
    writer = Guest("fs_open", "fs_write", "fs_close")
    writer.show("open", "fs_open", *writer.place("count"), WRITE | CREATE)
    writer.show("write", "fs_write", 0, *writer.place("1234567")).show("close", "fs_close", 0)
    writer.run(guest.wasm.UNREACHABLE)
    api.must_install("hello", pack(guest.hello(), "hello", capabilities=["fs_read", "fs_write"]))
    assert api.request("PUT", "/api/v1/files/hello/mine", b"before").status == 201
    newer = pack(writer.build(), "hello", version="2.0.0", capabilities=["fs_read", "fs_write"])
    api.must_install("hello", newer)
    api.must_start("hello")
    api.wait_state("hello", "failed")
    assert rollback(api).status == 200
    assert api.request("GET", "/api/v1/files/hello/mine").body == b"before"
    assert api.request("GET", "/api/v1/files/hello/count").body == b"1234567"


def test_a_version_that_ends_well_is_alone(api, pack):
    # Too large for LittleFS to keep it beside its name, so that it takes blocks.
    api.must_install("hello", pack(guest.padded(20_000), "hello"))
    free = api.status()["storage"]["free"]
    api.must_install("hello", pack(guest.padded(20_000), "hello", version="2.0.0"))
    assert api.status()["storage"]["free"] < free
    assert versions(api) == ("2.0.0", "1.0.0")
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert versions(api) == ("2.0.0", None)
    assert api.status()["storage"]["free"] == free
    assert rollback(api).code == "no_previous"


def test_an_exit_code_a_stop_and_a_watchdog_kill_show_nothing(api, pack):
    api.must_install("hello", pack(guest.hello(), "hello"))
    for number, module in enumerate((guest.exiter(3), guest.sleeper(), guest.looper())):
        packed = pack(module, "hello", version=f"2.0.{number}", exec_timeout_ms=500)
        api.must_install("hello", packed)
        api.must_start("hello")
        if number == 1:
            assert rollback(api).code == "running"
            api.stop("hello")
        api.wait_state("hello", "stopped", "failed")
        assert versions(api) == (f"2.0.{number}", "1.0.0")
    api.must_install("hello", pack(guest.exiter(0), "hello", version="2.1.0"))
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert versions(api) == ("2.1.0", None)


@pytest.mark.parametrize("kill", [False, True], ids=["polite", "power-cut"])
def test_what_is_kept_survives(api, own_device, pack, kill):
    first = pack(guest.hello("one"), "hello", capabilities=["fs_read", "sensor"])
    api.request("PUT", f"{APP}?deny=fs_read", first)
    api.must_install("hello", pack(guest.trapper(), "hello", version="2.0.0"))
    own_device.restart(kill=kill)
    assert versions(api) == ("2.0.0", "1.0.0")
    assert rollback(api).json["capabilities"] == ["sensor"]
    own_device.restart(kill=kill)
    assert versions(api) == ("1.0.0", None)
    assert api.app("hello")["capabilities"] == ["sensor"]
    assert api.run_to_end("hello", first)[-1] == "one"


def test_switched_off_at_any_moment(api, own_device, pack):
    """Updates and rollbacks, one after the other, until the power goes; ten times."""
    packed = {
        number: pack(guest.padded(20_000), "hello", version=number)
        for number in ("1.0.0", "2.0.0", "3.0.0")
    }
    api.must_install("hello", packed["1.0.0"])
    seen = set()
    for turn in range(10):
        over = threading.Event()

        def work(over: threading.Event = over) -> None:
            face = Api(own_device)
            while not over.is_set():
                # The device goes in the middle of one of these.
                with contextlib.suppress(OSError, http.client.HTTPException):
                    for number in ("2.0.0", "3.0.0"):
                        face.install("hello", packed[number])
                    rollback(face)

        worker = threading.Thread(target=work)
        worker.start()
        time.sleep(0.05 + 0.037 * turn)
        own_device.switch_off(kill=True)
        over.set()
        worker.join()
        own_device.boot()
        found = versions(api)
        seen.add(found)
        assert found in {
            ("1.0.0", None), ("2.0.0", "1.0.0"), ("3.0.0", "1.0.0"),
        }  # fmt: skip
        app = api.app("hello")
        assert app["size"] == len(packed[found[0]])
        # Each is whole, also the one that is kept.
        if found[1]:
            reply = rollback(api)
            assert (reply.status, reply.json["version"]) == (200, "1.0.0"), reply
    assert seen


def test_a_full_storage_is_no_reason_to_keep_a_version(api, pack):
    """Three versions of 450 KB beside other apps do not fit on 2 MiB."""
    if api.status()["storage"]["total"] > 4 * 1024 * 1024:
        pytest.skip("this device has too much room to fill")
    size = 450_000

    def version(number: str) -> bytes:
        return pack(guest.padded(size), "hello", version=number, memory_quota=1 << 20)

    api.must_install("hello", version("1.0.0"))
    api.must_install("hello", version("2.0.0"))
    for name in ("other", "more"):
        api.must_install(name, pack(guest.padded(350_000), name, memory_quota=1 << 20))
    assert versions(api) == ("2.0.0", "1.0.0"), "as long as there is room"
    api.must_install("hello", version("3.0.0"))
    assert versions(api)[0] == "3.0.0"
    assert versions(api)[1] != "1.0.0"
    records = api.request("GET", "/api/v1/audit").json["records"]
    assert any("1.0.0, is given up" in record["text"] for record in records)


def test_requests_at_once(api, pack):
    """Whatever comes first, an app has one of its versions, whole."""
    packed = {number: pack(guest.hello(), "hello", version=number) for number in ("1.0.0", "2.0.0")}
    api.must_install("hello", packed["1.0.0"])
    statuses: list[int] = []

    def work(number: str) -> None:
        face = Api(api.device)
        for _ in range(10):
            statuses.append(face.install("hello", packed[number]).status)
            statuses.append(rollback(face).status)

    workers = [threading.Thread(target=work, args=(number,)) for number in packed for _ in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(statuses) <= {200, 409}, statuses
    assert versions(api)[0] in packed
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert versions(api)[1] is None
