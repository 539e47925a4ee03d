# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Devices are found by multicast DNS: by the `akira` command and by another implementation."""

from __future__ import annotations

import socket
import time

import pytest
from zeroconf import ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from harness.api import Api, wait_for
from harness.cli import Cli

pytestmark = pytest.mark.no_device

SERVICE = "_akira._tcp.local."


@pytest.fixture
def announced(blank_device, pytestconfig):
    """A device that announces itself."""
    if pytestconfig.getoption("--device") != "virtual":
        pytest.skip("native_sim has the host's sockets, which leave no multicast to Zephyr")
    return blank_device(mdns=None)


class Found(ServiceListener):
    """What was found."""

    def __init__(self) -> None:
        self.services: dict[str, ServiceInfo] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if info := zc.get_service_info(type_, name, timeout=3000):
            self.services[name] = info

    update_service = add_service

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.services.pop(name, None)


def test_another_implementation_finds_it(announced):
    name = Api(announced).status()["name"]
    found = Found()
    zeroconf = Zeroconf(interfaces=["127.0.0.1"])
    browser = ServiceBrowser(zeroconf, SERVICE, found)
    try:
        info = wait_for(
            lambda: [one for one in found.services.values() if one.port == announced.port],
            bool,
            "the announcement",
            15,
        )[0]
        assert info.name.startswith(name)
        texts = {key.decode(): (value or b"").decode() for key, value in info.properties.items()}
        assert texts == {"v": "1", "device": "virtual", "tls": "0", "path": "/api/v1"}
        assert socket.inet_ntoa(info.addresses[0]).startswith("127.")
        announced.switch_off()
        wait_for(
            lambda: [one for one in found.services.values() if one.port == announced.port],
            lambda left: not left,
            "the good-bye",
            15,
        )
    finally:
        browser.cancel()
        zeroconf.close()


def test_the_command_finds_it(announced, akira):
    cli = Cli(akira, announced)
    text = cli.run("discover").ok().out
    assert announced.url in text, text
    devices = [
        one for one in cli.run("discover", "--json").ok().json["devices"]
        if str(announced.port) in str(one)
    ]  # fmt: skip
    assert len(devices) == 1, devices


def test_looking_where_nothing_is(akira, announced):
    announced.switch_off()
    began = time.monotonic()
    outcome = Cli(akira, announced).run("discover", "--timeout", "1")
    assert outcome.code in (0, 3) and time.monotonic() - began < 20, outcome
