# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Clients of MCUmgr's protocol: `smpclient` over UDP, with requests of the group for apps."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from smp import error, message
from smpclient import SMPClient
from smpclient.transport.udp import SMPUDPTransport

GROUP = 64
# The console's line that says where SMP is.
AT = re.compile(r"^akira: SMP at udp://127\.0\.0\.1:(\d+)")


def free_udp_port() -> int:
    """A UDP port on loopback that nobody listens on."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Transport(SMPUDPTransport):
    """UDP to another port than the usual one."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def connect(self, address: str, timeout_s: float, port: int = 0) -> None:
        await super().connect(address, timeout_s, port or self._port)


class _ErrorV1(error.ErrorV1):
    _GROUP_ID = GROUP


class _ErrorV2(error.ErrorV2[int]):
    _GROUP_ID = GROUP


def app_request(command: int, *, write: bool, **fields: Any) -> Any:
    """A request of the group for apps."""
    base = message.WriteRequest if write else message.ReadRequest
    answer_base = message.WriteResponse if write else message.ReadResponse
    answer = type(
        "Answer",
        (answer_base,),
        {
            "__module__": __name__,
            "_GROUP_ID": GROUP,
            "_COMMAND_ID": command,
            "model_config": {"extra": "allow"},
        },
    )
    request = type(
        "Request",
        (base,),
        {
            "__module__": __name__,
            "_GROUP_ID": GROUP,
            "_COMMAND_ID": command,
            "_Response": answer,
            "_ErrorV1": _ErrorV1,
            "_ErrorV2": _ErrorV2,
            "model_config": {"extra": "allow"},
        },
    )
    return request(**fields)


def with_client(port: int, work: Callable[[SMPClient], Awaitable[Any]]) -> Any:
    """Runs `work` with a connected client."""

    async def run() -> Any:
        client = SMPClient(_Transport(port), "127.0.0.1", timeout_s=10)
        await client.connect()
        try:
            return await work(client)
        finally:
            await client.disconnect()

    return asyncio.run(run())
