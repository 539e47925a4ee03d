/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Random numbers for secrets: Zephyr's CSPRNG on a board. On native_sim that one is fed by a test
 * source with a fixed seed, so the host's own generator is asked there instead.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/random/random.h>

#include <akira/platform.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/host.h"
#endif

int akira_random(void *out, size_t len)
{
#if defined(CONFIG_BOARD_NATIVE_SIM)
	return akira_host_random(out, len) == 0 ? 0 : -EIO;
#elif defined(CONFIG_CSPRNG_ENABLED)
	return sys_csrand_get(out, len) == 0 ? 0 : -EIO;
#else
	ARG_UNUSED(out);
	ARG_UNUSED(len);

	return -ENODEV;
#endif
}
