# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Clients that are slow, many, or broken off. Afterwards the device serves, its apps have gone on,
and no byte is missing.

`flooded` runs apps beside each test and looks at them and at the bytes afterwards.
"""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import threading
import time

import pytest

from harness import guest, multipart
from harness.api import Api, RawConnection, wait_for
from harness.device import Device

SEED = 20261123
MANY = 1000
APPS = ("tick0", "tick1", "tick2")


@pytest.fixture
def flooded(api, device, pack, baseline):
    """Three apps that log steadily; none may have stopped, restarted or paused for long."""
    # It only has files.
    api.must_install("files", pack(guest.hello(), "files"))
    for name in APPS:
        api.must_install(name, pack(guest.ticker(100), name))
        api.must_start(name)
        api.wait_log(name, "tick")
    began = {name: api.log(name)["next"] for name in APPS}
    clock = time.monotonic()
    yield
    serves(api)
    seconds = time.monotonic() - clock
    for name in APPS:
        app = api.app(name)
        assert app["state"] == "running", app
        lines = api.log(name)["next"] - began[name]
        assert lines >= (seconds - 3) * 10 / 4, f"{name}: {lines} lines in {seconds:.1f} s"
    api.clear()
    wait_for(lambda: api.status()["transfers"], lambda left: left == [], "transfers to end", 60)
    # A connection that was given up may hold its place, and what it costs, for some seconds.
    wait_for(api.free_and_used, lambda now: now == baseline, f"{baseline} of bytes", 40)


def serves(api: Api, seconds: float = 40) -> None:
    """Waits until a request is answered as usual."""

    def asked() -> bool:
        try:
            return api.request("GET", "/api/v1/status").status == 200
        except OSError:
            return False

    wait_for(asked, bool, "an answer", seconds)


def open_many(device: Device, number: int) -> list[socket.socket]:
    """Opens as many connections as the device takes, without waiting for any."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number + 200
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    opened = []
    for _ in range(number):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((device.host, device.port))
        opened.append(one)
    return opened


def say(one: socket.socket, data: bytes) -> bool:
    """Sends without waiting; whether it could be sent."""
    try:
        return one.send(data) > 0
    except OSError:
        return False


def test_slowloris(api, device, flooded):
    """Many requests whose heads come a byte at a time; the others are served all the while."""
    head = b"GET /api/v1/status HTTP/1.1\r\nHost: device\r\nX-Slow: " + b"s" * 400
    opened = open_many(device, 200)
    served = 0
    for at in range(25):
        for one in opened:
            say(one, head[at * 4 : at * 4 + 4])
        with contextlib.suppress(OSError):
            served += api.request("GET", "/api/v1/status").status == 200
        time.sleep(0.2)
    assert served >= 20, f"only {served} of 25 requests were served beside slow ones"
    for one in opened:
        one.close()


def test_a_slow_head_is_cut_off(api, device, flooded):
    """A head that never ends has 15 s, however steadily it trickles."""
    began = time.monotonic()
    with RawConnection(device) as raw:
        raw.send(b"GET /api/v1/status HTTP/1.1\r\nHost: device\r\n")
        while raw.send(b"X-Slow: y\r\n") and time.monotonic() - began < 45:
            time.sleep(0.5)
    assert time.monotonic() - began < 40


def test_a_thousand_connections(api, device, flooded):
    opened = open_many(device, MANY)
    time.sleep(1)
    for one in opened[::2]:
        say(one, b"GET /api/v1/status HTTP/1.1\r\n")
    served = 0
    for _ in range(5):
        with contextlib.suppress(OSError):
            served += api.request("GET", "/api/v1/status").status == 200
    for one in opened:
        one.close()
    assert served >= 1, "nobody was served beside a thousand connections"


def test_a_thousand_requests_at_once(api, device, flooded):
    statuses: list[int] = []

    def ask() -> None:
        mine = Api(device)
        for _ in range(50):
            with contextlib.suppress(OSError):
                statuses.append(mine.request("GET", "/api/v1/status").status)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 503}, set(statuses)
    assert statuses.count(200) >= 500, statuses.count(200)


@pytest.mark.parametrize("ending", ["closed", "reset", "silent"])
def test_uploads_cut_at_random_bytes(api, device, pack, flooded, ending):
    packed = pack(guest.padded(60_000), "cut")
    form = multipart.form(multipart.part(packed))
    rng = random.Random(SEED)
    left: list[RawConnection] = []
    for number in range(24):
        raw = RawConnection(device)
        if number % 3 == 0:
            body, path, more = packed, "/api/v1/apps/cut", ""
            method = "PUT"
        elif number % 3 == 1:
            body, path, more = packed, "/api/v1/files/files/cut", ""
            method = "PUT"
        else:
            body, path, more = form, "/upload", f"Content-Type: {multipart.kind()}"
            method = "POST"
        lines = [f"Content-Length: {len(body)}", *([more] if more else [])]
        raw.send_head(method, path, *lines)
        raw.send(body[: rng.randrange(len(body))])
        if ending == "closed":
            raw.close()
        elif ending == "reset":
            raw.reset()
        else:
            left.append(raw)
    if ending == "silent":
        serves(api)
        for raw in left:
            raw.close()
    wait_for(lambda: api.status()["transfers"], lambda open_: open_ == [], "transfers to end", 60)
    assert "cut" not in api.apps()
    assert api.request("GET", "/api/v1/files/files").json["entries"] == []
    api.must_install("cut", packed)
    assert api.uninstall("cut").status == 200


