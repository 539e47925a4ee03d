# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""TCP from and to apps, against real sockets of this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from harness import guest, wasm
from harness.device import free_port
from harness.guest import (
    EACCES,
    EAGAIN,
    EBADF,
    ECONNREFUSED,
    EINVAL,
    EIO,
    Guest,
)

CLIENT = ["net_connect", "net_send", "net_recv", "net_close"]
BOUND_SECONDS = 1.0


@pytest.fixture(autouse=True)
def on_this_machine(device):
    if device.kind == "url":
        pytest.skip("a board does not reach this machine by its loopback")


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server on loopback that serves each connection in turn; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                with suppress(TimeoutError, OSError):
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(20)
                        serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join(timeout=30)


def echo(connection: socket.socket) -> None:
    while data := connection.recv(4096):
        connection.sendall(data)


def client(pack, app: Guest, port: int, name: str = "client") -> bytes:
    return pack(
        app.build(),
        name,
        capabilities=["network_client"],
        scope={"hosts": [f"127.0.0.1:{port}"]},
    )


def test_bytes_go_out_and_come_back(api, pack):
    with server(echo) as port:
        app = Guest(*CLIENT)
        out = app.reserve(64)
        app.keep("net_connect", *app.place("127.0.0.1"), port)
        for text in ("hello", "and again"):
            app.keep("net_send", 0, *app.place(text))
            app.keep("net_recv", 0, out, 64, 10_000)
            app.run(app.native("log", out, len(text)) + wasm.DROP)
        app.keep("net_recv", 0, out, 64, 50).keep("net_send", 0, 0, 0)
        app.keep("net_close", 0).keep("net_close", 0).keep("net_send", 0, out, 1)
        app.keep("net_connect", *app.place("127.0.0.1"), port).keep("net_close", 0)
        lines = api.run_to_end("client", client(pack, app, port))
    values = guest.kept(lines)
    assert values == [0, 5, 5, 9, 9, EAGAIN, 0, 0, EBADF, EBADF, 0, 0]
    assert {"hello", "and again"} <= set(lines)


def test_the_peers_end_is_seen(api, pack):
    with server(lambda connection: connection.sendall(b"bye")) as port:
        app = Guest(*CLIENT)
        out = app.reserve(64)
        app.keep("net_connect", *app.place("127.0.0.1"), port)
        app.keep("net_recv", 0, out, 64, 10_000).keep("net_recv", 0, out, 64, 10_000)
        app.keep("net_recv", 0, out, 0, 0)
        assert api.answers("client", client(pack, app, port)) == [0, 3, 0, EINVAL]


def test_only_the_scopes_host_and_port_are_reached(api, pack):
    reached = []
    with server(lambda connection: reached.append(connection.recv(1))) as port:
        app = Guest(*CLIENT, "http_get")
        other = free_port()
        for host, number in (
            ("127.0.0.1", other),
            ("127.0.0.2", port),
            ("localhost", port),
            ("127.0.0.1", port),
        ):
            app.keep("net_connect", *app.place(host), number)
        for host, number in (("127.0.0.1\0", port), ("", port), ("127.0.0.1", 0), ("a b", 65536)):
            app.keep("net_connect", *app.place(host), number)
        app.keep("http_get", *app.place(f"http://localhost:{port}/"), app.reserve(16), 16)
        packed = pack(
            app.build(),
            "client",
            capabilities=["network_client"],
            scope={"hosts": [f"127.0.0.1:{other}"]},
        )
        values = api.answers("client", packed)
        time.sleep(0.2)
    assert values == [ECONNREFUSED, EACCES, EACCES, EACCES] + [EINVAL] * 4 + [EACCES]
    assert not reached, "a denied connection reaches nobody"
    assert any("127.0.0.2" in line for line in api.log_texts("client")), "denials are in the log"


def test_without_a_scope_nothing_is_reached(api, pack):
    with server(echo) as port:
        app = Guest("net_connect", "net_listen")
        app.keep("net_connect", *app.place("127.0.0.1"), port).keep("net_listen", free_port())
        packed = pack(app.build(), "bare", capabilities=["network_client", "network_server"])
        assert api.answers("bare", packed) == [EACCES, EACCES]


def test_connections_come_at_a_bounded_rate(api, pack):
    port = free_port()
    app = Guest(*CLIENT)
    for _ in range(20):
        app.keep("net_connect", *app.place("127.0.0.1"), port)
    values = api.answers("client", client(pack, app, port))
    assert set(values) == {ECONNREFUSED, EAGAIN}
    assert 8 <= values.count(ECONNREFUSED) < 20


def test_a_blocked_receive_wakes_for_a_stop(api, pack, measured):
    hold = threading.Event()
    with server(lambda _: hold.wait(30)) as port:
        try:
            app = Guest(*CLIENT)
            app.keep("net_connect", *app.place("127.0.0.1"), port).log("connected")
            app.keep("net_recv", 0, app.reserve(16), 16, -1).log("after")
            api.must_install("blocked", client(pack, app, port, "blocked"))
            api.must_start("blocked")
            api.wait_log("blocked", "connected")
            started = time.monotonic()
            assert api.stop("blocked").status == 200
            took = time.monotonic() - started
        finally:
            hold.set()
    measured(f"stop of an app that waits for a socket: {took * 1000:.0f} ms")
    assert took < BOUND_SECONDS
    assert api.app("blocked")["state"] == "stopped"
    assert "after" not in api.log_texts("blocked")


