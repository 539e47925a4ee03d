# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""HTTP that is none. Whatever it gets, the device must neither do it nor die of it."""

from __future__ import annotations

import random

import pytest

from harness import guest
from harness.api import RawConnection

SEED = 20261123
AUTH = b"Authorization: Bearer %s\r\n"
PUT = b"PUT /api/v1/apps/hello HTTP/1.1"
DELETE = b"DELETE /api/v1/apps/hello HTTP/1.1"
CHUNKED = b"Transfer-Encoding: chunked"


def request(line: bytes, token: str, *headers: bytes) -> bytes:
    head = line + b"\r\nHost: device\r\n" + AUTH % token.encode()
    return head + b"".join(header + b"\r\n" for header in headers) + b"\r\n"


MALFORMED = {
    "garbage": lambda token: (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n"
    ),
    "binary": lambda token: bytes(random.Random(SEED).randbytes(3000)) + b"\r\n\r\n",
    "only-newlines": lambda token: b"\r\n" * 2000,
    "no-version": lambda token: request(b"DELETE /api/v1/apps/hello", token),
    "bad-version": lambda token: request(b"DELETE /api/v1/apps/hello HTTP/9.9", token),
    "not-http": lambda token: request(b"DELETE /api/v1/apps/hello FTP/1.1", token),
    "bad-method": lambda token: request(b"D\x00ELETE /api/v1/apps/hello HTTP/1.1", token),
    "unknown-method": lambda token: request(b"DESTROY /api/v1/apps/hello HTTP/1.1", token),
    "long-method": lambda token: request(b"X" * 9000 + b" / HTTP/1.1", token),
    "space-in-path": lambda token: request(b"DELETE /api/v1/apps/hello /x HTTP/1.1", token),
    "long-path": lambda token: request(
        b"DELETE /api/v1/apps/" + b"h" * 60_000 + b" HTTP/1.1", token
    ),
    "long-query": lambda token: request(
        b"GET /api/v1/status?" + b"q" * 60_000 + b" HTTP/1.1", token
    ),
    "header-without-colon": lambda token: request(DELETE, token, b"nonsense"),
    "header-with-nul": lambda token: request(DELETE, token, b"X: a\x00b"),
    "space-before-colon": lambda token: request(PUT, token, b"Content-Length : 5") + b"hello",
    "long-header": lambda token: request(DELETE, token, b"X-Bomb: " + b"b" * 200_000),
    "many-headers": lambda token: request(
        DELETE, token, *(b"X-%d: bomb" % number for number in range(5000))
    ),
    "negative-length": lambda token: request(PUT, token, b"Content-Length: -5") + b"hello",
    "word-length": lambda token: request(PUT, token, b"Content-Length: five") + b"hello",
    "hex-length": lambda token: request(PUT, token, b"Content-Length: 0x5") + b"hello",
    "two-lengths": lambda token: (
        request(PUT, token, b"Content-Length: 5", b"Content-Length: 500") + b"hello"
    ),
    "length-and-chunked": lambda token: (
        request(PUT, token, b"Content-Length: 3", CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n"
    ),
    "chunk-not-hex": lambda token: request(PUT, token, CHUNKED) + b"zz\r\nhello\r\n0\r\n\r\n",
    "chunk-negative": lambda token: request(PUT, token, CHUNKED) + b"-5\r\nhello\r\n0\r\n\r\n",
    "chunk-overflow": lambda token: (
        request(PUT, token, CHUNKED) + b"ffffffffffffffff1\r\nhello\r\n"
    ),
    "chunk-longer-than-said": lambda token: (
        request(PUT, token, CHUNKED) + b"2\r\nhello\r\n0\r\n\r\n"
    ),
    "chunk-endless-extension": lambda token: request(PUT, token, CHUNKED) + b"5;" + b"x" * 100_000,
    "unknown-coding": lambda token: (
        request(PUT, token, b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n"
    ),
    "http2-preface": lambda token: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64),
    "smuggled": lambda token: (
        request(PUT, token, b"Content-Length: 0", b"Transfer-Encoding: xchunked")
        + b"GET / HTTP/1.1\r\n\r\n"
    ),
}


@pytest.mark.parametrize("make", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_requests_change_nothing(api, device, pack, make):
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = api.app("hello")
    with RawConnection(device) as raw:
        raw.send(make(device.token))
        raw.half_close()
        answer = raw.read_all(seconds=2)
    status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
    assert status == 0 or status >= 400 or (status == 200 and b'"uptime_ms"' in answer), answer[
        :300
    ]
    assert api.app("hello") == before, answer[:300]


def test_a_request_cut_at_every_byte(api, device, pack):
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = api.app("hello")
    whole = request(DELETE, device.token)
    for length in range(0, len(whole), 3):
        with RawConnection(device) as raw:
            raw.send(whole[:length])
    assert api.app("hello") == before


def test_random_bytes_many_times(api, device):
    rng = random.Random(SEED)
    for _ in range(60):
        with RawConnection(device) as raw:
            raw.send(rng.randbytes(rng.randrange(1, 2000)))
            if rng.random() < 0.5:
                raw.reset()
    assert api.status()["apps"]["installed"] == 0


def test_flipped_requests(api, device, pack):
    """A good request with one bit flipped does what it then says, or is refused; nothing breaks."""
    rng = random.Random(SEED)
    good = request(
        b"GET /api/v1/apps/hello/log?since=0 HTTP/1.1", device.token, b"Connection: close"
    )
    api.must_install("hello", pack(guest.hello(), "hello"))
    before = api.app("hello")
    for _ in range(80):
        bit = rng.randrange(len(good) * 8)
        mutant = bytearray(good)
        mutant[bit // 8] ^= 1 << bit % 8
        with RawConnection(device) as raw:
            raw.send(bytes(mutant))
            raw.half_close()
            raw.read_status(seconds=2)
    assert api.app("hello") == before


def test_requests_one_after_the_other_on_one_connection(api, device):
    one = request(b"GET /api/v1/status HTTP/1.1", device.token)
    with RawConnection(device) as raw:
        for _ in range(5):
            raw.send(one)
            # Whole, or its rest would be taken for the beginning of the next one.
            answer = raw.read_all(seconds=0.5)
            assert answer.startswith(b"HTTP/1.1 200 "), answer


def test_an_upload_refused_early_does_not_become_requests(api, device, pack):
    """The body of a refused upload must never be read as the next request."""
    packed = pack(guest.hello(), "hello")
    api.must_install("hello", packed)
    evil = request(DELETE, device.token)
    body = evil * 50
    with RawConnection(device) as raw:
        raw.send_head("PUT", "/api/v1/apps/Bad-Name", f"Content-Length: {len(body)}")
        raw.send(body)
        raw.half_close()
        answer = raw.read_all(seconds=2)
    assert answer.count(b"HTTP/1.1 200") == 0, answer
    assert "hello" in api.apps()


def test_a_slow_request_does_not_stop_the_others(api, device):
    with RawConnection(device) as slow:
        slow.send(b"GET /api/v1/sta")
        for _ in range(5):
            assert api.status()["apps"]["running"] == 0
