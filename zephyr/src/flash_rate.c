/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * How fast the flash driver alone takes a firmware image: what a measured update is held against.
 * For benches only.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/storage/flash_map.h>

#include <akira/platform.h>
#include "flash_rate.h"

/* As many bytes at once as an update writes. */
static uint8_t pattern[CONFIG_AKIRA_FIRMWARE_BUFFER_SIZE] __aligned(8);

static int write_all(const struct flash_area *area, uint32_t len, uint32_t block)
{
	int ret = 0;

	for (uint32_t at = 0; at < len && ret == 0; at += sizeof(pattern)) {
		if (at % block == 0) {
			ret = flash_area_erase(area, at, block);
		}
		if (ret == 0) {
			ret = flash_area_write(area, at, pattern, sizeof(pattern));
		}
	}

	return ret;
}

int akira_flash_rate(uint32_t len, uint64_t *us)
{
	const struct flash_area *area;
	struct akira_firmware_info info;
	int64_t began;
	int ret;

	if (!akira_firmware_info(&info)) {
		return -ENODEV;
	}
	if (len > info.image_max) {
		return -EINVAL;
	}
	for (size_t i = 0; i < sizeof(pattern); i++) {
		pattern[i] = (uint8_t)(i * 7);
	}
	ret = flash_area_open(FIXED_PARTITION_ID(slot1_partition), &area);
	if (ret < 0) {
		return ret;
	}
	began = k_uptime_ticks();
	ret = write_all(area, len, info.erase_block);
	*us = k_ticks_to_us_near64(k_uptime_ticks() - began);
	flash_area_close(area);

	return ret;
}
