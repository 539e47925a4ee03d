/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The reference firmware: boots AkiraOS and nothing else.
 */

#include <zephyr/kernel.h>

#include <akira/akira_os.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include <nsi_main.h>
#endif

int main(void)
{
	int ret = akira_os_boot();

#if defined(CONFIG_BOARD_NATIVE_SIM)
	/* The console told why; a process that serves nothing should not look alive. */
	if (ret < 0) {
		nsi_exit(1);
	}
#endif

	return ret;
}
