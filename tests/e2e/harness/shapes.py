# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The shapes of the API's answers, stated once, literally, for every kind of device.

A shape is a type, a literal set of allowed strings, a list of one shape, or a dictionary of them.
The same literals are asserted on each device, which is what makes their answers alike.
"""

from __future__ import annotations

from typing import Any

NONE = type(None)
STATES = {"installed", "loaded", "running", "stopped", "failed"}

TRANSFER = {
    "id": int,
    "transport": {"http", "serial", "ble", "smp"},
    "sink": {"app", "file", "config", "firmware", "null"},
    "name": str,
    "received": int,
    "size": (int, NONE),
}

STATUS = {
    "device": str,
    "name": str,
    "version": str,
    "wamr": str,
    "abi": int,
    "uptime_ms": int,
    "apps": {"installed": int, "running": int, "max_running": int},
    "memory": {"used": int, "peak": int, "system": int, "total": int},
    "storage": {"free": int, "total": int},
    "transfers": [TRANSFER],
    "safe_mode": bool,
}

APP = {
    "name": str,
    "version": str,
    "state": STATES,
    "reason": (str, NONE),
    "exit_code": (int, NONE),
    "size": int,
    "sha256": str,
    # Null, or what PREVIOUS says.
    "previous": (dict, NONE),
    "capabilities": [str],
    "requested": [str],
    "scope": {
        "sensors": (list, NONE),
        "storage_bytes": (int, NONE),
        "hosts": [str],
        "ports": [int],
        "peers": [str],
    },
    "signer": (str, NONE),
    "memory_quota": int,
    "memory_requested": (int, NONE),
    "memory_used": int,
    "memory_peak": int,
    "autostart": bool,
    "restart": {"never", "on-failure", "always"},
    "restart_in_ms": (int, NONE),
    "priority": int,
    "run_ms": int,
    "description": str,
}

SLOT = {
    "slot": {"primary", "secondary"},
    "state": {
        *("empty", "running", "trial"),
        *("receiving", "partial", "ready", "pending", "previous", "bad"),
    },
    "image": (dict, NONE),
    "reason": (str, NONE),
    "size": int,
    "image_max": int,
}

FIRMWARE = {
    "slots": [SLOT],
    "swap": {"none", "test", "permanent", "revert"},
    "confirmed": bool,
    "can_reboot": bool,
    "upload": (dict, NONE),
    "health": {
        "state": {"checking", "healthy", "failed"},
        "left_ms": (int, NONE),
        "reason": (str, NONE),
    },
    "boots": int,
    "safe_mode": bool,
    "last": (dict, NONE),
    "keys": [{"kind": {"ed25519", "p256"}, "sha256": str}],
}

PREVIOUS = {"version": str, "sha256": str}

APPS = {"apps": [APP]}

LOG = {
    "lines": [{"seq": int, "t_ms": int, "level": {"debug", "info", "error"}, "text": str}],
    "next": int,
    "dropped": int,
}


def check(value: Any, shape: Any, where: str = "$") -> None:
    """Fails with the place where `value` does not have the shape."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        assert set(value) == set(shape), f"{where}: has {sorted(value)}, wants {sorted(shape)}"
        for key, inner in shape.items():
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for index, item in enumerate(value):
            check(item, shape[0], f"{where}[{index}]")
    elif isinstance(shape, set):
        assert value in shape, f"{where}: {value!r} is none of {sorted(shape)}"
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        assert type(value) in kinds, f"{where}: {value!r} is no {kinds}"
