/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Random numbers of an emulated board (akira,semihost-entropy): those of the computer it runs on,
 * from its /dev/urandom by semihosting. An emulator that was started without semihosting stops
 * here.
 */

#define DT_DRV_COMPAT akira_semihost_entropy

#include <errno.h>

#include <zephyr/arch/common/semihost.h>
#include <zephyr/device.h>
#include <zephyr/drivers/entropy.h>
#include <zephyr/kernel.h>

/* The host's file stays open; a negative handle says that it could not be opened. */
static long source = -1;

static int semihost_entropy_get(const struct device *dev, uint8_t *out, uint16_t len)
{
	ARG_UNUSED(dev);

	if (source < 0) {
		return -EIO;
	}

	while (len > 0) {
		long got = semihost_read(source, out, len);

		if (got <= 0) {
			return -EIO;
		}
		out += got;
		len -= got;
	}

	return 0;
}

static DEVICE_API(entropy, semihost_entropy_api) = {
	.get_entropy = semihost_entropy_get,
};

static int semihost_entropy_init(const struct device *dev)
{
	ARG_UNUSED(dev);

	source = semihost_open("/dev/urandom", SEMIHOST_OPEN_RB);

	return source < 0 ? -ENODEV : 0;
}

BUILD_ASSERT(DT_NUM_INST_STATUS_OKAY(DT_DRV_COMPAT) == 1, "one such source is enough");

DEVICE_DT_INST_DEFINE(0, semihost_entropy_init, NULL, NULL, NULL, PRE_KERNEL_1,
		      CONFIG_ENTROPY_INIT_PRIORITY, &semihost_entropy_api);
