/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Restarting the device, and how long it must be up. A native_sim image starts its own program
 * again.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/reboot.h>

#include <akira/platform.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/options.h"
#endif

bool akira_can_reboot(void)
{
	return IS_ENABLED(CONFIG_REBOOT) &&
	       (!IS_ENABLED(CONFIG_BOARD_NATIVE_SIM) || IS_ENABLED(CONFIG_NATIVE_SIM_REBOOT));
}

int akira_reboot(void)
{
#if defined(CONFIG_REBOOT)
	if (akira_can_reboot()) {
		sys_reboot(SYS_REBOOT_COLD);
	}
#endif

	return -ENOTSUP;
}

uint32_t akira_health_ms(void)
{
	uint32_t seconds = CONFIG_AKIRA_HEALTH_SECONDS;

#if defined(CONFIG_BOARD_NATIVE_SIM)
	seconds = akira_option_health_seconds(seconds);
#endif

	return seconds * 1000;
}
