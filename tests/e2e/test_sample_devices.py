# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The sample apps that use what a device has: sensors, display, buttons, radio, network, files."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness import png
from harness.api import Api, wait_for

PAGE = b"<h1>hello</h1>\nfrom a test\n"
SNAKE_HEAD = (160, 255, 120)


@pytest.fixture(autouse=True)
def simulated(device):
    if device.kind == "url":
        pytest.skip("a board has its own inputs, and other devices around it")


@pytest.fixture
def run(api, sample_apps):
    """Installs and starts a sample app on a device, the one under test by default."""

    def start(name, on=None):
        face = on or api
        face.must_install(name, (sample_apps / f"{name}.wasm").read_bytes())
        face.must_start(name)

    return start


def press(api: Api, button: str) -> None:
    for pressed in (True, False):
        value = {"kind": "button", "button": button, "pressed": pressed}
        reply = api.put_json("POST", "/api/v1/input", value)
        assert reply.status == 200, reply


def wait_line(api: Api, name: str, start: str, seconds: float = 30) -> str:
    """Waits for a line of an app that begins like this."""
    return wait_for(
        lambda: next((line for line in api.log_texts(name) if line.startswith(start)), ""),
        bool,
        f"{name} to say {start!r}",
        seconds,
    )


def test_logger_writes_what_the_sensors_measure(api, run):
    assert api.put_json("PUT", "/api/v1/sensors/0", {"value": -7.126}).status == 200
    try:
        run("logger")
        wait_line(api, "logger", "logging 4 sensors every 1000 ms")
        wait_for(
            lambda: api.log_texts("logger"),
            lambda lines: any(",-7.13,45.00,1013.25,300.00" in line for line in lines),
            "a line of the file",
        )
    finally:
        api.put_json("PUT", "/api/v1/sensors/0", {"value": 21.5})


def heads(api: Api) -> list[tuple[int, int]]:
    """Where the snake's head is, as column and row of the grid."""
    reply = api.request("GET", "/api/v1/display")
    assert reply.status == 200, reply
    picture = png.read(reply.body)

    def is_head(column: int, row: int) -> bool:
        pixel = picture.at(column * 10 + 4, 20 + row * 10 + 4)
        # The display has 5 or 6 bits for a colour.
        return all(
            abs((pixel >> shift & 255) - want) < 9
            for shift, want in zip((16, 8, 0), SNAKE_HEAD, strict=True)
        )

    return [(column, row) for row in range(22) for column in range(32) if is_head(column, row)]


def test_snake_is_steered_ends_at_the_wall_and_begins_again(api, run):
    run("snake")
    wait_line(api, "snake", "320 x 240 pixels, best score ")
    wait_for(lambda: heads(api), lambda found: len(found) == 1, "the snake")
    press(api, "up")
    wait_for(lambda: heads(api), lambda found: found and found[0][1] < 11, "it to go up")
    # The wall is at most twelve steps away.
    wait_line(api, "snake", "game over, score ")
    press(api, "A")
    wait_for(lambda: heads(api), lambda found: found and found[0][1] == 11, "a new game")
    assert api.app("snake")["state"] == "running"


def test_two_chats_hear_each_other(blank_device, run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    one, other = (Api(blank_device(rf_port=port)) for _ in range(2))
    for device in (one, other):
        run("chat", on=device)
    names = [wait_line(device, "chat", "I am ").removeprefix("I am ") for device in (one, other)]
    wait_line(one, "chat", f"heard hello {names[1]} ")
    wait_line(other, "chat", f"heard hello {names[0]} ")
    press(one, "A")
    wait_line(other, "chat", f"heard ping {names[0]} 1 at -46 dBm")
    wait_line(one, "chat", f"heard pong {names[1]} 1 at -46 dBm")


class _OnePage(http.server.BaseHTTPRequestHandler):
    """Answers every request with the page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def page_server() -> Iterator[None]:
    """Serves the page where the app's scope wants it."""
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 8000), _OnePage)
    except OSError as error:
        pytest.skip(f"port 8000 of this machine cannot be had: {error}")
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join(timeout=10)


def test_webclient_fetches_a_page(api, run):
    with page_server():
        run("webclient")
        app = api.wait_state("webclient", "stopped", "failed", seconds=30)
    lines = api.log_texts("webclient")
    assert (app["state"], app["exit_code"]) == ("stopped", 0), lines
    assert lines[-3:] == [f"{len(PAGE)} bytes", "<h1>hello</h1>", "from a test"]


def test_keeper_finds_its_files_whole(api, run, own_device):
    run("keeper")
    assert api.wait_state("keeper", "stopped", "failed", seconds=60)["exit_code"] == 0
    lines = api.log_texts("keeper")
    assert lines[0] == "0 files were there"
    assert lines[-1] == "3 files are there and whole"
    own_device.restart(kill=True)
    api.must_start("keeper")
    assert api.wait_state("keeper", "stopped", "failed", seconds=60)["exit_code"] == 0
    lines = api.log_texts("keeper")
    assert "3 files were there" in lines
    assert lines[-1] == "3 files are there and whole"


@pytest.mark.parametrize(
    "name, said", [("env14", ["21.5", "no shell"]), ("env16", ["beacon 1", "beacon 3"])]
)
def test_apps_of_the_original_run_as_they_are(api, run, name, said):
    run(name)
    app = api.wait_state(name, "stopped", "failed", seconds=30)
    lines = api.log_texts(name)
    assert (app["state"], app["exit_code"]) == ("stopped", 0), lines
    assert set(said) <= set(lines), lines