def test_a_trickled_upload_is_cut_off(api, device, pack, flooded):
    """One byte a second never pauses for long, and would still hold its place for hours."""
    packed = pack(guest.padded(60_000), "slow")
    began = time.monotonic()
    with RawConnection(device) as raw:
        raw.send_head("PUT", "/api/v1/apps/slow", f"Content-Length: {len(packed)}")
        at = 0
        while raw.send(packed[at : at + 1]) and time.monotonic() - began < 110:
            at += 1
            time.sleep(1)
    assert time.monotonic() - began < 100, "a trickle was let go on"
    assert "slow" not in api.apps()


def test_pipelined_requests(api, device, flooded):
    """All at once: each is answered in its turn, or the connection ends; none is answered twice."""
    one = f"GET /api/v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n\r\n"
    with RawConnection(device) as raw:
        raw.send(one.encode() * 50)
        raw.half_close()
        answers = raw.read_all(seconds=3)
    assert 1 <= answers.count(b"HTTP/1.1 ") <= 50
    assert answers.count(b"HTTP/1.1 200 ") == answers.count(b"HTTP/1.1 ")
    assert answers.count(b'"uptime_ms"') == answers.count(b"HTTP/1.1 200 ")


def test_pipelined_requests_that_change_something(api, device, flooded):
    """What follows a request that ends its connection is not carried out."""
    head = f"Host: x\r\nAuthorization: Bearer {device.token}\r\n"
    stop = f"POST /api/v1/apps/tick0/stop HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n"
    for first in (
        f"GET /api/v1/status HTTP/1.1\r\n{head}Connection: close\r\n\r\n",
        f"PUT /api/v1/apps/Bad HTTP/1.1\r\n{head}Content-Length: 100000\r\n\r\n",
        f"PUT /api/v1/apps/x HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with RawConnection(device) as raw:
            raw.send((first + stop).encode())
            raw.half_close()
            raw.read_all(seconds=2)
        assert api.app("tick0")["state"] == "running", first


BOMBS = {
    "one-long": lambda: b"X-Bomb: " + b"b" * 5_000_000,
    "many-short": lambda: b"A: b\r\n" * 400_000,
    "many-names": lambda: b"".join(b"X-%d: y\r\n" % number for number in range(100_000)),
    "folded": lambda: b"X-Fold: a" + b"\r\n b" * 400_000,
    "cookies": lambda: b"Cookie: " + b"a=b; " * 500_000,
    "authorizations": lambda: b"Authorization: Bearer x\r\n" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_header_bombs(api, device, flooded, name):
    used = api.status()["memory"]["used"]
    bomb = BOMBS[name]()
    with RawConnection(device) as raw:
        raw.send(b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        while sent < len(bomb) and raw.send(bomb[sent : sent + 65536]):
            sent += 65536
        raw.half_close()
        answer = raw.read_all(seconds=2)
    assert b" 200 " not in answer[:20], answer[:200]
    assert api.status()["memory"]["used"] <= used + 65_536


LIES = {
    "endless-zeros": lambda: b"0" * 200_000,
    "huge-size": lambda: b"7fffffff\r\n" + b"x" * 50_000,
    "wrapped-size": lambda: b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "no-line-end": lambda: b"5\nhello\n0\n\n",
    "spaces": lambda: b" 5 \r\nhello\r\n0\r\n\r\n",
    "extension-bomb": lambda: b"5;" + b"e=f;" * 50_000 + b"\r\nhello\r\n0\r\n\r\n",
    "trailer-bomb": lambda: b"5\r\nhello\r\n0\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    "no-end": lambda: b"5\r\nhello\r\n",
    "shorter": lambda: b"ff\r\nhello\r\n0\r\n\r\n",
    "tiny-chunks": lambda: b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n",
    "underscore": lambda: b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n",
    "plus": lambda: b"+5\r\nhello\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", LIES)
def test_chunked_bodies_that_lie(api, device, pack, flooded, name):
    for path in ("/api/v1/apps/lie", "/api/v1/files/files/lie"):
        with RawConnection(device) as raw:
            raw.send_head("PUT", path, "Transfer-Encoding: chunked")
            raw.send(LIES[name]())
            raw.half_close()
            status = raw.read_status(seconds=3)
        assert status == 0 or status >= 400 or name in ("tiny-chunks", "trailer-bomb"), status
    wait_for(lambda: api.status()["transfers"], lambda open_: open_ == [], "transfers to end", 60)
    assert "lie" not in api.apps()


def test_four_transfers_and_no_more(api, device, pack, flooded):
    """What has no place is told so at once, and places come back."""
    packed = pack(guest.padded(60_000), "one")
    opened = []
    statuses = []
    for number in range(6):
        raw = RawConnection(device)
        raw.send_head("PUT", f"/api/v1/files/files/f{number}", f"Content-Length: {len(packed)}")
        raw.send(packed[:1000])
        opened.append(raw)
        serves(api)
    for raw in opened[4:]:
        statuses.append(raw.read_status(seconds=3))
    assert statuses == [503, 503]
    for raw in opened:
        raw.close()
    wait_for(lambda: api.status()["transfers"], lambda left: left == [], "transfers to end", 60)


def test_a_client_that_does_not_read(api, device, flooded):
    """Answers that nobody takes do not hold anybody up."""
    heads = (
        f"GET /api/v1/display HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n\r\n"
    )
    opened = []
    for _ in range(20):
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.connect((device.host, device.port))
        raw.setblocking(False)
        with contextlib.suppress(OSError):
            raw.send(heads.encode() * 20)
        opened.append(raw)
    serves(api)
    for raw in opened:
        raw.close()
