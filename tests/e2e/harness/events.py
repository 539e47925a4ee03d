# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The event stream, by the `websockets` library, which is strict about the protocol."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from harness.api import Reply
from harness.device import HERE, Device

PATH = "/api/v1/events"


class Stream:
    """One open stream; what came is kept."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[dict[str, Any]] = []

    def next(self, seconds: float = 10) -> dict[str, Any]:
        """The next message."""
        text = self.connection.recv(timeout=seconds)
        assert isinstance(text, str), "messages are text"
        message = json.loads(text)
        assert isinstance(message["type"], str)
        self.messages.append(message)
        return message

    def until(self, wanted: Callable[[dict], bool], seconds: float = 20) -> dict[str, Any]:
        """Reads until a message is as wanted; returns that one."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            assert left > 0, f"it did not come; the last ones: {self.messages[-5:]}"
            try:
                message = self.next(left)
            except TimeoutError:
                continue
            if wanted(message):
                return message

    def until_type(self, kind: str, seconds: float = 20) -> dict[str, Any]:
        """Reads until a message of that type."""
        return self.until(lambda message: message["type"] == kind, seconds)

    def for_seconds(self, seconds: float) -> list[dict[str, Any]]:
        """What comes in that time."""
        deadline = time.monotonic() + seconds
        found = []
        while (left := deadline - time.monotonic()) > 0:
            try:
                found.append(self.next(left))
            except TimeoutError:
                break
        return found


@contextmanager
def stream(
    device: Device,
    query: str = "",
    *,
    token: str | None = "",
    origin: str | None = None,
    source: str = HERE,
) -> Iterator[Stream]:
    """Opens a stream, by default with the device's token in a header."""
    headers = {} if token is None else {"Authorization": f"Bearer {token or device.token}"}
    scheme = "wss" if device.tls else "ws"
    url = f"{scheme}://{device.host}:{device.port}{PATH}{query}"
    options = {"ssl": device.tls} if device.tls else {}
    with connect(
        url,
        additional_headers=headers,
        origin=origin,
        proxy=None,
        compression=None,
        open_timeout=10,
        close_timeout=5,
        source_address=device.from_address(source),
        **options,
    ) as connection:
        yield Stream(connection)


def refused(device: Device, query: str = "", **more: Any) -> Reply:
    """The answer to a request for a stream that must be refused."""
    try:
        with stream(device, query, **more) as opened:
            raise AssertionError(f"it was opened: {opened.next()}")
    except InvalidStatus as error:
        answer = error.response
        lowered = {name.lower(): value for name, value in answer.headers.raw_items()}
        return Reply(answer.status_code, lowered, bytes(answer.body or b""))


def opens(device: Device) -> bool:
    """Whether the device has a place for a stream."""
    try:
        with stream(device) as opened:
            return opened.next()["type"] == "hello"
    except (InvalidStatus, OSError, TimeoutError):
        return False


def stuck(device: Device, query: str = "") -> socket.socket:
    """Opens a stream and never reads from it; its receive buffer is as small as can be."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.connect((device.host, device.port))
    raw.sendall(
        f"GET {PATH}{query} HTTP/1.1\r\nHost: {device.host}:{device.port}\r\n"
        f"Authorization: Bearer {device.token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return raw
