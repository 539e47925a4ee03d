/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Sensors: those of the devicetree's akira,sensors node, through Zephyr's sensor API.
 *
 * Which device measures what is found out at boot, by asking each for each channel. Values come in
 * the native API's units, which for pressure, rotation and magnetic field are not Zephyr's.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/devicetree.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include <akira/platform.h>
#include "errnos.h"
#include "sensor.h"

LOG_MODULE_REGISTER(akira_sensor, LOG_LEVEL_WRN);

#define SENSORS_NODE DT_COMPAT_GET_ANY_STATUS_OKAY(akira_sensors)
#define NONE         SENSOR_CHAN_ALL
#define PI           3.14159265358979323846

/* How a sensor id is measured. */
struct measure {
	enum sensor_channel channel;
	/* For devices that give three axes only together; NONE where there are none. */
	enum sensor_channel together;
	/* Taken when no device has the channel. */
	enum sensor_channel instead;
	/* The native API's unit is this many of Zephyr's... */
	double scale;
	/* ... of which the last digits of Zephyr's millionths say nothing beyond this. */
	double step;
};

/* Hectopascal from kilopascal, degrees from radians, microtesla from gauss. */
#define PLAIN(name, instead_of)                                                                    \
	{                                                                                          \
		SENSOR_CHAN_##name, NONE, instead_of, 1.0, 1e-6                                    \
	}
#define ACCEL(axis)                                                                                \
	{                                                                                          \
		SENSOR_CHAN_ACCEL_##axis, SENSOR_CHAN_ACCEL_XYZ, NONE, 1.0, 1e-6                   \
	}
#define GYRO(axis)                                                                                 \
	{                                                                                          \
		SENSOR_CHAN_GYRO_##axis, SENSOR_CHAN_GYRO_XYZ, NONE, 180.0 / PI, 1e-4              \
	}
#define MAGN(axis)                                                                                 \
	{                                                                                          \
		SENSOR_CHAN_MAGN_##axis, SENSOR_CHAN_MAGN_XYZ, NONE, 100.0, 1e-4                   \
	}

static const struct measure measures[AKIRA_SENSOR_IDS] = {
	PLAIN(AMBIENT_TEMP, SENSOR_CHAN_DIE_TEMP),
	PLAIN(HUMIDITY, NONE),
	{SENSOR_CHAN_PRESS, NONE, NONE, 10.0, 1e-5},
	ACCEL(X),
	ACCEL(Y),
	ACCEL(Z),
	GYRO(X),
	GYRO(Y),
	GYRO(Z),
	MAGN(X),
	MAGN(Y),
	MAGN(Z),
	PLAIN(LIGHT, NONE),
	PLAIN(PROX, NONE),
	PLAIN(VOLTAGE, SENSOR_CHAN_GAUGE_VOLTAGE),
	PLAIN(CURRENT, SENSOR_CHAN_GAUGE_AVG_CURRENT),
};

#define DEVICE_OF(node, property, index) DEVICE_DT_GET(DT_PHANDLE_BY_IDX(node, property, index)),

static const struct device *const devices[] = {
	DT_FOREACH_PROP_ELEM(SENSORS_NODE, sensors, DEVICE_OF)};

/* Where each id is measured; not changed after boot. */
static struct {
	const struct device *device;
	enum sensor_channel channel;
	/* The value's place among those that the channel gives. */
	uint8_t place;
} sources[AKIRA_SENSOR_IDS];

/* One measurement at a time: what a fetch brings must not be replaced before it is read. */
static K_MUTEX_DEFINE(lock);

static int64_t nearest(double value)
{
	return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

/* Whether a device gives a channel. A device that has nothing to give yet has it. */
static bool has(const struct device *device, enum sensor_channel channel)
{
	struct sensor_value values[3];
	int ret = channel == NONE ? -ENOTSUP : sensor_channel_get(device, channel, values);

	return ret == 0 || ret == -EAGAIN || ret == -EBUSY || ret == -ENODATA;
}

static void look_on(const struct device *device)
{
	if (!device_is_ready(device)) {
		LOG_ERR("%s is not ready; apps see none of its sensors", device->name);
		return;
	}
	/* Some drivers know their channels only then. If it fails, a read will tell. */
	(void)sensor_sample_fetch(device);

	ARRAY_FOR_EACH(measures, id) {
		const struct measure *measure = &measures[id];

		if (sources[id].device != NULL) {
			continue;
		}
		if (has(device, measure->channel)) {
			sources[id].channel = measure->channel;
		} else if (has(device, measure->together)) {
			sources[id].channel = measure->together;
			/* X, Y and Z follow each other in Zephyr's list, and then the three. */
			sources[id].place = 3 - (measure->together - measure->channel);
		} else {
			continue;
		}
		sources[id].device = device;
	}
}

static int sensor_init(void)
{
	ARRAY_FOR_EACH(devices, i) {
		look_on(devices[i]);
	}
	/* What is second best on any device comes after what is best on all of them. */
	ARRAY_FOR_EACH(measures, id) {
		for (size_t i = 0; i < ARRAY_SIZE(devices) && sources[id].device == NULL; i++) {
			if (device_is_ready(devices[i]) && has(devices[i], measures[id].instead)) {
				sources[id].device = devices[i];
				sources[id].channel = measures[id].instead;
			}
		}
	}

	return 0;
}

SYS_INIT(sensor_init, APPLICATION, CONFIG_APPLICATION_INIT_PRIORITY);

size_t akira_sensor_ids(uint8_t *out, size_t len)
{
	size_t count = 0;

	ARRAY_FOR_EACH(sources, id) {
		if (sources[id].device == NULL) {
			continue;
		}
		if (count < len) {
			out[count] = id;
		}
		count++;
	}

	return count;
}

int akira_sensor_read(uint8_t id, float *value)
{
	struct sensor_value values[3];
	const struct measure *measure;
	int ret;

	if (id >= AKIRA_SENSOR_IDS || sources[id].device == NULL) {
		return -ENOENT;
	}

	(void)k_mutex_lock(&lock, K_FOREVER);
	ret = sensor_sample_fetch(sources[id].device);
	if (ret == -ENOTSUP || ret == -EINVAL) {
		/* Some drivers fetch single channels only. */
		ret = sensor_sample_fetch_chan(sources[id].device, sources[id].channel);
	}
	if (ret == 0) {
		ret = sensor_channel_get(sources[id].device, sources[id].channel, values);
	}
	(void)k_mutex_unlock(&lock);
	if (ret < 0) {
		return ret == -ENODATA ? -EAGAIN : akira_errno(-ret);
	}

	measure = &measures[id];
	*value = (float)(nearest(sensor_value_to_double(&values[sources[id].place]) *
				 measure->scale / measure->step) *
			 measure->step);

	return 0;
}

int akira_sensor_to_zephyr(uint8_t id, float value, enum sensor_channel *channel,
			   struct sensor_value *zephyr)
{
	const struct measure *measure;
	double scaled;

	if (id >= AKIRA_SENSOR_IDS) {
		return -ENOENT;
	}
	measure = &measures[id];
	scaled = (double)value / measure->scale;
	/* False for what is not a number, too. */
	if (!(scaled > INT32_MIN && scaled < INT32_MAX)) {
		return -EINVAL;
	}
	*channel = measure->channel;

	return sensor_value_from_micro(zephyr, nearest(scaled * 1e6));
}