def http(head: str, body: bytes) -> Callable[[socket.socket], None]:
    """Serves one answer in two pieces."""

    def serve(connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and (data := connection.recv(4096)):
            request += data
        assert request.startswith(b"GET /path?query HTTP/1."), request
        assert b"\r\nHost: 127.0.0.1" in request
        connection.sendall(head.encode() + b"\r\n\r\n" + body[:3])
        time.sleep(0.05)
        connection.sendall(body[3:])

    return serve


@pytest.mark.parametrize(
    ("head", "body", "room", "answer"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 11", b"hello there", 64, 11),
        ("HTTP/1.0 200 OK", b"until the end", 64, 13),
        ("HTTP/1.1 206 Part\r\nContent-Length: 11", b"hello there", 5, 5),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0", b"", 64, 0),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 4", b"none", 64, EIO),
        ("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/", b"", 64, EIO),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99", b"too short", 64, EIO),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"1\r\nx\r\n0\r\n\r\n", 64, EIO),
        ("HTTP/1.1 200 OK\r\nX: " + "y" * 4000, b"body", 64, EIO),
        ("SSH-2.0-OpenSSH_9.2", b"", 64, EIO),
    ],
    ids=["length", "end", "cut", "empty", "404", "redirect", "short", "chunked", "head", "no-http"],
)
def test_http_get(api, pack, head, body, room, answer):
    with server(http(head, body)) as port:
        app = Guest("http_get")
        out = app.reserve(64)
        app.keep("http_get", *app.place(f"http://127.0.0.1:{port}/path?query"), out, room)
        app.run(app.native("log", out, 64) + wasm.DROP)
        lines = api.run_to_end("fetcher", client(pack, app, port, "fetcher"))
    assert guest.kept(lines) == [answer]
    if answer > 0:
        assert lines[0].replace("\0", "").startswith(body[: min(room, len(body))].decode()), lines


def test_addresses_that_are_none(api, pack):
    app = Guest("http_get")
    out = app.reserve(16)
    urls = ["", "http://", "https://127.0.0.1:1/", "http://127.0.0.1:1/ HTTP/1.0\r\nX: y"]
    urls += ["http://127.0.0.1:99999/", "ftp://127.0.0.1:1/", "http://a@127.0.0.1:1/", "x" * 500]
    for url in urls:
        app.keep("http_get", *app.place(url), out, 16)
    assert api.answers("fetcher", client(pack, app, 1, "fetcher")) == [EINVAL] * len(urls)


def test_an_app_serves_connections(api, pack, device):
    port, other = free_port(), free_port()
    app = Guest("net_listen", "net_accept", "net_recv", "net_send", "net_close")
    out = app.reserve(64)
    app.keep("net_listen", other).keep("net_listen", port).keep("net_accept", 0, 10).log("serving")
    for _ in range(2):
        app.keep("net_accept", 0, 20_000).keep("net_recv", 1, out, 64, 20_000)
        app.keep("net_send", 1, out, 5).keep("net_close", 1)
    app.keep("net_recv", 0, out, 64, 0).keep("net_close", 0)
    packed = pack(app.build(), "server", capabilities=["network_server"], scope={"ports": [port]})
    api.must_install("server", packed)
    api.must_start("server")
    api.wait_log("server", "serving")
    for text in (b"first", b"again"):
        with socket.create_connection((device.host, port), timeout=20) as connection:
            connection.sendall(text)
            assert connection.recv(64) == text
    api.wait_state("server", "stopped")
    values = guest.kept(api.log_texts("server"))
    assert values[:3] == [EACCES, 0, EAGAIN]
    assert values[3:] == [1, 5, 5, 0, 1, 5, 5, 0, EBADF, 0]
    with pytest.raises(OSError):
        socket.create_connection((device.host, port), timeout=5)


def test_an_accept_without_end_ends_with_the_app(api, pack):
    port = free_port()
    app = Guest("net_listen", "net_accept").keep("net_listen", port).log("serving")
    app.run(app.native("net_accept", 0, -1) + wasm.DROP)
    packed = pack(app.build(), "server", capabilities=["network_server"], scope={"ports": [port]})
    api.must_install("server", packed)
    for _ in range(3):
        api.must_start("server")
        api.wait_log("server", "serving")
        assert api.stop("server").status == 200
        assert api.app("server")["state"] == "stopped"


def test_sockets_are_charged_and_credited(api, pack):
    with server(echo) as port:
        app = Guest(*CLIENT, "sleep_ms")
        host = app.place("127.0.0.1")
        app.log("before").run(app.native("sleep_ms", 1500))
        for _ in range(4):
            app.run(app.native("net_connect", *host, port) + wasm.DROP)
        app.log("open").run(app.native("sleep_ms", 60_000))
        api.must_install("holder", client(pack, app, port, "holder"))
        api.must_start("holder")
        api.wait_log("holder", "before")
        before = api.app("holder")["memory_used"]
        api.wait_log("holder", "open")
        assert api.app("holder")["memory_used"] >= before + 4 * 1024
        assert api.stop("holder").status == 200
        assert api.app("holder")["memory_used"] == 0
