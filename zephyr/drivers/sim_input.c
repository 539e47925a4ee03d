/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Simulated input (akira,sim-input): buttons, a touch screen and analog axes that akira_sim_input()
 * moves. It reports through Zephyr's input subsystem, as any driver does.
 */

#define DT_DRV_COMPAT akira_sim_input

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/init.h>
#include <zephyr/input/input.h>
#include <zephyr/kernel.h>

#include <akira/platform.h>
#include "input_axes.h"

BUILD_ASSERT(DT_NUM_INST_STATUS_OKAY(DT_DRV_COMPAT) == 1, "one simulated input is enough");

/* How long to wait for room in the queue of events. */
#define ROOM K_MSEC(100)

static const struct device *const input = DEVICE_DT_INST_GET(0);

/* So that the parts of one touch are not mixed with those of another. */
static K_MUTEX_DEFINE(lock);

static const uint16_t buttons[] = {
	INPUT_BTN_A,       INPUT_BTN_B,         INPUT_BTN_C,         INPUT_BTN_Y,
	INPUT_BTN_DPAD_UP, INPUT_BTN_DPAD_DOWN, INPUT_BTN_DPAD_LEFT, INPUT_BTN_DPAD_RIGHT,
};

static int press(uint32_t button, int32_t value)
{
	if (button >= ARRAY_SIZE(buttons)) {
		return -ENOENT;
	}
	if (value != 0 && value != 1) {
		return -EINVAL;
	}

	return input_report_key(input, buttons[button], value, true, ROOM);
}

static int touch(uint32_t place, int32_t value)
{
	int ret;

	if (value != 0 && value != 1) {
		return -EINVAL;
	}

	(void)k_mutex_lock(&lock, K_FOREVER);
	ret = input_report_abs(input, INPUT_ABS_X, place >> 16, false, ROOM);
	if (ret == 0) {
		ret = input_report_abs(input, INPUT_ABS_Y, place & 0xffff, false, ROOM);
	}
	if (ret == 0) {
		ret = input_report_key(input, INPUT_BTN_TOUCH, value, true, ROOM);
	}
	(void)k_mutex_unlock(&lock);

	return ret;
}

static int move(uint32_t channel, int32_t value)
{
	if (channel >= AKIRA_ANALOG_CHANNELS) {
		return -ENOENT;
	}
	if (value < 0 || value > UINT16_MAX) {
		return -EINVAL;
	}

	return input_report_abs(input, akira_axis_code(channel), akira_axis_unscale(channel, value),
				true, ROOM);
}

int akira_sim_input(uint32_t kind, uint32_t code, int32_t value)
{
	int ret;

	switch (kind) {
	case AKIRA_INPUT_BUTTON:
		ret = press(code, value);
		break;
	case AKIRA_INPUT_TOUCH:
		ret = touch(code, value);
		break;
	case AKIRA_INPUT_ANALOG:
		ret = move(code, value);
		break;
	default:
		return -EINVAL;
	}

	/* The queue's own answer when it stays full. */
	return ret == -ENOMSG ? -EAGAIN : ret;
}

DEVICE_DT_INST_DEFINE(0, NULL, NULL, NULL, NULL, POST_KERNEL, CONFIG_INPUT_INIT_PRIORITY, NULL);
