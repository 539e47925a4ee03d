/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Time since boot.
 */

#include <zephyr/kernel.h>

#include <akira/platform.h>

uint64_t akira_uptime_ms(void)
{
	return (uint64_t)k_uptime_get();
}
