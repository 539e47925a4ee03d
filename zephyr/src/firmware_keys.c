/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The keys that firmware images are taken from: those of the build, or what a native_sim image was
 * given on its command line.
 */

#include <string.h>

#include <zephyr/kernel.h>

#include <akira/platform.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/options.h"
#endif

struct key {
	uint8_t len;
	uint8_t bytes[AKIRA_FIRMWARE_KEY_MAX];
};

static const struct key keys[] = {
#if defined(AKIRA_FIRMWARE_KEYS)
#include "firmware_keys.inc"
#endif
	{0},
};

size_t akira_firmware_key(size_t index, uint8_t *out)
{
	if (index >= ARRAY_SIZE(keys)) {
		return 0;
	}
	memcpy(out, keys[index].bytes, keys[index].len);

	return keys[index].len;
}

const char *akira_firmware_key_text(size_t *len)
{
#if defined(CONFIG_BOARD_NATIVE_SIM)
	return akira_option_firmware_key(len);
#else
	*len = 0;

	return NULL;
#endif
}
