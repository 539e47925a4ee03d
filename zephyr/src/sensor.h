/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The sensor ids of the native API and Zephyr's sensor channels.
 */

#ifndef AKIRA_SENSOR_H_
#define AKIRA_SENSOR_H_

#include <stdbool.h>
#include <stdint.h>

#include <zephyr/drivers/sensor.h>

/**
 * @brief The channel of a sensor id, and a value of it in Zephyr's unit.
 *
 * @retval 0 Both are set.
 * @retval -ENOENT There is no such id.
 * @retval -EINVAL The value is no number, or Zephyr's sensor_value cannot hold it.
 */
int akira_sensor_to_zephyr(uint8_t id, float value, enum sensor_channel *channel,
			   struct sensor_value *zephyr);

#endif /* AKIRA_SENSOR_H_ */
