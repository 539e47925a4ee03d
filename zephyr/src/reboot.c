/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Restarting the device. A native_sim image starts its own program again.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/reboot.h>

#include <akira/platform.h>

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
