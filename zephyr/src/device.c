/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the device is called, and what its operator gave it at start.
 */

#include <zephyr/kernel.h>

#include <akira/platform.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/options.h"
#endif

const char *akira_device_name(void)
{
	return CONFIG_AKIRA_DEVICE;
}

const char *akira_provisioned_token(void)
{
#if defined(CONFIG_BOARD_NATIVE_SIM)
	return akira_option_token();
#else
	return NULL;
#endif
}
