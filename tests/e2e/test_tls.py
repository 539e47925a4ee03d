# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""HTTPS: certificates that a device makes or is given, and clients that check them."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time

import pytest
import trustme

from harness import events, guest
from harness.api import Api, wait_for
from harness.cli import Cli
from harness.device import OwnDevice, any_certificate, free_port

pytestmark = pytest.mark.no_device


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Somebody who vouches for certificates."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture
def secure(blank_device, pytestconfig, authority, request) -> OwnDevice:
    """A device that was given a certificate and speaks TLS with it."""
    if pytestconfig.getoption("--device") == "native_sim":
        device = blank_device(
            image=request.getfixturevalue("full_image"), smp_port=str(free_port())
        )
    else:
        device = blank_device(tls=None)
    certificate = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.ECDSA)
    pem = certificate.private_key_and_cert_chain_pem.bytes()
    device.tls = any_certificate()
    reply = Api(device).request("PUT", "/api/v1/config/tls", pem)
    assert reply.status in (200, 201, 204), reply
    device.restart()
    device.tls = ssl.create_default_context()
    authority.configure_trust(device.tls)
    return device


def fingerprint(device: OwnDevice) -> str:
    """The SHA-256 of the certificate that the device shows."""
    with (
        socket.create_connection((device.host, device.port)) as plain,
        any_certificate().wrap_socket(plain) as connection,
    ):
        return hashlib.sha256(connection.getpeercert(binary_form=True)).hexdigest()


def test_a_client_that_hangs_up_without_a_word_costs_nothing(secure):
    """Many close the socket and not the TLS session. The device must not wait for more of them."""
    api = Api(secure)
    before = api.status()["uptime_ms"]
    time.sleep(2)
    # A native_sim image whose server asks in vain has no time for anything else.
    assert api.status()["uptime_ms"] - before >= 1000


def test_the_given_certificate_is_used(secure):
    api = Api(secure)
    assert api.status(), "the client checks the certificate"
    tls = api.request("GET", "/api/v1/config").json["tls"]
    assert tls == {"enabled": True, "certificate_sha256": fingerprint(secure)}


def test_the_whole_api_and_the_streams(secure, pack):
    api = Api(secure)
    packed = pack(guest.padded(100_000), "hello")
    assert api.must_install("hello", packed)["size"] == len(packed)
    with events.stream(secure, "?types=app") as stream:
        api.must_start("hello")
        stream.until(lambda m: m["type"] == "app" and m["app"]["state"] == "stopped")
    picture = api.request("GET", "/api/v1/display")
    assert picture.status == 200 and picture.body.startswith(b"\x89PNG")


def test_the_command_checks_who_it_talks_to(secure, akira, authority, tmp_path):
    cli = Cli(akira, secure)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    assert cli.run("status").failed().code == 3, "nobody vouches for it here"
    assert cli.run("--ca", ca, "status").ok()
    assert cli.run("--fingerprint", fingerprint(secure), "status").ok()
    assert cli.run("--fingerprint", "0" * 64, "status").failed().code == 3


def test_plain_requests_and_garbage_are_no_tls(secure):
    api = Api(secure)
    for data in (
        b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello",
        b"\x16\x03\x01\xff\xff" + b"x" * 70_000,
        bytes(3000),
    ):
        with socket.create_connection((secure.host, secure.port), timeout=10) as raw:
            raw.settimeout(20)
            answer = b""
            try:
                # The device may hang up before it has read all of it.
                raw.sendall(data)
                raw.shutdown(socket.SHUT_WR)
                while more := raw.recv(4096):
                    answer += more
            except OSError:
                pass
            assert b"uptime_ms" not in answer
    assert api.status()


def test_old_versions_are_refused(secure):
    old = any_certificate()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection((secure.host, secure.port), timeout=10) as plain,
        pytest.raises((ssl.SSLError, OSError)),
    ):
        old.wrap_socket(plain)
    assert Api(secure).status()


def test_handshakes_that_never_end(secure):
    """They hold places for seconds only, and nobody else waits for good."""
    opened = [socket.create_connection((secure.host, secure.port)) for _ in range(30)]

    def serves() -> bool:
        try:
            return bool(Api(secure).status())
        except OSError:
            return False

    wait_for(serves, bool, "an answer", 60)
    for one in opened:
        one.close()


def test_a_device_makes_a_certificate_of_its_own(blank_device, pytestconfig):
    if pytestconfig.getoption("--device") != "virtual":
        pytest.skip("only the virtual device makes one")
    one, other = blank_device(tls=None), blank_device(tls=None)
    assert fingerprint(one) != fingerprint(other)
    shown = " ".join(one.console).replace(":", "").lower()
    assert fingerprint(one) in shown, one.console
    before = fingerprint(one)
    one.tls = any_certificate()
    one.restart()
    assert fingerprint(one) == before


def test_a_certificate_is_forgotten_on_demand(secure):
    api = Api(secure)
    assert api.request("DELETE", "/api/v1/config/tls").status in (200, 204)
    assert api.status(), "until the next boot"
