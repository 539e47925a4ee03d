/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Input: what Zephyr's input devices report, as the eight buttons, the touch screen and the analog
 * channels of the native API. Runs on the thread of Zephyr's input subsystem.
 *
 * Touches are what the devicetree's chosen zephyr,touch reports, so that the axes of a stick, which
 * have the same codes, are not taken for them.
 */

#include <zephyr/device.h>
#include <zephyr/devicetree.h>
#include <zephyr/input/input.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/util.h>

#include <akira/platform.h>
#include "akira.h"
#include "input_axes.h"

BUILD_ASSERT(!IS_ENABLED(CONFIG_INPUT_THREAD_PRIORITY_OVERRIDE) ||
		     CONFIG_INPUT_THREAD_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "the input thread must be more urgent than the apps");

/* What the native API can tell apart. */
#define BUTTONS             8
#define ANALOG_CHANNELS_MAX 8

BUILD_ASSERT(AKIRA_ANALOG_CHANNELS <= ANALOG_CHANNELS_MAX,
	     "there are more analog axes than channels");

struct key {
	uint16_t code;
	uint8_t button;
};

#define BOARD_KEY(node, property, index)                                                           \
	{.code = DT_PROP_BY_IDX(node, property, index), .button = (index)},

#if DT_NODE_HAS_PROP(AKIRA_INPUT_NODE, button_codes)
BUILD_ASSERT(DT_PROP_LEN(AKIRA_INPUT_NODE, button_codes) <= BUTTONS, "there are eight buttons");
#endif

/* Those that keys and pads usually have, and the board's own, which override them. */
static const struct key keys[] = {{INPUT_BTN_A, 0},
				  {INPUT_BTN_B, 1},
				  {INPUT_BTN_C, 2},
				  {INPUT_BTN_Y, 3},
				  {INPUT_BTN_X, 2},
				  {INPUT_BTN_DPAD_UP, 4},
				  {INPUT_BTN_DPAD_DOWN, 5},
				  {INPUT_BTN_DPAD_LEFT, 6},
				  {INPUT_BTN_DPAD_RIGHT, 7},
				  {INPUT_BTN_0, 0},
				  {INPUT_BTN_1, 1},
				  {INPUT_BTN_2, 2},
				  {INPUT_BTN_3, 3},
				  {INPUT_KEY_0, 0},
				  {INPUT_KEY_1, 1},
				  {INPUT_KEY_2, 2},
				  {INPUT_KEY_3, 3},
				  {INPUT_KEY_A, 0},
				  {INPUT_KEY_B, 1},
				  {INPUT_KEY_C, 2},
				  {INPUT_KEY_D, 3},
				  {INPUT_KEY_ENTER, 0},
				  {INPUT_KEY_ESC, 1},
				  {INPUT_KEY_BACK, 1},
				  {INPUT_KEY_UP, 4},
				  {INPUT_KEY_DOWN, 5},
				  {INPUT_KEY_LEFT, 6},
				  {INPUT_KEY_RIGHT, 7},
#if DT_NODE_HAS_PROP(AKIRA_INPUT_NODE, button_codes)
				  DT_FOREACH_PROP_ELEM(AKIRA_INPUT_NODE, button_codes, BOARD_KEY)
#endif
};

/* Codes that the devicetree's key nodes report. */
#define KEY_CODE(node)                                                                             \
	COND_CODE_1(DT_NODE_HAS_PROP(node, zephyr_code), (DT_PROP(node, zephyr_code),), ())
#define KEY_CODES(node) DT_FOREACH_CHILD(node, KEY_CODE)

static const uint16_t codes_there[] = {
	/* So that it is never empty. */
	INPUT_KEY_RESERVED,
	DT_FOREACH_STATUS_OKAY(gpio_keys, KEY_CODES) DT_FOREACH_STATUS_OKAY(adc_keys, KEY_CODES)};

#if DT_HAS_CHOSEN(zephyr_touch) && DT_NODE_HAS_STATUS_OKAY(DT_CHOSEN(zephyr_touch))
/* Weak, since a board may choose a touch screen whose driver this image leaves out. */
extern const struct device DEVICE_DT_NAME_GET(DT_CHOSEN(zephyr_touch)) __weak;
#define TOUCH_DEVICE DEVICE_DT_GET(DT_CHOSEN(zephyr_touch))
#else
#define TOUCH_DEVICE NULL
#endif

