# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""docs/openapi.yaml as a table of operations, each with who may use it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete")
# What stands for each parameter of a path where a test needs one that is valid by its form.
VALUES = {"name": "hello", "id": "0", "path": "hello/file.txt"}


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    id: str
    method: str
    template: str
    access: str
    responses: dict[str, Any]

    @property
    def path(self) -> str:
        """The path with a value for each parameter."""
        return re.sub(r"\{(\w+)\}", lambda found: VALUES[found[1]], self.template)

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def document() -> dict[str, Any]:
    """The whole file."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def operations() -> list[Operation]:
    """All operations, in the order of the file."""
    whole = document()
    found = []
    for path, item in whole["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            servers = operation.get("servers") or item.get("servers") or whole["servers"]
            found.append(
                Operation(
                    operation["operationId"],
                    method.upper(),
                    servers[0]["url"].rstrip("/") + path,
                    operation["x-access"],
                    operation["responses"],
                )
            )
    return found
