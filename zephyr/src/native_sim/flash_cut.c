/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The power goes at a write or erase of the flash that --akira-flash-cut counts to. The flash is a
 * file that the process has mapped, so what was done until then is in it. The linker wraps the
 * functions by which the file system writes and erases. For tests only.
 */

#include <stdio.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/storage/flash_map.h>

/* It includes nothing of what it needs. */
#include <zephyr/drivers/flash/flash_simulator.h>

#include "host.h"
#include "options.h"

/* What a write must be a multiple of. */
#define WRITE_UNIT 16
#define ERASED     0xFF

static uint32_t operations;

int __real_flash_area_write(const struct flash_area *area, off_t offset, const void *from,
			    size_t len);
int __wrap_flash_area_write(const struct flash_area *area, off_t offset, const void *from,
			    size_t len);
int __real_flash_area_erase(const struct flash_area *area, off_t offset, size_t len);
int __wrap_flash_area_erase(const struct flash_area *area, off_t offset, size_t len);

/* Whether this operation is the one, and then how many of its bytes are done. */
static bool is_cut(size_t len, size_t unit, size_t *part)
{
	uint32_t percent;
	uint32_t at = akira_option_flash_cut(&percent);

	operations++;
	*part = ROUND_DOWN(len / 100 * percent + len % 100 * percent / 100, unit);

	return operations == at;
}

static void cut(const char *what, off_t offset, size_t part, size_t len)
{
	char text[96];

	(void)snprintf(text, sizeof(text),
		       "akira: power cut at flash operation %u, %s at 0x%lx, %zu of %zu\n",
		       operations, what, (unsigned long)offset, part, len);
	akira_host_cut_power(text);
}

int __wrap_flash_area_write(const struct flash_area *area, off_t offset, const void *from,
			    size_t len)
{
	size_t part;

	if (is_cut(len, WRITE_UNIT, &part)) {
		if (part > 0) {
			(void)__real_flash_area_write(area, offset, from, part);
		}
		cut("write", offset, part, len);
	}

	return __real_flash_area_write(area, offset, from, len);
}

int __wrap_flash_area_erase(const struct flash_area *area, off_t offset, size_t len)
{
	size_t part;

	if (is_cut(len, 1, &part)) {
		/* The simulated flash itself erases whole pages only. */
		size_t size;
		uint8_t *cells = flash_simulator_get_memory(area->fa_dev, &size);

		memset(&cells[area->fa_off + offset], ERASED, part);
		cut("erase", offset, part, len);
	}

	return __real_flash_area_erase(area, offset, len);
}