/* What has been reported. Only the input thread uses it. */
static struct {
	/* The keys of the table above that are held. */
	bool held[ARRAY_SIZE(keys)];
	struct {
		int32_t x;
		int32_t y;
		int32_t slot;
		bool touched;
		bool changed;
	} touch;
	/* A channel's last value plus one; 0 is none yet. */
	uint32_t analog[AKIRA_ANALOG_CHANNELS + 1];
} state;

static const struct device *touch_device(void)
{
	const struct device *touch = TOUCH_DEVICE;

	return touch != NULL && device_is_ready(touch) ? touch : NULL;
}

static int find_key(uint16_t code)
{
	int key = ARRAY_SIZE(keys) - 1;

	while (key >= 0 && keys[key].code != code) {
		key--;
	}

	return key;
}

static bool is_pressed(uint8_t button)
{
	ARRAY_FOR_EACH(keys, i) {
		if (keys[i].button == button && state.held[i]) {
			return true;
		}
	}

	return false;
}

/* A button is pressed while any of its keys is. */
static void take_key(uint16_t code, bool pressed)
{
	int key = find_key(code);
	uint8_t button;
	bool before;

	if (key < 0) {
		return;
	}
	button = keys[key].button;
	before = is_pressed(button);
	state.held[key] = pressed;
	if (is_pressed(button) != before) {
		akira_input_event(AKIRA_INPUT_BUTTON, button, !before);
	}
}

/* A touch is told when the device has told all of it. */
static void sync_touch(void)
{
	uint32_t x = CLAMP(state.touch.x, 0, UINT16_MAX);
	uint32_t y = CLAMP(state.touch.y, 0, UINT16_MAX);

	if (state.touch.changed) {
		state.touch.changed = false;
		akira_input_event(AKIRA_INPUT_TOUCH, x << 16 | y, state.touch.touched);
	}
}

/* Takes what belongs to touching; false for what else a touch screen may report. */
static bool take_touch(const struct input_event *event)
{
	if (event->type == INPUT_EV_ABS && event->code == INPUT_ABS_MT_SLOT) {
		state.touch.slot = event->value;
	} else if (event->type == INPUT_EV_ABS && event->code == INPUT_ABS_X) {
		if (state.touch.slot == 0) {
			state.touch.x = event->value;
			state.touch.changed = true;
		}
	} else if (event->type == INPUT_EV_ABS && event->code == INPUT_ABS_Y) {
		if (state.touch.slot == 0) {
			state.touch.y = event->value;
			state.touch.changed = true;
		}
	} else if (event->type == INPUT_EV_KEY && event->code == INPUT_BTN_TOUCH) {
		if (state.touch.slot == 0) {
			state.touch.touched = event->value != 0;
			state.touch.changed = true;
		}
	} else {
		return false;
	}

	return true;
}

static void take_axis(uint16_t code, int32_t value)
{
	int channel = akira_axis_channel(code);
	uint16_t scaled;

	if (channel < 0) {
		return;
	}
	scaled = akira_axis_scale(channel, value);
	/* Some devices report all their axes when one has moved. */
	if (state.analog[channel] != scaled + 1U) {
		state.analog[channel] = scaled + 1U;
		akira_input_event(AKIRA_INPUT_ANALOG, channel, scaled);
	}
}

static void on_input(struct input_event *event, void *unused)
{
	bool is_touch = event->dev != NULL && event->dev == touch_device();

	ARG_UNUSED(unused);

	if (is_touch && take_touch(event)) {
		/* It is told below. */
	} else if (event->type == INPUT_EV_KEY) {
		take_key(event->code, event->value != 0);
	} else if (event->type == INPUT_EV_ABS) {
		take_axis(event->code, event->value);
	}

	if (is_touch && event->sync) {
		sync_touch();
	}
}

INPUT_CALLBACK_DEFINE(NULL, on_input, NULL);

void akira_input_info(struct akira_input_info *info)
{
	*info = (struct akira_input_info){
		.touch = touch_device() != NULL,
		.analog = AKIRA_ANALOG_CHANNELS,
	};
	ARRAY_FOR_EACH(codes_there, i) {
		int key = find_key(codes_there[i]);

		if (key >= 0) {
			info->buttons |= BIT(keys[key].button);
		}
	}
#if DT_NODE_HAS_PROP(AKIRA_INPUT_NODE, button_codes)
	info->buttons |= BIT_MASK(DT_PROP_LEN(AKIRA_INPUT_NODE, button_codes));
#endif
}
