# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The device does what docs/openapi.yaml says: for what users do, and for what nobody would send.

The file says of each path which answers there are and what they look like. Nothing else may come,
and no answer may be a 500. What nobody would send is made up by `schemathesis`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import schemathesis

from harness import guest

REPOSITORY = Path(__file__).resolve().parents[2]
OPENAPI = REPOSITORY / "docs" / "openapi.yaml"
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, 7.1, test 1

# Left out: 429 answers wrong tokens too; what is valid by its form may still be refused (a point
# that is off the panel, bytes that are no key); methods that the API does not use are answered
# by Zephyr's HTTP server before a path is looked at.
LEFT_OUT = ",".join(
    [
        "ignored_auth",
        "positive_data_acceptance",
        "unsupported_method",
        "allow_header_conformance",
    ]
)
EXAMPLES = 20

# Not asked: what ends the token that the others are asked with, or the device.
NOT_ASKED = ["newAdminToken", "reboot"]
# Nor what a device without firmware slots cannot do, whose 501 counts as a server's error.
OF_SLOTS = [
    *("firmware", "writeFirmware", "originalFirmware"),
    *("testFirmware", "confirmFirmware", "revertFirmware"),
]


def has_slots(api) -> bool:
    return api.request("GET", "/api/v1/firmware").status == 200


@pytest.fixture
def described():
    """The file, as something that answers can be compared with."""
    return schemathesis.openapi.from_path(str(OPENAPI))


@pytest.fixture
def tidy(api):
    """Takes back what the tests of this file may leave."""
    sensors = api.request("GET", "/api/v1/sensors").json["sensors"]
    yield
    for sensor in sensors:
        body = json.dumps({"value": sensor["value"]}).encode()
        assert api.request("PUT", f"/api/v1/sensors/{sensor['id']}", body).status == 200
    for key in api.request("GET", "/api/v1/keys").json["keys"]:
        api.request("DELETE", f"/api/v1/keys/{key['name']}")


def test_what_users_do_is_answered_as_described(api, device, pack, described, tidy):
    def ask(method: str, path: str, template: str | None = None, **more) -> requests.Response:
        reply = requests.request(
            method,
            f"{device.url}/api/v1{path}",
            headers={"Authorization": f"Bearer {device.token}"},
            timeout=20,
            **more,
        )
        described[f"/api/v1{template or path}"][method].validate_response(reply)
        return reply

    packed = pack(guest.sleeper(), "hello", capabilities=["fs_read", "sensor"])
    name = "/apps/{name}"
    assert ask("PUT", "/apps/hello", name, data=packed).status_code == 201
    assert ask("PUT", "/apps/hello?deny=sensor", name, data=packed).status_code == 200
    assert ask("POST", "/apps/hello/start", f"{name}/start").status_code == 200
    assert ask("POST", "/apps/hello/start", f"{name}/start").status_code == 409
    for path in ("/status", "/apps", "/sensors", "/audit", "/keys", "/display"):
        assert ask("GET", path).status_code == 200
    assert ask("GET", "/apps/hello", name).json()["requested"] == ["sensor", "fs_read"]
    assert ask("GET", "/apps/hello/log", f"{name}/log").status_code == 200
    limit = {"memory_bytes": 200_000}
    assert ask("PUT", "/apps/hello/quota", f"{name}/quota", json=limit).status_code == 409
    assert ask("POST", "/apps/hello/restart", f"{name}/restart").status_code == 200
    assert ask("DELETE", "/apps/hello", name).status_code == 409
    assert ask("POST", "/apps/hello/stop", f"{name}/stop").status_code == 200
    granted = {"capabilities": ["sensor"]}
    assert ask("PUT", "/apps/hello/grants", f"{name}/grants", json=granted).status_code == 200
    assert ask("PUT", "/apps/hello/quota", f"{name}/quota", json=limit).status_code == 200
    newer = pack(guest.trapper(), "hello", version="2.0.0", capabilities=["fs_read"])
    assert ask("PUT", "/apps/hello", name, data=newer).json()["previous"]["version"] == "1.0.0"
    assert ask("POST", "/apps/hello/rollback", f"{name}/rollback").json()["version"] == "1.0.0"
    assert ask("POST", "/apps/hello/rollback", f"{name}/rollback").status_code == 409
    file = "/files/{path}"
    assert ask("PUT", "/files/hello/note", file, data=b"content").status_code == 201
    assert ask("GET", "/files/hello/note", file).content == b"content"
    assert ask("GET", "/files/hello", file).json()["entries"][0]["name"] == "note"
    assert ask("GET", "/files").json()["entries"] == [{"name": "hello", "dir": True, "size": 0}]
    assert ask("DELETE", "/files/hello/note", file).status_code == 200
    assert ask("DELETE", "/apps/hello", name).status_code == 200
    assert ask("GET", "/apps/hello", name).status_code == 404
    key = "/keys/{name}"
    assert ask("PUT", "/keys/alice", key, json={"public_key": KEY}).status_code == 201
    assert ask("DELETE", "/keys/alice", key).status_code == 200
    for path in ("/config", "/metrics"):
        assert ask("GET", path).status_code == 200
    assert ask("POST", "/events/ticket").status_code == 201
    assert ask("GET", "/events").status_code == 426
    assert ask("POST", "/tokens/read").status_code == 201
    assert ask("DELETE", "/tokens/read").status_code == 200
    assert ask("DELETE", "/tokens/read").status_code == 404
    if has_slots(api):
        assert ask("GET", "/firmware").status_code == 200
        assert ask("PUT", "/firmware", data=b"no image at all").status_code == 400
        assert ask("POST", "/firmware/test").status_code == 409
        assert ask("POST", "/firmware/confirm").status_code == 200
    else:
        assert ask("GET", "/firmware").status_code == 501
    pressed = {"kind": "button", "button": "A", "pressed": False}
    assert ask("POST", "/input", json=pressed).status_code == 200
    assert ask("PUT", "/sensors/0", "/sensors/{id}", json={"value": 21.5}).status_code == 200


def test_what_nobody_would_send_is_answered_as_described(api, device, measured, tidy, tmp_path):
    left_out = NOT_ASKED + ([] if has_slots(api) else OF_SLOTS)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(OPENAPI),
        "--url",
        device.url,
        *(f"--exclude-operation-id={operation}" for operation in left_out),
        "--header",
        f"Authorization: Bearer {device.token}",
        "--phases",
        "coverage,fuzzing",
        "--exclude-checks",
        LEFT_OUT,
        "--max-examples",
        str(EXAMPLES),
        "--seed",
        "7",
        "--generation-database",
        "none",
        "--no-color",
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "harness.openapi_hooks",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **hooks},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    counts = [line for line in done.stdout.splitlines() if "generated," in line]
    assert counts, done.stdout[-2000:]
    measured(f"schemathesis: {counts[-1].strip()}")
