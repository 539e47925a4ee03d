# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The HTTP API as a program sees it, with nothing between it and the socket but `http.client`."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from harness.device import HERE, Device
from harness.guest import kept

TIMEOUT = 30


@dataclass(frozen=True)
class Reply:
    """An answer. Names of headers are lower case; one that came twice is in `headers` once."""

    status: int
    headers: dict[str, str]
    body: bytes
    all_headers: tuple[tuple[str, str], ...] = ()

    @property
    def json(self) -> Any:
        """The body as JSON; it must say that it is."""
        kind = self.headers.get("content-type", "")
        assert kind.startswith("application/json"), (
            f"content type {kind!r}, body {self.body[:200]!r}"
        )
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code. Every error has a code and a sentence."""
        error = self.json["error"]
        assert set(error) == {"code", "message"}, error
        assert len(error["message"].split()) >= 3, f"not a sentence: {error['message']!r}"
        return error["code"]


class Api:
    """Requests to one device, as its admin unless another token is given.

    `source` is the address on loopback that requests come from, any of 127.0.0.0/8: a device counts
    wrong tokens by address.
    """

    def __init__(
        self,
        device: Device,
        *,
        token: str | None = None,
        source: str = HERE,
        timeout: float = TIMEOUT,
    ) -> None:
        self.device = device
        self.timeout = timeout
        self.token = token
        self.source = device.from_address(source)

    def connect(self) -> http.client.HTTPConnection:
        """A connection for requests."""
        device = self.device
        if device.tls is not None:
            return http.client.HTTPSConnection(
                device.host, device.port, timeout=self.timeout, context=device.tls
            )
        # Whoever asks for a device elsewhere has an address that reaches it.
        source = self.source if device.host == HERE else None
        return http.client.HTTPConnection(
            device.host, device.port, timeout=self.timeout, source_address=source
        )

    def request(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        *,
        token: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request on a connection of its own. `token` `None` sends none."""
        connection = self.connect()
        send = dict(headers or {})
        if token is not None:
            send["Authorization"] = f"Bearer {token or self.token or self.device.token}"
        try:
            chunked = body is not None and not isinstance(body, bytes)
            if chunked:
                send["Transfer-Encoding"] = "chunked"
            connection.request(method, path, body, send, encode_chunked=chunked)
            answer = connection.getresponse()
            lowered = tuple((name.lower(), value) for name, value in answer.getheaders())
            return Reply(answer.status, dict(lowered), answer.read(), lowered)
        finally:
            connection.close()

    def status(self) -> dict[str, Any]:
        """The device's status."""
        reply = self.request("GET", "/api/v1/status")
        assert reply.status == 200, reply
        return reply.json

    def apps(self) -> dict[str, dict[str, Any]]:
        """All apps by name."""
        reply = self.request("GET", "/api/v1/apps")
        assert reply.status == 200, reply
        return {app["name"]: app for app in reply.json["apps"]}

    def app(self, name: str) -> dict[str, Any]:
        """One app."""
        reply = self.request("GET", f"/api/v1/apps/{name}")
        assert reply.status == 200, reply
        return reply.json

    def install(self, name: str, packed: bytes) -> Reply:
        """Installs or updates, whatever comes of it."""
        return self.request("PUT", f"/api/v1/apps/{name}", packed)

    def must_install(self, name: str, packed: bytes) -> dict[str, Any]:
        """Installs or updates; anything else is a failure."""
        reply = self.install(name, packed)
        assert reply.status in (200, 201), reply
        return reply.json

    def start(self, name: str) -> Reply:
        """Starts an app."""
        return self.request("POST", f"/api/v1/apps/{name}/start")

    def must_start(self, name: str) -> dict[str, Any]:
        """Starts an app; anything else is a failure."""
        reply = self.start(name)
        assert reply.status == 200, reply
        return reply.json

    def stop(self, name: str) -> Reply:
        """Stops an app."""
        return self.request("POST", f"/api/v1/apps/{name}/stop")

    def uninstall(self, name: str) -> Reply:
        """Uninstalls an app."""
        return self.request("DELETE", f"/api/v1/apps/{name}")

    def log(self, name: str, since: int = 0) -> dict[str, Any]:
        """An app's log from a sequence number on."""
        reply = self.request("GET", f"/api/v1/apps/{name}/log?since={since}")
        assert reply.status == 200, reply
        return reply.json

    def log_texts(self, name: str) -> list[str]:
        """The texts of an app's log."""
        return [line["text"] for line in self.log(name)["lines"]]

    def wait_state(self, name: str, *states: str, seconds: float = 20) -> dict[str, Any]:
        """Waits until an app is in one of these states."""
        return wait_for(
            lambda: self.app(name),
            lambda app: app["state"] in states,
            f"{name} to be {' or '.join(states)}",
            seconds,
        )

    def run_to_end(self, name: str, packed: bytes) -> list[str]:
        """Installs an app, runs it until it ends by itself, and returns its log."""
        self.must_install(name, packed)
        self.must_start(name)
        self.wait_state(name, "stopped", "failed")
        return self.log_texts(name)

    def answers(self, name: str, packed: bytes) -> list[int]:
        """Runs an app that must end well; returns what it kept, see `Guest.keep`."""
        lines = self.run_to_end(name, packed)
        state = self.app(name)
        assert state["state"] == "stopped", (state, lines)
        return kept(lines)

    def wait_log(self, name: str, text: str, seconds: float = 20) -> None:
        """Waits until an app has logged that."""
        wait_for(
            lambda: self.log_texts(name), lambda lines: text in lines, f"{name}: {text}", seconds
        )

    def put_json(self, method: str, path: str, value: Any) -> Reply:
        """A request with a JSON body."""
        return self.request(method, path, json.dumps(value).encode())

    def clear(self) -> None:
        """Stops and uninstalls every app."""

        def gone(name: str) -> Reply:
            self.stop(name)
            return self.uninstall(name)

        for name in self.apps():
            # A broken-off upload may take a moment to be noticed.
            wait_for(
                lambda name=name: gone(name), lambda reply: reply.status == 200, f"{name} to go"
            )

    def free_and_used(self) -> tuple[int, int]:
        """What must come back: bytes free on flash, bytes in use of the apps' memory."""
        status = self.status()
        return status["storage"]["free"], status["memory"]["used"]


