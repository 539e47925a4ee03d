/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Random bytes for keys on native_sim. The board's entropy device is for tests: it gives the same
 * bytes at each start. The host has better ones.
 */

#include <errno.h>

#include <zephyr/random/random.h>

#include "host.h"

int __wrap_z_impl_sys_csrand_get(void *out, size_t len);

int __wrap_z_impl_sys_csrand_get(void *out, size_t len)
{
	return akira_host_random(out, len) == 0 ? 0 : -EIO;
}
