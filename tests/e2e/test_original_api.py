# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The paths that tools for AkiraOS know: /status, /upload and /ota/upload with multipart forms."""

from __future__ import annotations

import random

import pytest

from harness import guest, multipart
from harness.api import RawConnection, Reply, wait_for
from harness.multipart import BOUNDARY, form, part


@pytest.fixture
def upload(api):
    """Sends a form."""

    def send(body: bytes, kind: str | None = None, path: str = "/upload") -> Reply:
        return api.request("POST", path, body, headers={"Content-Type": kind or multipart.kind()})

    return send


def pieces(raw: RawConnection, head: str, body: bytes, at: list[int]) -> int:
    """Sends a body in chunks that end at these offsets; the status of the answer."""
    raw.send_head("POST", head, f"Content-Type: {multipart.kind()}", "Transfer-Encoding: chunked")
    for start, end in zip([0, *at], [*at, len(body)], strict=True):
        if start < end:
            raw.send(b"%x\r\n%s\r\n" % (end - start, body[start:end]))
    raw.send(b"0\r\n\r\n")
    return raw.read_status()


def test_the_status_is_the_same(api):
    old, new = (api.request("GET", path).json for path in ("/status", "/api/v1/status"))
    assert set(old) == set(new)
    assert (old["device"], old["apps"]) == (new["device"], new["apps"])


def test_an_upload_installs_by_the_manifests_name(api, upload, pack):
    packed = pack(guest.sleeper(), "hello")
    assert upload(form(part(packed))).status == 201
    assert api.app("hello")["size"] == len(packed)
    newer = pack(guest.hello("new"), "hello", version="1.0.1")
    reply = upload(form(part(b"yes", name="restart", filename=None), part(newer)))
    assert (reply.status, reply.json["version"]) == (200, "1.0.1")
    api.must_start("hello")
    api.wait_state("hello", "stopped")
    assert api.log_texts("hello")[-1] == "new"


def test_running_apps_are_refused_here_too(api, upload, pack):
    packed = pack(guest.sleeper(), "hello")
    api.must_install("hello", packed)
    api.must_start("hello")
    reply = upload(form(part(packed)))
    assert (reply.status, reply.code) == (409, "running")


def test_the_boundary_split_at_every_offset(api, device, pack):
    """Two pieces, cut at each offset from the boundary before the module to the end of its head."""
    packed = pack(guest.hello(), "hello")
    body = form(part(packed))
    head = body.index(b"\r\n\r\n") + 4
    tail = len(body) - len(BOUNDARY) - 12
    for at in [*range(1, head + 4), *range(tail, len(body))]:
        with RawConnection(device) as raw:
            assert pieces(raw, "/upload", body, [at]) in (200, 201), at
    assert api.app("hello")["size"] == len(packed)


def test_the_boundary_in_pieces_of_one_byte(api, device, pack):
    packed = pack(guest.hello(), "hello")
    body = form(part(packed))
    with RawConnection(device) as raw:
        assert pieces(raw, "/upload", body, list(range(1, len(body)))) == 201
    assert api.app("hello")["size"] == len(packed)


def test_a_module_full_of_almost_boundaries(api, upload, pack):
    """What only looks like a boundary belongs to the module."""
    line = f"\r\n--{BOUNDARY}".encode()
    # The last but one byte is another one: nowhere is the whole line.
    almost = b"".join(line[:cut] + b"!" for cut in range(1, len(line))) * 3
    almost += b"\r\n" * 40 + b"--" * 40 + b"\r" * 40 + b"\r\n--" * 40
    app = guest.Guest().log("almost")
    app.module.customs.append(("almost", almost))
    packed = pack(app.build(), "hello")
    assert line not in packed
    assert upload(form(part(packed))).json["size"] == len(packed)
    api.must_start("hello")
    api.wait_state("hello", "stopped")


def test_random_cuts(api, device, pack):
    packed = pack(guest.padded(9000), "hello")
    body = form(part(b"x", name="note", filename=None), part(packed))
    rng = random.Random(8)
    for _ in range(25):
        cuts = sorted(rng.sample(range(1, len(body)), rng.randrange(1, 30)))
        with RawConnection(device) as raw:
            assert pieces(raw, "/upload", body, cuts) in (200, 201), cuts
    assert api.app("hello")["size"] == len(packed)


def bad_forms(packed: bytes) -> dict[str, tuple[bytes, str]]:
    """Bodies that are no forms with a file, and their content types."""
    good, kind = form(part(packed)), multipart.kind()
    return {
        "no-boundary": (good, "multipart/form-data"),
        "empty-boundary": (good, "multipart/form-data; boundary="),
        "long-boundary": (good, multipart.kind("b" * 300)),
        "other-boundary": (good, multipart.kind("other")),
        "other-kind": (good, "application/json"),
        "no-kind": (good, ""),
        "empty": (b"", kind),
        "no-file": (form(part(b"x", filename=None)), kind),
        "no-parts": (f"--{BOUNDARY}--\r\n".encode(), kind),
        "no-head": (f"--{BOUNDARY}\r\n\r\n".encode() + packed, kind),
        "never-closed": (good[: -len(BOUNDARY) - 8], kind),
        "cut-in-the-middle": (good[: len(good) // 2], kind),
        "only-a-preamble": (b"x" * 60_000, kind),
        "head-bomb": (f"--{BOUNDARY}\r\nX: ".encode() + b"b" * 60_000, kind),
        "many-heads": (f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 9000, kind),
        "many-parts": (form(*[part(b"", filename=None)] * 2000), kind),
        "not-wasm": (form(part(b"no module at all")), kind),
        "empty-file": (form(part(b"")), kind),
    }


NAMES = list(bad_forms(b""))


@pytest.mark.parametrize("name", NAMES)
def test_bad_forms_change_nothing(api, upload, pack, name):
    packed = pack(guest.hello(), "hello")
    api.must_install("hello", packed)
    before = api.app("hello")
    body, kind = bad_forms(packed)[name]
    for path in ("/upload", "/ota/upload"):
        reply = upload(body, kind or "text/plain", path)
        assert reply.status in (400, 413, 501), (path, reply)
        assert reply.code in (
            "bad_multipart", "bad_request", "bad_module", "bad_image", "too_large", "not_supported",
        ), reply  # fmt: skip
    assert api.app("hello") == before


@pytest.mark.parametrize("filename", ["../../config/token", "/etc/passwd", "Ä b.wasm", "x" * 200])
def test_a_filename_is_not_looked_at(api, upload, pack, filename):
    packed = pack(guest.hello(), "hello")
    assert upload(form(part(packed, filename=filename))).status in (201, 400)
    assert set(api.apps()) <= {"hello"}


def test_a_cut_upload_leaves_nothing(api, device, pack):
    body = form(part(pack(guest.padded(40_000), "hello")))
    rng = random.Random(9)
    for _ in range(10):
        with RawConnection(device) as raw:
            raw.send_head(
                "POST",
                "/upload",
                f"Content-Type: {multipart.kind()}",
                f"Content-Length: {len(body)}",
            )
            raw.send(body[: rng.randrange(1, len(body) - 10)])
            if rng.random() < 0.5:
                raw.reset()
    wait_for(lambda: api.status()["transfers"], lambda found: found == [], "the transfers to end")
    assert api.apps() == {}
