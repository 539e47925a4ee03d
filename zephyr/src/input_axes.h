/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The analog channels: those that the akira,input node names, else the axes of analog-axis nodes.
 */

#ifndef AKIRA_INPUT_AXES_H_
#define AKIRA_INPUT_AXES_H_

#include <stdint.h>

#include <zephyr/devicetree.h>

#define AKIRA_INPUT_NODE DT_COMPAT_GET_ANY_STATUS_OKAY(akira_input)

#if DT_NODE_HAS_PROP(AKIRA_INPUT_NODE, analog_codes)
#define AKIRA_ANALOG_CHANNELS DT_PROP_LEN(AKIRA_INPUT_NODE, analog_codes)
#else
#define AKIRA_ANALOG_COUNT(node) +DT_CHILD_NUM(node)
#define AKIRA_ANALOG_CHANNELS    (0 DT_FOREACH_STATUS_OKAY(analog_axis, AKIRA_ANALOG_COUNT))
#endif

/** The channel of axis @p code; -1 when it has none. */
int akira_axis_channel(uint16_t code);

/** The axis of a channel that there is. */
uint16_t akira_axis_code(int channel);

/** A value that the axis of @p channel reports, as 0 to 65535. */
uint16_t akira_axis_scale(int channel, int32_t value);

/** The reverse: what the axis reports for 0 to 65535. */
int32_t akira_axis_unscale(int channel, uint16_t value);

#endif /* AKIRA_INPUT_AXES_H_ */
