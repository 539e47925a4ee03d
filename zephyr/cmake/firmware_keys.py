# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Writes the public keys of PEM files as rows of a C array: `{length, {bytes}},`.

A public key is read by itself. Of a key pair the public half is taken with the `cryptography`
package, which imgtool needs too.

usage: firmware_keys.py KINDS OUTPUT PEM...
"""

import base64
import binascii
import re
import sys
from pathlib import Path

# SubjectPublicKeyInfo up to the key itself, and the length of that.
KINDS = (
    (bytes.fromhex("302a300506032b6570032100"), 32),
    (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"), 65),
)
WANTED = "a public key or a key pair of Ed25519 or ECDSA P-256, as `imgtool keygen` makes them"


def public_der(pem: bytes, name: str) -> bytes:
    """SubjectPublicKeyInfo of what is in a file."""
    found = re.search(rb"-----BEGIN PUBLIC KEY-----(.+?)-----END PUBLIC KEY-----", pem, re.S)
    if found:
        try:
            return base64.b64decode(b"".join(found[1].split()), validate=True)
        except binascii.Error:
            raise SystemExit(f"{name}: the key is no Base64. Give {WANTED}.") from None
    if b"PRIVATE KEY-----" not in pem:
        raise SystemExit(f"{name}: no key in PEM is in it. Give {WANTED}.")
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        raise SystemExit(
            f"{name}: to read a key pair, Python needs the package `cryptography`. Install it, or "
            f"give the public key: imgtool getpub -k {name} -e pem -o PUBLIC.pem"
        ) from None
    try:
        pair = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise SystemExit(
            f"{name}: the key pair is encrypted. Give its public key: "
            f"imgtool getpub -k {name} -e pem -o PUBLIC.pem"
        ) from None
    except ValueError as error:
        raise SystemExit(f"{name}: {error}. Give {WANTED}.") from None
    return pair.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def raw(der: bytes, name: str) -> bytes:
    """The bytes of the key alone."""
    for prefix, length in KINDS:
        if der.startswith(prefix) and len(der) == len(prefix) + length:
            key = der[len(prefix) :]
            if length == 65 and key[0] != 4:
                break
            return key
    raise SystemExit(f"{name}: this kind of key is not supported. Give {WANTED}.")


def main() -> None:
    """Reads all files, then writes."""
    rows = []
    for name in sys.argv[3:]:
        key = raw(public_der(Path(name).read_bytes(), name), name)
        if len(key) == 65 and "p256" not in sys.argv[1].split(","):
            raise SystemExit(f"{name}: set CONFIG_AKIRA_FIRMWARE_P256=y for a key of ECDSA P-256.")
        rows.append(f"{{{len(key)}, {{{', '.join(f'0x{byte:02x}' for byte in key)}}}}},\n")
    Path(sys.argv[2]).write_text("".join(rows))


if __name__ == "__main__":
    main()
