# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The dashboard in a real browser, as the device under test serves it.

The cases are those of `tests/dashboard/cases`. They have a device of their own, because they change
its name and its tokens. Screenshots are kept in `.build/reports/dashboard/DEVICE`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.device import Device
from harness.firmware import Images

REPOSITORY = Path(__file__).resolve().parents[2]
RUNNER = REPOSITORY / "tests" / "dashboard"
CASES = sorted(path.stem for path in (RUNNER / "cases").glob("*.mjs"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 240
# Long enough that a trial can be seen.
HEALTH_SECONDS = "15"
# Long enough on its way that the connection can break.
IMAGE_BYTES = 150_000

# The devices that it opens are its own.
pytestmark = pytest.mark.no_device


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js, with what the cases need beside it."""
    program = shutil.which("node")
    browser = os.environ.get("AKIRA_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), ""
    )
    packages = RUNNER / "node_modules" / "playwright-core"
    for what, there in (
        ("Node.js", program),
        ("chromium", browser),
        ("packages", packages.is_dir()),
    ):
        if not there:
            pytest.skip(
                f"no {what} for the browser: scripts/setup.sh dashboard installs what it needs"
            )
    assert program is not None
    return program


@pytest.fixture(scope="module")
def images(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Images, Path]:
    """What makes firmware images, and a folder with two that the device takes."""
    kind, build = pytestconfig.getoption("--device"), pytestconfig.getoption("--image")
    folder = tmp_path_factory.mktemp("images")
    images = Images(kind, build, folder)
    for version in ("9.0.0", "9.1.0"):
        (folder / f"{version}.bin").write_bytes(images.sign(version, size=IMAGE_BYTES))
    return images, folder


@pytest.fixture(scope="module")
def served(
    node: str,
    images: tuple[Images, Path],
    make_device: Callable[..., Device],
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Device]:
    """A device whose settings may be changed."""
    if pytestconfig.getoption("--device").startswith("http://"):
        pytest.skip(
            "the dashboard's cases change the settings of a device, so they start their own"
        )
    told = {name.replace("_", "-"): value for name, value in images[0].options.items()}
    if told:
        told["health-seconds"] = HEALTH_SECONDS
    device = make_device(tmp_path_factory.mktemp("dashboard") / "flash.bin", options=told)
    yield device
    device.close()


@pytest.mark.parametrize("case", CASES)
def test_dashboard(
    case: str, node: str, served: Device, images: tuple[Images, Path], sample_apps: Path
) -> None:
    run = subprocess.run(
        [
            node,
            str(RUNNER / "run.mjs"),
            f"--url={served.url}",
            f"--token={served.token}",
            f"--apps={sample_apps}",
            f"--firmware={images[1]}",
            f"--out={REPOSITORY / '.build' / 'reports' / 'dashboard' / served.kind}",
            case,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if made := re.search(r"^token (\w+)$", run.stdout, re.MULTILINE):
        served.token = made[1]
    assert run.returncode == 0, f"{case}:\n{run.stdout}"
    assert run.stdout.splitlines()[-1] == f"ok {case}"