def wait_for(
    probe: Callable[[], Any], done: Callable[[Any], bool], what: str, seconds: float = 20
) -> Any:
    """Polls until `done` is satisfied. The bound keeps a broken device from hanging the run."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if done(value):
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}; last: {value}"
        time.sleep(0.05)


class RawConnection:
    """A socket to the device for what no HTTP library would send."""

    def __init__(self, device: Device, timeout: float = TIMEOUT) -> None:
        self._device = device
        self._socket = socket.create_connection((device.host, device.port), timeout=timeout)

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> bool:
        """Sends; `False` when the device has already hung up."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def send_head(self, method: str, path: str, *lines: str) -> bool:
        """Sends a request head with the admin token."""
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._device.host}:{self._device.port}",
            f"Authorization: Bearer {self._device.token}",
            *lines,
            "",
            "",
        ]
        return self.send("\r\n".join(head).encode())

    def half_close(self) -> None:
        """Says that no more comes from this side."""
        with contextlib.suppress(OSError):  # the device may have hung up first
            self._socket.shutdown(socket.SHUT_WR)

    def read_all(self, seconds: float = 5) -> bytes:
        """Everything the device says until it hangs up or stays silent for `seconds`."""
        self._socket.settimeout(seconds)
        out = bytearray()
        try:
            while data := self._socket.recv(65536):
                out += data
        except (TimeoutError, ConnectionResetError):
            pass
        return bytes(out)

    def read_status(self, seconds: float = 10) -> int:
        """The status of the first answer; 0 when the device hung up or stayed silent."""
        self._socket.settimeout(seconds)
        out = bytearray()
        try:
            while b"\r\n" not in out and (data := self._socket.recv(4096)):
                out += data
        except (TimeoutError, ConnectionResetError):
            pass
        parts = bytes(out).split(b" ", 2)
        return int(parts[1]) if len(parts) > 1 and parts[0].startswith(b"HTTP/") else 0

    def reset(self) -> None:
        """Hangs up with a TCP reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._socket.close()
