# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""MCUmgr's group for firmware images: what comes over it is checked as what comes over HTTP."""

from __future__ import annotations

import hashlib
import random
import re

import pytest
from smpclient.generics import error as is_error
from smpclient.generics import success as is_success
from smpclient.requests.image_management import ImageStatesRead, ImageStatesWrite, ImageUploadWrite
from smpclient.requests.os_management import ResetWrite

from harness import image, smp
from harness.api import Api, wait_for
from harness.device import READY, OwnDevice, any_certificate

pytestmark = pytest.mark.no_device

PAYLOAD = random.Random(4).randbytes(60_000)
RESTARTED = re.compile("Restarting process")


@pytest.fixture
def key(tmp_path) -> image.Key:
    """The key of the device's firmware."""
    return image.make_key(tmp_path)


@pytest.fixture
def managed(blank_device, full_image, key) -> OwnDevice:
    """A device that serves clients of MCUmgr, over TLS beside it."""
    device = blank_device(
        image=full_image, smp_port=str(smp.free_udp_port()), firmware_key=str(key.public)
    )
    device.tls = any_certificate()
    return device


@pytest.fixture
def ask(managed):
    """Sends one request."""
    port = int(managed.wait_console(smp.AT, 10)[1])

    def ask(request):
        return smp.with_client(port, lambda client: client.request(request))

    return ask


@pytest.fixture
def upload(managed):
    """Uploads as a client does; what the device refuses is an exception."""
    port = int(managed.wait_console(smp.AT, 10)[1])

    def upload(data: bytes) -> None:
        async def send(client) -> None:
            async for _ in client.upload(data, first_timeout_s=20):
                pass

        smp.with_client(port, send)

    return upload


def hash_of(data: bytes) -> bytes:
    """The hash that an image without protected TLVs carries."""
    return hashlib.sha256(data[: image.HEADER_SIZE + len(PAYLOAD)]).digest()


def secondary(ask):
    """The image in the secondary slot as clients see it."""
    reply = ask(ImageStatesRead())
    assert is_success(reply), reply
    return next((one for one in reply.images if one.slot == 1), None)


def firmware(device: OwnDevice) -> dict:
    """The same over HTTP."""
    reply = Api(device).request("GET", "/api/v1/firmware")
    assert reply.status == 200, reply
    return reply.json


def test_an_image_is_uploaded_tried_and_waits(managed, ask, upload, key):
    signed = image.sign(key, PAYLOAD, "1.2.3+4")
    assert secondary(ask) is None
    upload(signed)
    there = secondary(ask)
    assert (there.version, bytes(there.hash)) == ("1.2.3+4", hash_of(signed))
    assert (there.pending, there.confirmed, there.active) == (False, False, False)
    assert firmware(managed)["slots"][1]["state"] == "ready"

    reply = ask(ImageStatesWrite(hash=hash_of(signed), confirm=True))
    assert is_error(reply), "it does not run yet"
    assert not secondary(ask).pending
    reply = ask(ImageStatesWrite(hash=hash_of(signed)))
    assert is_success(reply), reply
    assert secondary(ask).pending
    assert firmware(managed)["swap"] == "test"
    assert is_error(ask(ImageStatesWrite(hash=b"\0" * 32))), "there is no such image"

    # There is no bootloader: it waits for one.
    managed.console.clear()
    assert is_success(ask(ResetWrite()))
    managed.wait_console(RESTARTED, 20)
    managed.wait_console(READY, 20)
    assert secondary(ask).pending


@pytest.mark.parametrize("what", ["unsigned", "another key", "damaged", "too large", "no image"])
def test_what_the_runtime_refuses(managed, ask, upload, key, tmp_path, what):
    signed = image.sign(key, PAYLOAD, "1.2.3")
    (tmp_path / "other").mkdir()
    bad = {
        "unsigned": lambda: image.sign(None, PAYLOAD, "1.2.3"),
        "another key": lambda: image.sign(image.make_key(tmp_path / "other"), PAYLOAD, "1.2.3"),
        "damaged": lambda: signed[:30_000] + b"X" + signed[30_001:],
        "too large": lambda: signed + bytes(image.IMAGE_MAX),
        "no image": lambda: PAYLOAD,
    }[what]()
    with pytest.raises(Exception) as refusal:
        upload(bad)
    assert "rsn" in str(refusal.value), "it says why"
    assert secondary(ask) is None
    assert firmware(managed)["swap"] == "none"
    upload(signed)
    assert secondary(ask) is not None


def test_one_update_at_a_time(managed, ask, upload, key):
    signed = image.sign(key, PAYLOAD, "1.2.3")
    first = ImageUploadWrite(off=0, data=signed[:1000], image=0, len=len(signed))
    assert ask(first).off == 1000
    reply = Api(managed).request("PUT", "/api/v1/firmware", signed)
    assert (reply.status, reply.code) == (409, "busy")
    reply = ask(ImageUploadWrite(off=1000, data=signed[1000:2000]))
    assert reply.off == 2000, "it goes on"
    upload(signed)

    line = Api(managed).connect()
    line.putrequest("PUT", "/api/v1/firmware")
    line.putheader("Authorization", f"Bearer {managed.token}")
    line.putheader("Content-Length", str(len(signed)))
    line.endheaders()
    line.send(signed[:5000])
    wait_for(lambda: firmware(managed)["upload"], bool, "the upload", 10)
    reply = ask(first)
    assert is_error(reply), reply
    line.close()
    wait_for(lambda: ask(first), is_success, "the end of the one that hung up", 10)


def test_an_upload_goes_on_where_it_broke_off(managed, ask, upload, key):
    signed = image.sign(key, PAYLOAD, "1.2.3")
    digest = hashlib.sha256(signed).digest()
    first = ImageUploadWrite(off=0, data=signed[:1000], image=0, len=len(signed), sha=digest)
    at = ask(first).off
    while at < 40_000:
        at = ask(ImageUploadWrite(off=at, data=signed[at : at + 1000])).off
    # A client that begins anew, as after a restart of its own.
    again = ask(first)
    assert 1000 < again.off <= 40_000 and again.off % 4096 == 0, again
    upload(signed)
    assert bytes(secondary(ask).hash) == hash_of(signed)
