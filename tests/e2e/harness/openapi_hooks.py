# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""What `schemathesis` must be told: how files are sent. Loaded by it, see test_openapi.py."""

from __future__ import annotations

import schemathesis


@schemathesis.serializer("application/wasm", "application/x-pem-file")
def file(_context: object, value: object) -> bytes:
    """A file's bytes as they are; anything else that was made up as text."""
    return value if isinstance(value, bytes) else str(value).encode()
