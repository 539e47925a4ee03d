# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Multipart forms (RFC 7578), well-formed or not."""

from __future__ import annotations

BOUNDARY = "----akira-boundary-7MA4YWxk"


def kind(boundary: str = BOUNDARY) -> str:
    """The content type."""
    return f"multipart/form-data; boundary={boundary}"


def part(content: bytes, *, name: str = "file", filename: str | None = "app.wasm") -> bytes:
    """One part without the boundaries around it."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"\r\nContent-Type: application/octet-stream'
    return head.encode() + b"\r\n\r\n" + content


def form(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    """A whole body."""
    line = b"--" + boundary.encode()
    return b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"
