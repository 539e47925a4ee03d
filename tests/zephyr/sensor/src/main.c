/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Sensors: which a device has, what they measure and in which unit.
 */

#include <errno.h>
#include <math.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

#define HAS_SIM  (IS_ENABLED(CONFIG_AKIRA_SIM_SENSOR))
#define HAS_TEST (DT_NODE_EXISTS(DT_NODELABEL(test_together)))

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

static __maybe_unused float read_value(uint8_t id)
{
	float value = NAN;

	zassert_ok(akira_sensor_read(id, &value), "sensor %u", id);

	return value;
}

static __maybe_unused void check_ids(const uint8_t *expected, size_t count)
{
	uint8_t ids[AKIRA_SENSOR_IDS + 1];

	memset(ids, 0xff, sizeof(ids));
	zassert_equal(akira_sensor_ids(ids, sizeof(ids)), count);
	for (size_t i = 0; i < count; i++) {
		zassert_equal(ids[i], expected[i], "place %zu", i);
	}
	zassert_equal(ids[count], 0xff);

	/* Cut to the room that there is. */
	memset(ids, 0xff, sizeof(ids));
	zassert_equal(akira_sensor_ids(ids, 1), count);
	zassert_equal(ids[1], 0xff);
	zassert_equal(akira_sensor_ids(NULL, 0), count);
}

static void *setup(void)
{
#if defined(CONFIG_AKIRA_SIM_SENSOR)
	static const float at_start[AKIRA_SENSOR_IDS] = {
		21.5f, 45.0f, 1013.25f, 0.0f,   0.0f,   9.81f, 0.0f, 0.0f,
		0.0f,  20.0f, 0.0f,     -43.0f, 300.0f, 0.0f,  3.3f, 0.05f,
	};

	/* Before any test sets others. */
	ARRAY_FOR_EACH(at_start, id) {
		if (!HAS_TEST || id < 3 || id > 5) {
			zassert_equal(read_value(id), at_start[id], "sensor %zu starts with %f", id,
				      (double)read_value(id));
		}
	}
#endif

	return NULL;
}

ZTEST_SUITE(sensor, NULL, setup, NULL, NULL, NULL);

ZTEST(sensor, test_an_id_that_does_not_exist)
{
	float value = 1.0f;

	zassert_equal(akira_sensor_read(AKIRA_SENSOR_IDS, &value), -ENOENT);
	zassert_equal(akira_sensor_read(UINT8_MAX, &value), -ENOENT);
	zassert_equal(value, 1.0f);
}

#if !defined(CONFIG_AKIRA_SENSORS)

ZTEST(sensor, test_no_sensors)
{
	float value;

	check_ids(NULL, 0);
	for (uint8_t id = 0; id < AKIRA_SENSOR_IDS; id++) {
		zassert_equal(akira_sensor_read(id, &value), -ENOENT);
		zassert_equal(akira_sim_sensor(id, 1.0f), -EOPNOTSUPP);
	}
}

#endif

#if defined(CONFIG_AKIRA_SIM_SENSOR)

ZTEST(sensor, test_all_ids_are_there)
{
	uint8_t ids[AKIRA_SENSOR_IDS];

	ARRAY_FOR_EACH(ids, i) {
		ids[i] = i;
	}
	check_ids(ids, ARRAY_SIZE(ids));
}

ZTEST(sensor, test_ids_are_set_one_by_one)
{
	for (uint8_t id = 0; id < AKIRA_SENSOR_IDS; id++) {
		if (HAS_TEST && id >= 3 && id <= 5) {
			continue;
		}
		zassert_ok(akira_sim_sensor(id, 100.0f + id));
	}
	for (uint8_t id = 0; id < AKIRA_SENSOR_IDS; id++) {
		if (HAS_TEST && id >= 3 && id <= 5) {
			continue;
		}
		zassert_equal(read_value(id), 100.0f + id, "sensor %u is %f", id,
			      (double)read_value(id));
	}
}

/* What is set is what is read, to the last digit that people write. */
ZTEST(sensor, test_values_come_back)
{
	static const float values[] = {0.0f,  0.5f,   -0.5f,    21.5f,   -273.15f, 45.0f,
				       9.81f, 0.001f, 1013.25f, 2000.0f, -0.25f,   123.4567f};

	for (uint8_t id = 6; id < AKIRA_SENSOR_IDS; id++) {
		ARRAY_FOR_EACH(values, i) {
			zassert_ok(akira_sim_sensor(id, values[i]));
			zassert_within(read_value(id), values[i], fabsf(values[i]) * 1e-6f + 1e-5f,
				       "sensor %u: %f", id, (double)values[i]);
		}
	}
	zassert_ok(akira_sim_sensor(2, 1013.25f));
	zassert_equal(read_value(2), 1013.25f);
	zassert_ok(akira_sim_sensor(6, -45.0f));
	zassert_equal(read_value(6), -45.0f);
}

