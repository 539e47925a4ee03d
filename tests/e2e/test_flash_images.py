# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""`akira image` and `akira fsck`, held against an implementation of LittleFS that is not ours."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from harness import device as devices
from harness import guest
from harness.api import Api
from harness.cli import Cli, Outcome
from harness.device import Device
from harness.stored import STORAGE, Stored, format_storage

pytestmark = pytest.mark.no_device

SIZE = 4 << 20


@pytest.fixture
def run(akira, tmp_path):
    """Runs the command in a folder of the test's."""
    cli = Cli(akira, Device("none", "127.0.0.1", 9, "none"))

    def run(*arguments: str | Path) -> Outcome:
        return cli.run(*arguments)

    return run


@pytest.fixture
def apps(pack, tmp_path) -> dict[str, bytes]:
    """Two apps, as files of the test's folder."""
    made = {
        "small": pack(guest.hello(), "small", version="1.0.0"),
        "large": pack(guest.padded(60_000), "large", version="2.0.0", capabilities=["display"]),
    }
    for name, packed in made.items():
        (tmp_path / f"{name}.wasm").write_bytes(packed)
    return made


@pytest.fixture
def image(run, apps, tmp_path) -> Path:
    """An image with both on it."""
    path = tmp_path / "flash.bin"
    run(
        "image", "-o", path, "--name", "kitchen", *(tmp_path / f"{name}.wasm" for name in apps)
    ).ok()
    return path


def test_an_image_has_the_files_that_it_says(image, apps, run):
    assert image.stat().st_size == SIZE
    with Stored(image) as stored:
        files = stored.files()
    for name, packed in apps.items():
        assert files[f"/apps/{name}.wasm"] == packed
        record = files[f"/config/registry/{name}"]
        assert hashlib.sha256(packed).digest() in record
    assert b"kitchen" in files["/config/device"]
    names = {path for path in files if not path.startswith("/logs/")}
    assert names == {
        "/apps/small.wasm",
        "/apps/large.wasm",
        "/config/registry/small",
        "/config/registry/large",
        "/config/device",
    }
    assert image.read_bytes()[:STORAGE] == b"\xff" * STORAGE
    report = run("fsck", image, "--json").ok().json
    assert (report["sound"], report["findings"]) == (True, [])
    assert {app["name"]: app["size"] for app in report["apps"]} == {
        name: len(packed) for name, packed in apps.items()
    }


def test_an_image_boots_and_is_as_it_was_written(image, apps, akira, pytestconfig, run):
    kind = pytestconfig.getoption("--device")
    if kind not in ("virtual", "native_sim"):
        pytest.skip("the flash of this device is no file of this machine")
    device = devices.make(kind, image, cli=akira, image=pytestconfig.getoption("--image"))
    try:
        api = Api(device)
        assert {name: app["version"] for name, app in api.apps().items()} == {
            "small": "1.0.0",
            "large": "2.0.0",
        }
        assert api.status()["name"] == "kitchen"
        api.must_start("large")
        api.wait_state("large", "stopped")
        # A version that an update keeps, and all that a device stores.
        api.must_install("small", apps["small"].replace(b"1.0.0", b"1.0.1"))
        assert api.app("small")["previous"]["version"] == "1.0.0"
        assert api.request("POST", "/api/v1/tokens/read").status == 201
        if kind == "virtual":
            busy = run("fsck", image).failed()
            assert "in use" in busy.err and "Traceback" not in busy.err
    finally:
        device.switch_off()
    report = run("fsck", image, "--json").ok().json
    assert report["findings"] == []
    with Stored(image) as stored:
        assert stored.read("/apps/small.old") == apps["small"]


def test_what_another_implementation_writes_is_read(tmp_path, apps, run):
    path = tmp_path / "theirs.bin"
    format_storage(path, SIZE)
    with Stored(path) as stored:
        for folder in ("/apps", "/data", "/data/large"):
            stored.make_folder(folder)
        for name, packed in apps.items():
            stored.write(f"/apps/{name}.wasm", packed)
        stored.write("/data/large/notes", bytes(range(256)) * 40)
        stored.write("/apps/README", b"nothing of an app's")
    report = run("fsck", path, "--json").ok().json
    assert report["sound"]
    found = {finding["path"]: finding["severity"] for finding in report["findings"]}
    assert set(found.values()) == {"note"}
    assert {"/config/registry/large", "/config/registry/small", "/apps/README"} <= set(found)
    mended = run("fsck", path, "--repair", "--json").ok().json
    left = [finding["path"] for finding in mended["findings"] if not finding["mended"]]
    assert left == ["/apps/README"]
    with Stored(path) as stored:
        files = stored.files()
    assert files["/data/large/notes"] == bytes(range(256)) * 40
    for name, packed in apps.items():
        assert files[f"/apps/{name}.wasm"] == packed
        assert hashlib.sha256(packed).digest() in files[f"/config/registry/{name}"]


def test_what_is_no_image_is_a_sentence(image, run, tmp_path):
    whole = image.read_bytes()
    (tmp_path / "short.bin").write_bytes(whole[: SIZE - 1000])
    (tmp_path / "cut.bin").write_bytes(whole[: SIZE - 4096 * 300])
    (tmp_path / "noise.bin").write_bytes(bytes(at * 37 % 251 for at in range(4096)) * 64)
    broken = bytearray(whole)
    broken[STORAGE : STORAGE + 2 * 4096] = bytes(2 * 4096)
    (tmp_path / "broken.bin").write_bytes(broken)
    (tmp_path / "empty.bin").write_bytes(b"")
    said = {}
    for name in ("missing", "short", "cut", "noise", "broken", "empty"):
        path = tmp_path / f"{name}.bin"
        before = path.read_bytes() if path.exists() else None
        for more in ((), ("--repair",)):
            outcome = run("fsck", path, *more).failed()
            said[name] = outcome.out + outcome.err
            assert len(said[name].split()) >= 6, outcome
        assert (path.read_bytes() if path.exists() else None) == before, name
    assert "No such file" in said["missing"] or "no such file" in said["missing"]
    for name in ("short", "empty"):
        assert "bytes" in said[name] and "4096" in said[name], said[name]
    for name in ("noise", "broken", "cut"):
        assert "error:" in said[name], said[name]
    folder = run("fsck", tmp_path).failed()
    assert "panicked" not in folder.err
