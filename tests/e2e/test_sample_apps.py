# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The sample apps, as their authors' tools built them."""

from __future__ import annotations

import re

import pytest

from harness.api import wait_for


@pytest.fixture
def start(api, cli, sample_apps):
    """Installs and starts a sample app by the command line."""

    def run(name):
        cli.run("install", "--start", sample_apps / f"{name}.wasm").ok()

    return run


def test_there_is_one_in_each_language(sample_apps, pytestconfig):
    names = {path.stem for path in sample_apps.glob("*.wasm")}
    assert {"hello", "counter", "ticker", "spinner", "probe", "trap"} <= names
    apps = pytestconfig.rootpath.parents[1] / "apps"
    languages = set()
    for name in names:
        match = re.search(r'^lang = "(\w+)"', (apps / name / "app.toml").read_text(), re.MULTILINE)
        assert match, name
        languages.add(match[1])
    assert languages == {"c", "rust", "as"}


def test_hello_greets_and_ends(api, start):
    start("hello")
    app = api.wait_state("hello", "stopped", seconds=30)
    assert app["exit_code"] == 0
    lines = api.log_texts("hello")
    assert lines[0] == "Hello from WebAssembly"
    assert lines[-1] == "Goodbye"
    assert len([line for line in lines if " of 10" in line]) == 10


def counted(api):
    numbers = [
        int(found[1]) for line in api.log_texts("counter") if (found := re.search(r"(\d+)", line))
    ]
    return numbers


def test_counter_goes_on_where_it_was(api, start, own_device):
    start("counter")
    wait_for(lambda: counted(api), lambda numbers: len(numbers) >= 2, "the counter to count")
    api.stop("counter")
    last = max(counted(api))
    own_device.restart(kill=True)
    api.must_start("counter")
    wait_for(lambda: counted(api), lambda numbers: numbers and max(numbers) > last, "it to go on")


def test_probe_is_denied_everything(api, start, measured):
    """The issue's own demand: -EACCES without the capability, seen from inside the guest."""
    start("probe")
    app = api.wait_state("probe", "stopped", "failed")
    lines = api.log_texts("probe")
    denied = [line for line in lines if "-13" in line or "EACCES" in line]
    for line in denied:
        measured(line)
    assert len(denied) >= 5, lines
    assert (app["state"], app["exit_code"]) == ("stopped", 0), lines
    assert not [line for line in lines if "unexpected" in line]


def test_trap_fails_with_a_reason(api, start):
    start("trap")
    app = api.wait_state("trap", "failed")
    assert "out of bounds" in app["reason"]


def test_spinner_can_be_stopped(api, cli, start):
    start("spinner")
    wait_for(lambda: api.log_texts("spinner"), bool, "the spinner to spin")
    cli.run("stop", "spinner").ok()
    assert api.app("spinner")["state"] in ("stopped", "failed")


def test_four_sample_apps_at_once(api, cli, start):
    names = ["hello", "counter", "ticker", "spinner"]
    for name in names:
        start(name)
    assert api.status()["apps"]["running"] == 4
    for name in names:
        wait_for(lambda name=name: api.log_texts(name), bool, f"a line of {name}")
    assert cli.run("start", "nobody").failed().code == 1
