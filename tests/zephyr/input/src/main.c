/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Input: events of devices arrive as those of the native API. The suite stands in for the Rust
 * side, which gets them.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/input/input.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

#define IS_BOARD DT_NODE_EXISTS(DT_NODELABEL(test_stick))

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

struct event {
	uint32_t kind;
	uint32_t code;
	int32_t value;
	k_tid_t thread;
};

K_MSGQ_DEFINE(arrived, sizeof(struct event), 64, 4);

void akira_input_event(uint32_t kind, uint32_t code, int32_t value)
{
	struct event event = {kind, code, value, k_current_get()};

	(void)k_msgq_put(&arrived, &event, K_NO_WAIT);
}

#if defined(CONFIG_AKIRA_INPUT)

static void expect(uint32_t kind, uint32_t code, int32_t value)
{
	struct event event;

	zassert_ok(k_msgq_get(&arrived, &event, K_SECONDS(2)), "no event came: %u %x %d", kind,
		   code, value);
	zassert_true(event.kind == kind && event.code == code && event.value == value,
		     "%u %x %d came, not %u %x %d", event.kind, event.code, event.value, kind, code,
		     value);
	zassert_not_equal(event.thread, k_current_get(), "not on the input thread");
	zassert_true(k_thread_priority_get(event.thread) < CONFIG_AKIRA_APP_PRIORITY_FIRST,
		     "apps would hold events up");
}

static void expect_nothing(void)
{
	struct event event;

	k_msleep(100);
	zassert_equal(k_msgq_get(&arrived, &event, K_NO_WAIT), -ENOMSG, "%u %x %d came", event.kind,
		      event.code, event.value);
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);

	k_msleep(100);
	k_msgq_purge(&arrived);
}

static void after(void *fixture)
{
	ARG_UNUSED(fixture);

	expect_nothing();
}

ZTEST_SUITE(input, NULL, NULL, before, after, NULL);

static void report_key(const struct device *device, uint16_t code, bool pressed)
{
	zassert_ok(input_report_key(device, code, pressed, true, K_SECONDS(1)));
}

static void report_axis(const struct device *device, uint16_t code, int32_t value, bool sync)
{
	zassert_ok(input_report_abs(device, code, value, sync, K_SECONDS(1)));
}

ZTEST(input, test_usual_codes_are_buttons)
{
	static const struct {
		uint16_t code;
		uint8_t button;
	} cases[] = {
		{INPUT_BTN_A, 0},          {INPUT_BTN_SOUTH, 0},     {INPUT_KEY_A, 0},
		{INPUT_KEY_ENTER, 0},      {INPUT_KEY_0, 0},         {INPUT_BTN_0, 0},
		{INPUT_BTN_B, 1},          {INPUT_KEY_B, 1},         {INPUT_KEY_ESC, 1},
		{INPUT_BTN_C, 2},          {INPUT_BTN_X, 2},         {INPUT_KEY_C, 2},
		{INPUT_BTN_Y, 3},          {INPUT_KEY_D, 3},         {INPUT_KEY_3, 3},
		{INPUT_BTN_DPAD_UP, 4},    {INPUT_KEY_UP, 4},        {INPUT_BTN_DPAD_DOWN, 5},
		{INPUT_KEY_DOWN, 5},       {INPUT_BTN_DPAD_LEFT, 6}, {INPUT_KEY_LEFT, 6},
		{INPUT_BTN_DPAD_RIGHT, 7}, {INPUT_KEY_RIGHT, 7},
	};

	ARRAY_FOR_EACH(cases, i) {
		report_key(NULL, cases[i].code, true);
		expect(AKIRA_INPUT_BUTTON, cases[i].button, 1);
		report_key(NULL, cases[i].code, false);
		expect(AKIRA_INPUT_BUTTON, cases[i].button, 0);
	}
}

ZTEST(input, test_what_is_no_button_is_left_out)
{
	report_key(NULL, INPUT_KEY_VOLUMEUP, true);
	report_key(NULL, INPUT_KEY_RESERVED, true);
	report_key(NULL, INPUT_BTN_TOUCH, true);
	zassert_ok(input_report_rel(NULL, INPUT_REL_X, 5, true, K_SECONDS(1)));
	report_axis(NULL, INPUT_ABS_WHEEL, 5, true);
}

/* Two keys that are one button, and a key that repeats. */
ZTEST(input, test_a_button_is_pressed_while_any_of_its_keys_is)
{
	report_key(NULL, INPUT_KEY_UP, true);
	expect(AKIRA_INPUT_BUTTON, 4, 1);
	report_key(NULL, INPUT_KEY_UP, true);
	report_key(NULL, INPUT_BTN_DPAD_UP, true);
	report_key(NULL, INPUT_KEY_UP, false);
	expect_nothing();
	report_key(NULL, INPUT_BTN_DPAD_UP, false);
	expect(AKIRA_INPUT_BUTTON, 4, 0);
}

