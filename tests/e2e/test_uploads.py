# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Uploads that lie, break off, come twice, or do not fit."""

from __future__ import annotations

import threading

import pytest

from harness import guest
from harness.api import Api, RawConnection, Reply, wait_for

MAX_APP = 512 * 1024


def put_head(raw: RawConnection, name: str, *lines: str) -> None:
    assert raw.send_head("PUT", f"/api/v1/apps/{name}", *lines)


def install_when_free(api: Api, name: str, packed: bytes) -> Reply:
    """Installs as soon as the device has noticed that another upload of the same app broke off."""
    return wait_for(
        lambda: api.install(name, packed),
        lambda reply: reply.status != 409,
        "the broken-off upload to be noticed",
        10,
    )


def in_chunks(data: bytes, size: int):
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 100, 1000, 4096, 100_000])
def test_chunked_uploads_of_any_chunk_size(api, pack, size):
    packed = pack(guest.hello(), "app")
    data = packed if size < 100 else pack(guest.padded(50_000), "app")
    reply = api.request("PUT", "/api/v1/apps/app", in_chunks(data, size))
    assert reply.status == 201, reply
    assert reply.json["size"] == len(data)


def test_an_upload_byte_by_byte(api, device, pack):
    packed = pack(guest.hello(), "app")
    with RawConnection(device) as raw:
        put_head(raw, "app", f"Content-Length: {len(packed)}")
        for byte in packed:
            assert raw.send(bytes([byte]))
        assert raw.read_status() == 201


def test_a_large_app_arrives_whole(api, pack):
    packed = pack(guest.padded(400_000), "app")
    assert api.must_install("app", packed)["size"] == len(packed)


@pytest.mark.parametrize(
    "length", [MAX_APP + 1, 3 * 1024 * 1024, 2**31, 2**32 + 5, 2**63, 2**64 + 1, 10**40], ids=str
)
def test_a_body_larger_than_allowed_is_refused_before_it_is_sent(api, device, length):
    with RawConnection(device) as raw:
        put_head(raw, "app", f"Content-Length: {length}")
        raw.send(b"\0asm\x01\0\0\0")
        assert raw.read_status() in ((413,) if length < 2**31 else (413, 400, 0))
    assert api.apps() == {}


def test_the_refusal_of_a_large_body_is_json(api, device, pack):
    packed = pack(guest.hello(), "app")
    reply = api.install("app", packed + bytes(MAX_APP))
    assert (reply.status, reply.code) == (413, "too_large")
    assert api.apps() == {}


