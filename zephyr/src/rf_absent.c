/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * In place of rf.c on a device without a packet radio.
 */

#include <errno.h>

#include <zephyr/toolchain.h>

#include <akira/platform.h>

bool akira_rf_present(void)
{
	return false;
}

void akira_rf_tuning(uint32_t *frequency_hz, int8_t *power_dbm)
{
	*frequency_hz = 0;
	*power_dbm = 0;
}

int akira_rf_send(const void *packet, size_t len)
{
	ARG_UNUSED(packet);
	ARG_UNUSED(len);

	return -ENODEV;
}

int akira_rf_tune(uint32_t frequency_hz, int8_t power_dbm)
{
	ARG_UNUSED(frequency_hz);
	ARG_UNUSED(power_dbm);

	return -ENODEV;
}