ZTEST(input, test_touches_are_told_whole)
{
	const struct device *touch = DEVICE_DT_GET(DT_CHOSEN(zephyr_touch));

	report_axis(touch, INPUT_ABS_X, 100, false);
	report_axis(touch, INPUT_ABS_Y, 200, false);
	expect_nothing();
	report_key(touch, INPUT_BTN_TOUCH, true);
	expect(AKIRA_INPUT_TOUCH, 100 << 16 | 200, 1);
	/* Only one of the two moves. */
	report_axis(touch, INPUT_ABS_X, 101, true);
	expect(AKIRA_INPUT_TOUCH, 101 << 16 | 200, 1);
	report_key(touch, INPUT_BTN_TOUCH, false);
	expect(AKIRA_INPUT_TOUCH, 101 << 16 | 200, 0);
	/* Off every screen. */
	report_axis(touch, INPUT_ABS_X, -5, false);
	report_axis(touch, INPUT_ABS_Y, 70000, true);
	expect(AKIRA_INPUT_TOUCH, 0xffff, 0);
	/* Fingers beyond the first. */
	report_axis(touch, INPUT_ABS_MT_SLOT, 1, false);
	report_axis(touch, INPUT_ABS_X, 7, false);
	report_key(touch, INPUT_BTN_TOUCH, true);
	expect_nothing();
	report_axis(touch, INPUT_ABS_MT_SLOT, 0, true);
}

/* The axes of something else are not touches. */
ZTEST(input, test_only_the_chosen_device_is_touched)
{
	const struct device *other = DEVICE_DT_GET(DT_NODELABEL(flashcontroller0));

	report_key(other, INPUT_BTN_TOUCH, true);
	report_key(other, INPUT_BTN_TOUCH, false);
}

#if IS_BOARD

#include <zephyr/drivers/adc/adc_emul.h>
#include <zephyr/drivers/gpio/gpio_emul.h>

static const struct device *const pins = DEVICE_DT_GET(DT_NODELABEL(gpio0));
static const struct device *const adc = DEVICE_DT_GET(DT_NODELABEL(adc0));

ZTEST(input, test_board_says_what_it_has)
{
	struct akira_input_info info;

	akira_input_info(&info);
	zassert_equal(info.buttons, BIT(0) | BIT(6));
	zassert_true(info.touch);
	zassert_equal(info.analog, 2);
}

/* From the pin, through Zephyr's driver. */
ZTEST(input, test_board_keys)
{
	zassert_ok(gpio_emul_input_set(pins, 1, 1));
	expect(AKIRA_INPUT_BUTTON, 0, 1);
	zassert_ok(gpio_emul_input_set(pins, 2, 1));
	expect(AKIRA_INPUT_BUTTON, 6, 1);
	zassert_ok(gpio_emul_input_set(pins, 3, 1));
	zassert_ok(gpio_emul_input_set(pins, 1, 0));
	expect(AKIRA_INPUT_BUTTON, 0, 0);
	zassert_ok(gpio_emul_input_set(pins, 2, 0));
	expect(AKIRA_INPUT_BUTTON, 6, 0);
	zassert_ok(gpio_emul_input_set(pins, 3, 0));
}

/* From the voltage, through Zephyr's driver: the ends of the stick's way are those of the range. */
ZTEST(input, test_board_stick)
{
	zassert_ok(adc_emul_const_raw_value_set(adc, 0, 1000));
	expect(AKIRA_INPUT_ANALOG, 0, 65535);
	zassert_ok(adc_emul_const_raw_value_set(adc, 0, 500));
	expect(AKIRA_INPUT_ANALOG, 0, 32767);
	zassert_ok(adc_emul_const_raw_value_set(adc, 1, 1000));
	expect(AKIRA_INPUT_ANALOG, 1, 65535);
	zassert_ok(adc_emul_const_raw_value_set(adc, 0, 0));
	expect(AKIRA_INPUT_ANALOG, 0, 0);
	zassert_ok(adc_emul_const_raw_value_set(adc, 1, 0));
	expect(AKIRA_INPUT_ANALOG, 1, 0);
	/* Beyond the calibrated way. */
	zassert_ok(adc_emul_const_raw_value_set(adc, 0, 1200));
	expect(AKIRA_INPUT_ANALOG, 0, 65535);
	zassert_ok(adc_emul_const_raw_value_set(adc, 0, 0));
	expect(AKIRA_INPUT_ANALOG, 0, 0);
}

#else /* IS_BOARD */

