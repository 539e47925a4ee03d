/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Sensor devices with the manners of some drivers; see the binding.
 */

#define DT_DRV_COMPAT akira_test_sensor

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>

enum manners {
	BROKEN,
	DIE,
	TOGETHER,
};

struct test_sensor_config {
	enum manners manners;
};

struct test_sensor_data {
	bool fetched;
};

static int test_sensor_fetch(const struct device *dev, enum sensor_channel channel)
{
	const struct test_sensor_config *config = dev->config;
	struct test_sensor_data *data = dev->data;

	if (config->manners == TOGETHER && channel != SENSOR_CHAN_ACCEL_XYZ) {
		return -ENOTSUP;
	}
	data->fetched = true;

	return 0;
}

static int test_sensor_get(const struct device *dev, enum sensor_channel channel,
			   struct sensor_value *value)
{
	const struct test_sensor_config *config = dev->config;
	const struct test_sensor_data *data = dev->data;

	if (config->manners == TOGETHER && channel == SENSOR_CHAN_ACCEL_XYZ) {
		if (!data->fetched) {
			return -ENODATA;
		}
		for (int axis = 0; axis < 3; axis++) {
			value[axis] = (struct sensor_value){-axis - 1, axis == 0 ? 0 : -250000};
		}
		return 0;
	}
	if (config->manners == DIE && channel == SENSOR_CHAN_DIE_TEMP) {
		*value = (struct sensor_value){-40, -500000};
		return 0;
	}
	if (config->manners == DIE && channel == SENSOR_CHAN_GAUGE_VOLTAGE) {
		*value = (struct sensor_value){3, 700000};
		return 0;
	}

	return -ENOTSUP;
}

static int test_sensor_init(const struct device *dev)
{
	const struct test_sensor_config *config = dev->config;

	return config->manners == BROKEN ? -EIO : 0;
}

static DEVICE_API(sensor, test_sensor_api) = {
	.sample_fetch = test_sensor_fetch,
	.channel_get = test_sensor_get,
};

#define TEST_SENSOR_DEFINE(n)                                                                      \
	static const struct test_sensor_config test_sensor_config_##n = {                          \
		.manners = DT_INST_ENUM_IDX(n, manners),                                           \
	};                                                                                         \
	static struct test_sensor_data test_sensor_data_##n;                                       \
	SENSOR_DEVICE_DT_INST_DEFINE(n, test_sensor_init, NULL, &test_sensor_data_##n,             \
				     &test_sensor_config_##n, POST_KERNEL,                         \
				     CONFIG_SENSOR_INIT_PRIORITY, &test_sensor_api);

DT_INST_FOREACH_STATUS_OKAY(TEST_SENSOR_DEFINE)
