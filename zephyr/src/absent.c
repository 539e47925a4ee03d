/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What is said for parts that a device does not have. Where one is there, its own file replaces
 * these.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/toolchain.h>
#include <zephyr/sys/util.h>

#include <akira/platform.h>

__weak bool akira_bulk_present(void)
{
	return false;
}

__weak size_t akira_bulk_inner_limit(void)
{
	return 0;
}

__weak void *akira_bulk_alloc(size_t size)
{
	ARG_UNUSED(size);

	return NULL;
}

__weak void *akira_bulk_realloc(void *ptr, size_t size)
{
	ARG_UNUSED(ptr);
	ARG_UNUSED(size);

	return NULL;
}

__weak void akira_bulk_free(void *ptr)
{
	ARG_UNUSED(ptr);
}

__weak bool akira_display_info(uint16_t *width, uint16_t *height)
{
	*width = 0;
	*height = 0;

	return false;
}

__weak int akira_display_write(uint16_t x, uint16_t y, uint16_t width, uint16_t height,
			       const uint16_t *pixels)
{
	ARG_UNUSED(x);
	ARG_UNUSED(y);
	ARG_UNUSED(width);
	ARG_UNUSED(height);
	ARG_UNUSED(pixels);

	return -ENODEV;
}

__weak int akira_display_read(uint16_t y, uint16_t *out, size_t len)
{
	ARG_UNUSED(y);
	ARG_UNUSED(out);
	ARG_UNUSED(len);

	return -ENODEV;
}

__weak void akira_input_info(struct akira_input_info *info)
{
	memset(info, 0, sizeof(*info));
}

__weak int akira_sim_input(uint32_t kind, uint32_t code, int32_t value)
{
	ARG_UNUSED(kind);
	ARG_UNUSED(code);
	ARG_UNUSED(value);

	return -EOPNOTSUPP;
}

__weak size_t akira_sensor_ids(uint8_t *out, size_t len)
{
	ARG_UNUSED(out);
	ARG_UNUSED(len);

	return 0;
}

__weak int akira_sensor_read(uint8_t id, float *value)
{
	ARG_UNUSED(id);
	ARG_UNUSED(value);

	return -ENOENT;
}

__weak int akira_sim_sensor(uint8_t id, float value)
{
	ARG_UNUSED(id);
	ARG_UNUSED(value);

	return -EOPNOTSUPP;
}