def test_a_chunked_body_that_never_ends_is_cut_off(api, device, pack):
    packed = pack(guest.padded(4000), "app")
    with RawConnection(device) as raw:
        put_head(raw, "app", "Transfer-Encoding: chunked")
        raw.send(b"%x\r\n%s\r\n" % (len(packed), packed))
        noise = b"2000\r\n" + bytes(0x2000) + b"\r\n"
        for _ in range(3 * 1024 * 1024 // 0x2000):
            if not raw.send(noise):
                break
        raw.send(b"0\r\n\r\n")
        assert raw.read_status() in (413, 400, 0)
    assert api.apps() == {}


def test_a_full_partition_is_told_and_recovers(api, pack):
    """Five apps of 450 KB do not fit on 2 MiB: what does not is refused, and nothing else."""
    if api.status()["storage"]["total"] > 4 * 1024 * 1024:
        pytest.skip("this device has too much room to fill")
    packed = {
        name: pack(guest.padded(450_000), name, memory_quota=1 << 20)
        for name in ("a", "b", "c", "d", "e")
    }
    replies = {name: api.install(name, content) for name, content in packed.items()}
    full = {name: reply for name, reply in replies.items() if reply.status != 201}
    assert full, "all five found room"
    assert all((reply.status, reply.code) == (507, "no_space") for reply in full.values()), full
    assert set(api.apps()) == set(packed) - set(full)
    free = api.status()["storage"]["free"]
    assert api.install("e", packed["e"]).status == 507
    assert api.status()["storage"]["free"] == free, "a refused upload cost storage"
    assert api.must_start("a")
    api.wait_state("a", "stopped")
    assert api.uninstall("a").status == 200
    api.must_install("e", packed["e"])


@pytest.mark.parametrize("ending", ["close", "reset", "half-close"])
def test_a_client_that_disconnects_half_way(api, device, pack, ending):
    packed = pack(guest.padded(60_000), "app")
    before = api.free_and_used()
    for sent in (0, 1, 8, 100, 4096, 30_000, len(packed) - 1):
        with RawConnection(device) as raw:
            put_head(raw, "app", f"Content-Length: {len(packed)}")
            raw.send(packed[:sent])
            if ending == "reset":
                raw.reset()
            elif ending == "half-close":
                raw.half_close()
                assert raw.read_status(seconds=3) in (0, 400, 408)
        wait_for(
            api.free_and_used, lambda now: now == before, f"the rest of {sent} bytes to go", 10
        )
        assert api.apps() == {}
    assert install_when_free(api, "app", packed).status == 201


def test_a_disconnected_update_keeps_the_old_app(api, device, pack):
    api.must_install("app", pack(guest.hello("first"), "app"))
    before = api.app("app")
    packed = pack(guest.padded(60_000), "app", version="2.0.0")
    with RawConnection(device) as raw:
        put_head(raw, "app", f"Content-Length: {len(packed)}")
        raw.send(packed[:40_000])
    assert api.app("app") == before
    wait_for(lambda: api.start("app"), lambda reply: reply.status == 200, "the upload to end", 10)
    api.wait_state("app", "stopped")
    assert api.log_texts("app") == ["first"]
    wait_for(
        lambda: api.install("app", packed), lambda reply: reply.status == 200, "the update", 10
    )


def test_disconnect_in_the_middle_of_a_chunk(api, device, pack):
    packed = pack(guest.padded(20_000), "app")
    for cut in (1, 3, 500, 9000):
        with RawConnection(device) as raw:
            put_head(raw, "app", "Transfer-Encoding: chunked")
            raw.send((b"%x\r\n%s\r\n" % (len(packed), packed))[:cut])
    assert install_when_free(api, "app", packed).status == 201


def test_a_body_shorter_than_its_chunks_end_says(api, device, pack):
    """The last chunk comes early: the body is complete for HTTP, but the module is not."""
    packed = pack(guest.hello(), "app")
    reply = api.request("PUT", "/api/v1/apps/app", in_chunks(packed[: len(packed) // 2], 50))
    assert (reply.status, reply.code) == (400, "bad_module")
    assert api.apps() == {}


def test_the_same_app_twice_at_once(api, device, pack):
    packed = pack(guest.padded(30_000), "app")
    with RawConnection(device) as slow:
        put_head(slow, "app", f"Content-Length: {len(packed)}")
        slow.send(packed[:15_000])
        second = wait_for(
            lambda: api.install("app", packed),
            lambda reply: reply.status not in (200, 201),
            "the second to be refused",
            10,
        )
        assert (second.status, second.code) == (409, "busy")
        slow.send(packed[15_000:])
        assert slow.read_status() in (200, 201)
    assert api.app("app")["size"] == len(packed)


def test_many_installs_of_one_app_at_once(api, pack):
    packed = pack(guest.padded(20_000), "app")
    replies: list[Reply] = []

    def install() -> None:
        replies.append(Api(api.device).install("app", packed))

    threads = [threading.Thread(target=install) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 3
    assert any(reply.status in (200, 201) for reply in replies), replies
    for reply in replies:
        assert reply.status in (200, 201) or (reply.status, reply.code) == (409, "busy"), reply
    api.must_start("app")
    assert api.wait_state("app", "stopped")["exit_code"] == 0


def test_two_apps_at_once(api, device, pack):
    packed = {name: pack(guest.padded(30_000), name) for name in ("left", "right")}
    with RawConnection(device) as left, RawConnection(device) as right:
        for raw, name in ((left, "left"), (right, "right")):
            put_head(raw, name, f"Content-Length: {len(packed[name])}")
        for start in range(0, 30_000, 5000):
            left.send(packed["left"][start : start + 5000])
            right.send(packed["right"][start : start + 5000])
        left.send(packed["left"][30_000:])
        right.send(packed["right"][30_000:])
        assert (left.read_status(), right.read_status()) == (201, 201)
    assert set(api.apps()) == {"left", "right"}


def test_the_seventeenth_app(api, pack):
    names = [f"app{number}" for number in range(17)]
    for name in names[:16]:
        api.must_install(name, pack(guest.hello(), name))
    reply = api.install(names[16], pack(guest.hello(), names[16]))
    assert (reply.status, reply.code) == (507, "too_many_apps")
    assert set(api.apps()) == set(names[:16])
    assert api.install(names[3], pack(guest.hello("new"), names[3], version="1.0.1")).status == 200
    assert api.uninstall(names[0]).status == 200
    api.must_install(names[16], pack(guest.hello(), names[16]))


def test_a_body_where_none_belongs(api, pack):
    api.must_install("hello", pack(guest.hello(), "hello"))
    for method, path in (
        ("POST", "/api/v1/apps/hello/start"),
        ("GET", "/api/v1/status"),
        ("DELETE", "/api/v1/apps/hello"),
    ):
        reply = api.request(method, path, b"x" * 3000)
        assert reply.status in (200, 400, 413), (method, reply)
        api.wait_state("hello", "installed", "stopped") if method != "DELETE" else None
