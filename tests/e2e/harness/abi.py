# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""The binary interface, stated a second time.

On purpose: an app that was built for one release must run on the next, so a change of a signature
must fail here. `test_pointers.py` compares this with what `akira abi` prints.

A line is `name parameters [-> result] [: capability or capability]`. Parameters are `i` i32,
`I` i64, `r` bytes that the device reads, `w` bytes that it writes (each a pointer and a length),
`f` a float that it writes, `s` a text that ends with a zero (each a pointer).
"""

from __future__ import annotations

from dataclasses import dataclass

_AKIRA = """
log r -> i
log_debug r -> i
log_error r -> i
time_ms - -> I
sleep_ms i
mem_alloc i -> i
mem_free i
app_info w -> i
app_exit i
fs_open ri -> i : fs_read or fs_write
fs_read iw -> i : fs_read
fs_write ir -> i : fs_write
fs_seek iii -> i : fs_read or fs_write
fs_close i -> i
fs_stat r -> i : fs_read
fs_delete r -> i : fs_write
fs_rename rr -> i : fs_write
fs_list riw -> i : fs_read
random w -> i
display_size - -> i : display
display_clear i -> i : display
display_pixel iii -> i : display
display_rect iiiii -> i : display
display_text iiri -> i : display
display_text_large iiri -> i : display
display_blit iiiir -> i : display
display_flush - -> i : display
input_read_buttons - -> i : input
input_read_touch w -> i : input
input_read_analog i -> i : input
input_next_event wi -> i : input
sensor_list w -> i : sensor
sensor_read if -> i : sensor
rf_send r -> i : rf
rf_recv wi -> i : rf
rf_status w -> i : rf
rf_set_frequency i -> i : rf
rf_set_power i -> i : rf
storage_kv_get rw -> i : fs_read or fs_write
storage_kv_set rr -> i : fs_write
storage_kv_delete r -> i : fs_write
net_connect ri -> i : network_client
net_send ir -> i : network_client or network_server
net_recv iwi -> i : network_client or network_server
net_close i -> i
http_get rw -> i : network_client
net_listen i -> i : network_server
net_accept ii -> i : network_server
hid_send_keyboard ir -> i : hid
hid_send_mouse iiii -> i : hid
hid_send_gamepad ir -> i : hid
ipc_send rr -> i : ipc
ipc_recv wwi -> i : ipc
"""

# What apps built for AkiraOS 1.4 and 1.6 import from module `env`.
_ENV = """
log is -> i
display_rect iiiii -> i : display
display_text iisi -> i : display
display_text_large iisi -> i : display
display_clear i -> i : display
display_pixel iii -> i : display
rf_set_frequency i -> i : rf
rf_set_power i -> i : rf
rf_get_rssi - -> i : rf
rf_send r -> i : rf
sensor_read i -> i : sensor
mem_alloc i -> i
mem_free i
bt_shell_print is -> i
bt_shell_send_data ir -> i
bt_shell_is_ready - -> i
printf_native s -> i
delay i -> i
"""

_CELLS = {"i": "i", "I": "I", "r": "ii", "w": "ii", "f": "i", "s": "i"}
_DOCUMENTED = {"i": "i", "I": "I", "r": "*~", "w": "*~", "f": "*", "s": "$"}

CAPABILITIES = [
    "display",
    "input",
    "sensor",
    "rf",
    "fs_read",
    "fs_write",
    "network_client",
    "network_server",
    "hid",
    "ipc",
]


@dataclass(frozen=True)
class Native:
    """A native function."""

    module: str
    name: str
    params: str
    result: str
    needs: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, str]:
        """Its WebAssembly parameters and result."""
        return "".join(_CELLS[kind] for kind in self.params), self.result

    @property
    def documented(self) -> str:
        """Its signature in the notation of the documents."""
        return f"({''.join(_DOCUMENTED[kind] for kind in self.params)}){self.result}"


def _read(module: str, table: str) -> dict[str, Native]:
    found = {}
    for line in table.strip().splitlines():
        head, _, needs = line.partition(" : ")
        name, params, *result = head.split(" ")
        found[name] = Native(
            module,
            name,
            params.strip("-"),
            result[-1] if result else "",
            tuple(needs.split(" or ")) if needs else (),
        )
    return found


AKIRA = _read("akira", _AKIRA)
ENV = _read("env", _ENV)

# Negative errno values that guests see.
ERRNO = {
    "EPERM": -1,
    "ENOENT": -2,
    "EINTR": -4,
    "EIO": -5,
    "EBADF": -9,
    "EAGAIN": -11,
    "ENOMEM": -12,
    "EACCES": -13,
    "EFAULT": -14,
    "EBUSY": -16,
    "EEXIST": -17,
    "ENODEV": -19,
    "ENOTDIR": -20,
    "EISDIR": -21,
    "EINVAL": -22,
    "ENFILE": -23,
    "EFBIG": -27,
    "ENOSPC": -28,
    "ENAMETOOLONG": -36,
    "ENOTEMPTY": -39,
    "ENOTSUP": -95,
    "EADDRINUSE": -98,
    "ECONNRESET": -104,
    "ETIMEDOUT": -110,
    "ECONNREFUSED": -111,
    "EHOSTUNREACH": -113,
}
