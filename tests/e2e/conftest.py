# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Options and fixtures of the end-to-end suite.

```
pytest tests/e2e --device virtual|native_sim|http://HOST:PORT [--akira CLI] [--image ZEPHYR_EXE]
```

One device serves the whole run. Each test starts and ends with a device that has no apps, and each
test proves that it cost nothing: the bytes free on flash and the bytes in use of the apps' memory
are the same after it as before the first one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import device as devices
from harness.api import Api
from harness.cli import Cli, Packer
from harness.device import Device, OwnDevice
from harness.firmware import make_key

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's options; each has an environment variable for scripts."""
    group = parser.getgroup("akira")
    group.addoption(
        "--device",
        default=os.environ.get("AKIRA_E2E_DEVICE", "virtual"),
        help="virtual, native_sim, or the URL of a running device",
    )
    group.addoption(
        "--akira",
        default=os.environ.get("AKIRA_CLI"),
        help="path of the akira command (default: $AKIRA_CLI, then $PATH)",
    )
    group.addoption(
        "--image",
        default=os.environ.get("AKIRA_NATIVE_SIM_EXE"),
        help="path of native_sim's zephyr.exe (default: $AKIRA_NATIVE_SIM_EXE)",
    )
    group.addoption(
        "--full-image",
        default=os.environ.get("AKIRA_NATIVE_SIM_FULL_EXE"),
        help="the same of an image with TLS and SMP (default: $AKIRA_NATIVE_SIM_FULL_EXE)",
    )
    group.addoption(
        "--apps",
        default=os.environ.get("AKIRA_APPS"),
        help="folder of the packed sample apps (default: $AKIRA_APPS)",
    )


def pytest_report_header(config: pytest.Config) -> str:
    """Says which device was tested, so that a log can be read alone."""
    return f"akira device: {config.getoption('--device')}"


_MEASURED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Notes a line that the end of the run shows, also when all is well."""
    return pytestconfig.stash.setdefault(_MEASURED, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Shows what tests measured or saw."""
    if lines := config.stash.get(_MEASURED, []):
        terminalreporter.section(f"seen on {config.getoption('--device')}")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def akira(pytestconfig: pytest.Config) -> str:
    """The path of the `akira` command."""
    program = pytestconfig.getoption("--akira") or shutil.which("akira")
    if not program:
        pytest.exit("no akira command: build rust/cli, then give its path with --akira", 2)
    return str(Path(program).resolve())


@pytest.fixture(scope="session")
def make_device(pytestconfig: pytest.Config, akira: str) -> Callable[..., Device]:
    """Boots a device of the kind under test on a flash file of the caller's."""

    def make(
        flash: Path,
        token: str | None = None,
        options: dict[str, str | None] | None = None,
        image: str | None = None,
    ) -> Device:
        return devices.make(
            pytestconfig.getoption("--device"),
            flash,
            cli=akira,
            image=image or pytestconfig.getoption("--image"),
            token=token,
            options=options,
        )

    return make


@pytest.fixture(scope="session")
def firmware_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key that simulated devices take firmware by."""
    return make_key(tmp_path_factory.mktemp("key") / "firmware.pem")


@pytest.fixture(scope="session")
def device(
    make_device: Callable[..., Device],
    pytestconfig: pytest.Config,
    firmware_key: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Device]:
    """The device under test, on a blank flash."""
    simulated = pytestconfig.getoption("--device") in ("virtual", "native_sim")
    options = {"firmware-key": str(firmware_key)} if simulated else None
    under_test = make_device(tmp_path_factory.mktemp("device") / "flash.bin", options=options)
    yield under_test
    under_test.close()


@pytest.fixture
def own_device(device: Device) -> OwnDevice:
    """The device under test where the suite may switch it off."""
    if not isinstance(device, OwnDevice):
        pytest.skip("this device is not ours to switch off")
    return device


@pytest.fixture
def blank_device(
    make_device: Callable[..., Device], pytestconfig: pytest.Config, tmp_path: Path
) -> Iterator[Callable[..., OwnDevice]]:
    """Boots more devices, each on a blank flash of its own."""
    if pytestconfig.getoption("--device").startswith("http://"):
        pytest.skip("the suite cannot start a second device of this kind")
    made: list[Device] = []

    def make(
        token: str | None = None, *, image: str | None = None, **options: str | None
    ) -> OwnDevice:
        named = {name.replace("_", "-"): value for name, value in options.items()}
        new = make_device(tmp_path / f"flash-{len(made)}.bin", token, named, image)
        made.append(new)
        assert isinstance(new, OwnDevice)
        return new

    yield make
    for one in made:
        one.close()


@pytest.fixture
def full_image(pytestconfig: pytest.Config) -> str:
    """The path of a native_sim image with what the usual one leaves out."""
    if pytestconfig.getoption("--device") != "native_sim":
        pytest.skip("only Zephyr has that")
    image = pytestconfig.getoption("--full-image")
    if not image:
        pytest.skip("give an image that was built with TLS and SMP: --full-image")
    return image


@pytest.fixture(scope="session")
def packer(akira: str) -> Packer:
    """Packs modules."""
    return Packer(akira)


@pytest.fixture(scope="session")
def pack(packer: Packer) -> Callable[..., bytes]:
    """Packs a module that must be packable: `pack(module, name, **manifest)`."""
    return packer.pack


@pytest.fixture(scope="session")
def sample_apps(pytestconfig: pytest.Config) -> Path:
    """The folder of the packed sample apps."""
    folder = pytestconfig.getoption("--apps")
    if not folder or not any(Path(folder).glob("*.wasm")):
        pytest.exit("no packed sample apps: build them, then give their folder with --apps", 2)
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def baseline(device: Device) -> tuple[int, int]:
    """Bytes free on flash and bytes in use of the apps' memory, before the first app."""
    fresh = Api(device)
    fresh.clear()
    return fresh.free_and_used()


@pytest.fixture
def cli(akira: str, device: Device) -> Cli:
    """The `akira` command, pointed at the device under test."""
    return Cli(akira, device)


@pytest.fixture(autouse=True)
def api(request: pytest.FixtureRequest) -> Iterator[Api | None]:
    """The HTTP API of the device under test; afterwards nothing may be left of the test."""
    if request.node.get_closest_marker("no_device"):
        yield None
        return
    device: Device = request.getfixturevalue("device")
    before: tuple[int, int] = request.getfixturevalue("baseline")
    face = Api(device)
    yield face
    face.clear()
    after = face.free_and_used()
    assert after == before, (
        f"left behind: {before[0] - after[0]} bytes of flash, "
        f"{after[1] - before[1]} bytes of memory"
    )
