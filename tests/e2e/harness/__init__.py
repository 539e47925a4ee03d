# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""What the end-to-end tests stand on: devices, the CLI, raw HTTP, and a small WASM writer."""
