/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Analog channels and their ranges.
 */

#include <zephyr/sys/util.h>

#include "input_axes.h"

struct axis {
	uint16_t code;
	int32_t min;
	int32_t max;
};

#if DT_NODE_HAS_PROP(AKIRA_INPUT_NODE, analog_codes)

BUILD_ASSERT(DT_PROP_LEN_OR(AKIRA_INPUT_NODE, analog_min, 0) == AKIRA_ANALOG_CHANNELS &&
		     DT_PROP_LEN_OR(AKIRA_INPUT_NODE, analog_max, 0) == AKIRA_ANALOG_CHANNELS,
	     "akira,input needs an analog-min and an analog-max for each of analog-codes");

#define AXIS(node, property, index)                                                                \
	{                                                                                          \
		.code = DT_PROP_BY_IDX(node, property, index),                                     \
		.min = (int32_t)DT_PROP_BY_IDX(node, analog_min, index),                           \
		.max = (int32_t)DT_PROP_BY_IDX(node, analog_max, index),                           \
	},
#define AXES DT_FOREACH_PROP_ELEM(AKIRA_INPUT_NODE, analog_codes, AXIS)

#else

#define AXIS(node)                                                                                 \
	{                                                                                          \
		.code = DT_PROP(node, zephyr_axis),                                                \
		.min = (int32_t)DT_PROP(node, out_min),                                            \
		.max = (int32_t)DT_PROP(node, out_max),                                            \
	},
#define AXES_OF(node) DT_FOREACH_CHILD(node, AXIS)
#define AXES          DT_FOREACH_STATUS_OKAY(analog_axis, AXES_OF)

#endif

/* One more than there are, so that it is never empty. */
static const struct axis axes[AKIRA_ANALOG_CHANNELS + 1] = {AXES};

int akira_axis_channel(uint16_t code)
{
	for (int channel = 0; channel < AKIRA_ANALOG_CHANNELS; channel++) {
		if (axes[channel].code == code) {
			return channel;
		}
	}

	return -1;
}

uint16_t akira_axis_code(int channel)
{
	return axes[channel].code;
}

uint16_t akira_axis_scale(int channel, int32_t value)
{
	const struct axis *axis = &axes[channel];
	int64_t span = (int64_t)axis->max - axis->min;

	/* Nothing moves on an axis whose ends are one, or the wrong way round. */
	if (span <= 0) {
		return UINT16_MAX / 2 + 1;
	}

	return ((int64_t)CLAMP(value, axis->min, axis->max) - axis->min) * UINT16_MAX / span;
}

int32_t akira_axis_unscale(int channel, uint16_t value)
{
	const struct axis *axis = &axes[channel];
	int64_t span = (int64_t)axis->max - axis->min;

	/* Rounded up, so that scaling it gives the same again where the axis is fine enough. */
	return axis->min + (value * span + UINT16_MAX - 1) / UINT16_MAX;
}
