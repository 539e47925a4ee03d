/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's monotonic clock, for pace.c. Compiled against the host's C library.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <time.h>

uint64_t akira_host_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}
