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

REPOSITORY = Path(__file__).resolve().parents[2]
RUNNER = REPOSITORY / "tests" / "dashboard"
CASES = sorted(path.stem for path in (RUNNER / "cases").glob("*.mjs"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 240

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
def served(
    node: str,
    make_device: Callable[..., Device],
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Device]:
    """A device whose settings may be changed."""
    if pytestconfig.getoption("--device").startswith("http://"):
        pytest.skip(
            "the dashboard's cases change the settings of a device, so they start their own"
        )
    device = make_device(tmp_path_factory.mktemp("dashboard") / "flash.bin")
    yield device
    device.close()


@pytest.mark.parametrize("case", CASES)
def test_dashboard(case: str, node: str, served: Device, sample_apps: Path) -> None:
    run = subprocess.run(
        [
            node,
            str(RUNNER / "run.mjs"),
            f"--url={served.url}",
            f"--token={served.token}",
            f"--apps={sample_apps}",
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
