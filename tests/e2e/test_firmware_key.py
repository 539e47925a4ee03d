# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The script that makes the key pair which firmware is signed with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.api import Api
from harness.firmware import Firmware, Images

pytestmark = pytest.mark.no_device

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/firmware-key"


@pytest.fixture(autouse=True)
def once(pytestconfig: pytest.Config) -> None:
    """The script is the same whatever the device."""
    if pytestconfig.getoption("--device") != "virtual":
        pytest.skip("run with the virtual device")


def run(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the script with all rights open, as a careless shell would."""
    return subprocess.run(
        ("sh", "-c", 'umask 000; exec "$@"', "sh", SCRIPT, *words),
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_device_takes_what_its_key_has_signed(blank_device, tmp_path):
    done = run("some/where/firmware.pem", folder=tmp_path)
    path = tmp_path / "some/where/firmware.pem"
    assert done.returncode == 0, done.stderr
    assert f"AKIRA_FIRMWARE_KEY={path} west build --sysbuild" in done.stdout
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["firmware.pem"], "and nothing else"
    firmware = Firmware(Api(blank_device(firmware_key=str(path))))
    assert [key["kind"] for key in firmware.state()["keys"]] == ["p256"]
    images = Images("virtual", None, tmp_path)
    firmware.must_store(images.sign("1.0.0", key=path))
    reply = firmware.put(images.sign("1.1.0"))
    assert (reply.status, reply.code) == (403, "bad_signature"), reply


def test_no_file_is_overwritten(tmp_path):
    there, nowhere = tmp_path / "there.pem", tmp_path / "link.pem"
    there.write_text("what somebody needs")
    nowhere.symlink_to(tmp_path / "gone.pem")
    for path in (there, nowhere):
        done = run(path.name, folder=tmp_path)
        assert done.returncode == 1 and "is there already" in done.stderr, done
    assert there.read_text() == "what somebody needs"
    assert not (tmp_path / "gone.pem").exists()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.pem", "there.pem"]


def test_two_at_once_make_one_key(tmp_path):
    many = [
        subprocess.Popen(
            (SCRIPT, "firmware.pem"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ends = [(process.communicate(), process.returncode) for process in many]
    assert sorted(code for _, code in ends) == [0, 1, 1, 1], ends
    assert sum("is there already" in error for (_, error), _ in ends) == 3, ends
    assert [file.name for file in tmp_path.iterdir()] == ["firmware.pem"]


@pytest.mark.parametrize("words", [("--force",), ("one.pem", "two.pem")])
def test_what_it_does_not_know_makes_nothing(tmp_path, words):
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("usage:"), done
    assert not list(tmp_path.iterdir())