/* The device itself has Zephyr's units. */
ZTEST(sensor, test_units)
{
	const struct device *device = DEVICE_DT_GET(DT_NODELABEL(sim_sensor));
	static const struct {
		uint8_t id;
		float value;
		enum sensor_channel channel;
		int64_t micro;
	} cases[] = {
		{0, 21.5f, SENSOR_CHAN_AMBIENT_TEMP, 21500000},
		{1, 45.0f, SENSOR_CHAN_HUMIDITY, 45000000},
		/* 1013.25 hPa are 101.325 kPa. */
		{2, 1013.25f, SENSOR_CHAN_PRESS, 101325000},
		{5, 9.5f, SENSOR_CHAN_ACCEL_Z, 9500000},
		/* 180 degrees are pi radians. */
		{6, 180.0f, SENSOR_CHAN_GYRO_X, 3141593},
		{7, -90.0f, SENSOR_CHAN_GYRO_Y, -1570796},
		/* 100 microtesla are 1 gauss. */
		{9, 20.0f, SENSOR_CHAN_MAGN_X, 200000},
		{11, -43.0f, SENSOR_CHAN_MAGN_Z, -430000},
		{12, 300.0f, SENSOR_CHAN_LIGHT, 300000000},
		{13, 1.0f, SENSOR_CHAN_PROX, 1000000},
		{14, 3.25f, SENSOR_CHAN_VOLTAGE, 3250000},
		{15, -0.5f, SENSOR_CHAN_CURRENT, -500000},
	};

	ARRAY_FOR_EACH(cases, i) {
		struct sensor_value value;

		zassert_ok(akira_sim_sensor(cases[i].id, cases[i].value));
		zassert_ok(sensor_sample_fetch(device));
		zassert_ok(sensor_channel_get(device, cases[i].channel, &value));
		zassert_equal(sensor_value_to_micro(&value), cases[i].micro, "sensor %u",
			      cases[i].id);
	}
}

ZTEST(sensor, test_what_cannot_be_measured)
{
	zassert_ok(akira_sim_sensor(0, 21.5f));
	zassert_equal(akira_sim_sensor(0, NAN), -EINVAL);
	zassert_equal(akira_sim_sensor(0, INFINITY), -EINVAL);
	zassert_equal(akira_sim_sensor(0, -INFINITY), -EINVAL);
	zassert_equal(akira_sim_sensor(0, 3e9f), -EINVAL);
	zassert_equal(akira_sim_sensor(AKIRA_SENSOR_IDS, 1.0f), -ENOENT);
	zassert_equal(akira_sim_sensor(UINT8_MAX, 1.0f), -ENOENT);
	zassert_equal(read_value(0), 21.5f);
}

#endif /* CONFIG_AKIRA_SIM_SENSOR */

#if DT_NODE_EXISTS(DT_NODELABEL(test_together))

ZTEST(sensor, test_axes_that_come_together)
{
	zassert_equal(read_value(3), -1.0f);
	zassert_equal(read_value(4), -2.25f);
	zassert_equal(read_value(5), -3.25f);
}

/* The battery's voltage and the chip's temperature are taken where there is nothing better. */
ZTEST(sensor, test_second_best)
{
	if (HAS_SIM) {
		zassert_ok(akira_sim_sensor(0, 22.0f));
		zassert_ok(akira_sim_sensor(14, 5.0f));
		zassert_equal(read_value(0), 22.0f);
		zassert_equal(read_value(14), 5.0f);
	} else {
		static const uint8_t ids[] = {0, 3, 4, 5, 14};

		check_ids(ids, ARRAY_SIZE(ids));
		zassert_equal(read_value(0), -40.5f);
		zassert_equal(read_value(14), 3.7f);
	}
}

#if !defined(CONFIG_AKIRA_SIM_SENSOR)

ZTEST(sensor, test_what_the_board_lacks)
{
	float value;

	zassert_equal(akira_sensor_read(1, &value), -ENOENT);
	zassert_equal(akira_sensor_read(15, &value), -ENOENT);
	zassert_equal(akira_sim_sensor(0, 1.0f), -EOPNOTSUPP);
}

#endif

#endif