ZTEST(input, test_simulated_input_is_all_there)
{
	struct akira_input_info info;

	akira_input_info(&info);
	zassert_equal(info.buttons, 0xff);
	zassert_true(info.touch);
	zassert_equal(info.analog, 2);
}

ZTEST(input, test_simulated_buttons)
{
	for (uint32_t button = 0; button < 8; button++) {
		zassert_ok(akira_sim_input(AKIRA_INPUT_BUTTON, button, 1));
		expect(AKIRA_INPUT_BUTTON, button, 1);
		zassert_ok(akira_sim_input(AKIRA_INPUT_BUTTON, button, 0));
		expect(AKIRA_INPUT_BUTTON, button, 0);
	}
	zassert_equal(akira_sim_input(AKIRA_INPUT_BUTTON, 8, 1), -ENOENT);
	zassert_equal(akira_sim_input(AKIRA_INPUT_BUTTON, UINT32_MAX, 1), -ENOENT);
	zassert_equal(akira_sim_input(AKIRA_INPUT_BUTTON, 0, 2), -EINVAL);
	zassert_equal(akira_sim_input(AKIRA_INPUT_BUTTON, 0, -1), -EINVAL);
}

ZTEST(input, test_simulated_touches)
{
	zassert_ok(akira_sim_input(AKIRA_INPUT_TOUCH, 319 << 16 | 239, 1));
	expect(AKIRA_INPUT_TOUCH, 319 << 16 | 239, 1);
	zassert_ok(akira_sim_input(AKIRA_INPUT_TOUCH, 0, 1));
	expect(AKIRA_INPUT_TOUCH, 0, 1);
	zassert_ok(akira_sim_input(AKIRA_INPUT_TOUCH, 0xffffffff, 0));
	expect(AKIRA_INPUT_TOUCH, 0xffffffff, 0);
	zassert_equal(akira_sim_input(AKIRA_INPUT_TOUCH, 0, 3), -EINVAL);
}

ZTEST(input, test_simulated_axes)
{
	static const int32_t values[] = {0, 1, 32767, 32768, 65534, 65535};

	for (uint32_t channel = 0; channel < 2; channel++) {
		ARRAY_FOR_EACH(values, i) {
			zassert_ok(akira_sim_input(AKIRA_INPUT_ANALOG, channel, values[i]));
			expect(AKIRA_INPUT_ANALOG, channel, values[i]);
		}
		/* No news. */
		zassert_ok(akira_sim_input(AKIRA_INPUT_ANALOG, channel, 65535));
		expect_nothing();
	}
	zassert_equal(akira_sim_input(AKIRA_INPUT_ANALOG, 2, 0), -ENOENT);
	zassert_equal(akira_sim_input(AKIRA_INPUT_ANALOG, UINT32_MAX, 0), -ENOENT);
	zassert_equal(akira_sim_input(AKIRA_INPUT_ANALOG, 0, -1), -EINVAL);
	zassert_equal(akira_sim_input(AKIRA_INPUT_ANALOG, 0, 65536), -EINVAL);
}

ZTEST(input, test_simulated_kinds)
{
	zassert_equal(akira_sim_input(0, 0, 0), -EINVAL);
	zassert_equal(akira_sim_input(4, 0, 0), -EINVAL);
}

/* More events than the queue holds: those that were accepted all come, in order. */
ZTEST(input, test_simulated_haste)
{
	uint32_t accepted = 0;

	for (uint32_t i = 0; i < 60; i++) {
		int ret = akira_sim_input(AKIRA_INPUT_TOUCH, i, 1);

		zassert_true(ret == 0 || ret == -EAGAIN, "%d", ret);
		accepted += ret == 0;
	}
	zassert_equal(accepted, 60);
	for (uint32_t i = 0; i < 60; i++) {
		expect(AKIRA_INPUT_TOUCH, i, 1);
	}
}

#endif /* IS_BOARD */

#else /* CONFIG_AKIRA_INPUT */

ZTEST_SUITE(input, NULL, NULL, NULL, NULL, NULL);

ZTEST(input, test_no_input)
{
	struct akira_input_info info = {.buttons = 1, .touch = true, .analog = 1};
	struct event event;

	akira_input_info(&info);
	zassert_equal(info.buttons, 0);
	zassert_false(info.touch);
	zassert_equal(info.analog, 0);
	zassert_equal(akira_sim_input(AKIRA_INPUT_BUTTON, 0, 1), -EOPNOTSUPP);
	zassert_ok(input_report_key(NULL, INPUT_BTN_A, 1, true, K_SECONDS(1)));
	zassert_equal(k_msgq_get(&arrived, &event, K_MSEC(100)), -EAGAIN);
}

#endif /* CONFIG_AKIRA_INPUT */
