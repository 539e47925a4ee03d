/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A simulated sensor device (akira,sim-sensor) with a channel for every sensor of the native API.
 * What it measures is set by akira_sim_sensor(); a fetch takes the measurement.
 */

#define DT_DRV_COMPAT akira_sim_sensor

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>

#include <akira/platform.h>
#include "sensor.h"

BUILD_ASSERT(DT_NUM_INST_STATUS_OKAY(DT_DRV_COMPAT) == 1, "one simulated sensor is enough");

/* In the native API's units and order. */
static const float at_start[AKIRA_SENSOR_IDS] = {
	[0] = 21.5f,   [1] = 45.0f,   [2] = 1013.25f, [5] = 9.81f,  [9] = 20.0f,
	[11] = -43.0f, [12] = 300.0f, [14] = 3.3f,    [15] = 0.05f,
};

/* What there is to measure of one channel, and what was measured last. */
struct quantity {
	enum sensor_channel channel;
	struct sensor_value now;
	struct sensor_value fetched;
};

static struct quantity quantities[AKIRA_SENSOR_IDS];
static struct k_spinlock lock;

static int sim_sensor_sample_fetch(const struct device *dev, enum sensor_channel channel)
{
	k_spinlock_key_t key;
	int ret = -ENOTSUP;

	ARG_UNUSED(dev);

	key = k_spin_lock(&lock);
	ARRAY_FOR_EACH_PTR(quantities, quantity) {
		if (channel == SENSOR_CHAN_ALL || channel == quantity->channel) {
			quantity->fetched = quantity->now;
			ret = 0;
		}
	}
	k_spin_unlock(&lock, key);

	return ret;
}

static int sim_sensor_channel_get(const struct device *dev, enum sensor_channel channel,
				  struct sensor_value *value)
{
	k_spinlock_key_t key;
	int ret = -ENOTSUP;

	ARG_UNUSED(dev);

	key = k_spin_lock(&lock);
	ARRAY_FOR_EACH_PTR(quantities, quantity) {
		if (channel == quantity->channel) {
			*value = quantity->fetched;
			ret = 0;
		}
	}
	k_spin_unlock(&lock, key);

	return ret;
}

int akira_sim_sensor(uint8_t id, float value)
{
	enum sensor_channel channel;
	struct sensor_value now;
	k_spinlock_key_t key;
	int ret = akira_sensor_to_zephyr(id, value, &channel, &now);

	if (ret < 0) {
		return ret;
	}

	key = k_spin_lock(&lock);
	quantities[id].channel = channel;
	quantities[id].now = now;
	k_spin_unlock(&lock, key);

	return 0;
}

static int sim_sensor_init(const struct device *dev)
{
	ARG_UNUSED(dev);

	ARRAY_FOR_EACH(at_start, id) {
		int ret = akira_sim_sensor(id, at_start[id]);

		if (ret < 0) {
			return ret;
		}
	}

	return 0;
}

static DEVICE_API(sensor, sim_sensor_api) = {
	.sample_fetch = sim_sensor_sample_fetch,
	.channel_get = sim_sensor_channel_get,
};

SENSOR_DEVICE_DT_INST_DEFINE(0, sim_sensor_init, NULL, NULL, NULL, POST_KERNEL,
			     CONFIG_SENSOR_INIT_PRIORITY, &sim_sensor_api);
