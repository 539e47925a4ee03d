# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""MCUmgr's protocol over UDP, by clients that other people wrote."""

from __future__ import annotations

import hashlib
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from smpclient.generics import success as is_success
from smpclient.requests.os_management import EchoWrite

from harness import guest, smp
from harness.api import Api
from harness.device import OwnDevice, any_certificate

pytestmark = pytest.mark.no_device

LIST, START, STOP, RESTART, UNINSTALL, INSTALL, FILES, ROLLBACK = range(8)
CHUNK = 1000


def refused(reply) -> bool:
    """Whether an answer of the group for apps is a refusal, which comes with its reason."""
    return reply.rc != 0 and len(reply.rsn.split()) >= 3


def done(reply) -> bool:
    """Whether it says that it was done."""
    return is_success(reply) and getattr(reply, "rc", 0) == 0


@pytest.fixture
def managed(blank_device, full_image) -> OwnDevice:
    """A device that serves clients of MCUmgr."""
    device = blank_device(image=full_image, smp_port=str(smp.free_udp_port()))
    device.tls = any_certificate()
    return device


@pytest.fixture
def port(managed) -> int:
    """Its UDP port."""
    return int(managed.wait_console(smp.AT, 10)[1])


@pytest.fixture
def ask(port):
    """Sends one request of any group."""

    def ask(request):
        return smp.with_client(port, lambda client: client.request(request))

    return ask


@pytest.fixture
def app_ask(ask, managed):
    """Sends one request of the group for apps, with the token."""

    def app_ask(command: int, *, write: bool = True, token: str | None = None, **fields):
        fields["token"] = managed.token if token is None else token
        return ask(smp.app_request(command, write=write, **fields))

    return app_ask


def test_echo(ask):
    reply = ask(EchoWrite(d="hello"))
    assert is_success(reply) and reply.r == "hello"


def test_smpmgr_lists_images(blank_device, full_image):
    """The command that people use, which knows the usual port only."""
    device = blank_device(image=full_image)
    assert device.wait_console(smp.AT, 10)[1] == "1337"
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("smpmgr")),
            "--ip", "127.0.0.1", "--timeout", "10", "image", "state-read",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_go_there_and_back(managed, port, pack):
    api = Api(managed)
    api.must_install("note", pack(guest.hello(), "note"))
    content = random.Random(5).randbytes(9_000)

    async def both(client) -> bytes:
        async for _ in client.upload_file(content, "/lfs/data/note/by-smp"):
            pass
        return await client.download_file("/lfs/data/note/by-smp")

    assert smp.with_client(port, both) == content
    assert api.request("GET", "/api/v1/files/note/by-smp").body == content


@pytest.mark.parametrize(
    "path",
    [
        "/lfs/config/token",
        "/lfs/apps/note.wasm",
        "/lfs/data/note/../../config/token",
        "/lfs/data/../config/token",
        "/lfs//config/token",
        "/lfs/data/",
        "/lfs",
        "config/token",
        "/",
        "",
    ],
)
def test_no_other_files_are_read_or_written(managed, port, pack, path):
    api = Api(managed)
    api.must_install("note", pack(guest.hello(), "note"))

    async def read(client) -> bytes:
        return await client.download_file(path)

    async def write(client) -> None:
        async for _ in client.upload_file(b"x" * 40, path):
            pass

    for work in (read, write):
        with pytest.raises(Exception):  # noqa: B017  (the client has many kinds)
            smp.with_client(port, work)
    assert api.status(), "the token is still the same"
    api.must_start("note")


def test_apps(managed, app_ask, pack):
    api = Api(managed)
    packed = pack(guest.sleeper(), "sleeper")
    digest = hashlib.sha256(packed).digest()
    for at in range(0, len(packed), CHUNK):
        first = {"len": len(packed), "sha": digest} if at == 0 else {}
        reply = app_ask(INSTALL, off=at, data=packed[at : at + CHUNK], **first)
        assert done(reply), reply
    assert api.app("sleeper")["size"] == len(packed)
    [app] = app_ask(LIST, write=False).apps
    assert (app["name"], app["version"], app["state"]) == ("sleeper", "1.0.0", "installed")
    assert done(app_ask(START, name="sleeper"))
    assert api.app("sleeper")["state"] == "running"
    assert refused(app_ask(START, name="sleeper"))
    assert done(app_ask(RESTART, name="sleeper"))
    assert refused(app_ask(UNINSTALL, name="sleeper")), "it runs"
    assert refused(app_ask(ROLLBACK, name="sleeper")), "there is no version before"
    assert done(app_ask(STOP, name="sleeper"))
    api.must_install("sleeper", pack(guest.trapper(), "sleeper", version="1.1.0"))
    [app] = app_ask(LIST, write=False).apps
    assert (app["version"], app["previous"]) == ("1.1.0", "1.0.0")
    assert done(app_ask(ROLLBACK, name="sleeper"))
    [app] = app_ask(LIST, write=False).apps
    assert (app["version"], "previous" in app) == ("1.0.0", False)
    assert done(app_ask(UNINSTALL, name="sleeper"))
    assert app_ask(LIST, write=False).apps == []
    assert refused(app_ask(START, name="nobody"))


def test_apps_want_the_token(managed, app_ask, pack):
    api = Api(managed)
    api.must_install("sleeper", pack(guest.sleeper(), "sleeper"))
    for token in ("", "wrong"):
        assert refused(app_ask(LIST, write=False, token=token))
        assert refused(app_ask(START, name="sleeper", token=token))
        assert refused(app_ask(ROLLBACK, name="sleeper", token=token))
        assert refused(app_ask(INSTALL, off=0, len=100, data=b"x", token=token))
    assert api.app("sleeper")["state"] == "installed"


def test_files_are_listed(managed, app_ask, pack):
    api = Api(managed)
    api.must_install("note", pack(guest.hello(), "note"))
    assert api.request("PUT", "/api/v1/files/note/a.txt", b"12345").status == 201
    reply = app_ask(FILES, write=False, path="/lfs/data/note")
    assert done(reply), reply
    assert [(one["name"], one["size"]) for one in reply.files] == [("a.txt", 5)]
    for path in ("/lfs/config", "/lfs", "/", "/lfs/data/../config"):
        assert refused(app_ask(FILES, write=False, path=path)), path


def test_datagrams_that_are_none(managed, port, ask):
    rng = random.Random(7)
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        for _ in range(300):
            sender.sendto(rng.randbytes(rng.randrange(0, 1400)), ("127.0.0.1", port))
        for _ in range(200):
            length = rng.randrange(0, 200)
            header = bytes([rng.randrange(4), 0]) + length.to_bytes(2, "big")
            header += rng.choice((0, 1, 8, 64)).to_bytes(2, "big") + bytes([1, rng.randrange(9)])
            sender.sendto(header + rng.randbytes(length), ("127.0.0.1", port))
    assert is_success(ask(EchoWrite(d="still here")))
    assert Api(managed).status()
