/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * In place of firmware.c on a device without MCUboot's slots.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>

#include <akira/platform.h>

bool akira_firmware_info(struct akira_firmware_info *info)
{
	memset(info, 0, sizeof(*info));

	return false;
}

int akira_firmware_read(uint32_t slot, uint32_t offset, void *out, size_t len)
{
	ARG_UNUSED(slot);
	ARG_UNUSED(offset);
	ARG_UNUSED(out);
	ARG_UNUSED(len);

	return -ENODEV;
}

int akira_firmware_open(uint32_t offset)
{
	ARG_UNUSED(offset);

	return -ENODEV;
}

int akira_firmware_write(const void *data, size_t len)
{
	ARG_UNUSED(data);
	ARG_UNUSED(len);

	return -ENODEV;
}

int akira_firmware_flush(void)
{
	return -ENODEV;
}

int akira_firmware_erase(void)
{
	return -ENODEV;
}

int akira_firmware_request_test(void)
{
	return -ENODEV;
}

int akira_firmware_swap(void)
{
	return -ENODEV;
}

int akira_firmware_confirmed(void)
{
	return -ENODEV;
}

int akira_firmware_confirm(void)
{
	return -ENODEV;
}

size_t akira_firmware_key(size_t index, uint8_t *out)
{
	ARG_UNUSED(index);
	ARG_UNUSED(out);

	return 0;
}

const char *akira_firmware_key_text(size_t *len)
{
	*len = 0;

	return NULL;
}

bool akira_firmware_unsigned(void)
{
	return false;
}
