/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The display: the devicetree's chosen zephyr,display, through Zephyr's display API.
 *
 * At boot the panel is set to the format that costs least to convert to, blackened and lit. Pixels
 * are converted in a buffer of CONFIG_AKIRA_DISPLAY_BUFFER_SIZE bytes, so a rectangle may reach the
 * panel in several writes.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/display.h>
#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include <akira/platform.h>
#include "display_mono.h"
#include "display_pixels.h"
#include "errnos.h"

LOG_MODULE_REGISTER(akira_display, LOG_LEVEL_WRN);

static const struct device *const panel = DEVICE_DT_GET(DT_CHOSEN(zephyr_display));

/* What is known of the panel; not changed after boot. */
static struct {
	bool there;
	uint16_t width;
	uint16_t height;
	enum display_pixel_format format;
} display;

static struct akira_mono mono;

/* Guards the panel, the buffer and what is shown on a monochrome panel. */
static K_MUTEX_DEFINE(lock);
static uint8_t buffer[CONFIG_AKIRA_DISPLAY_BUFFER_SIZE] __aligned(4);

/* Preferred formats first. */
static const enum display_pixel_format formats[] = {
	PIXEL_FORMAT_RGB_565, PIXEL_FORMAT_BGR_565, PIXEL_FORMAT_RGB_888, PIXEL_FORMAT_ARGB_8888,
	PIXEL_FORMAT_L_8,     PIXEL_FORMAT_MONO01,  PIXEL_FORMAT_MONO10,
};

static bool is_mono(enum display_pixel_format format)
{
	return format == PIXEL_FORMAT_MONO01 || format == PIXEL_FORMAT_MONO10;
}

/* Sets the panel to the best format that it takes, and tells what it is then. */
static int choose_format(struct display_capabilities *capabilities)
{
	display_get_capabilities(panel, capabilities);
	ARRAY_FOR_EACH(formats, i) {
		if (formats[i] == capabilities->current_pixel_format) {
			return 0;
		}
		if ((capabilities->supported_pixel_formats & formats[i]) != 0 &&
		    display_set_pixel_format(panel, formats[i]) == 0) {
			display_get_capabilities(panel, capabilities);
			return 0;
		}
	}

	return -ENOTSUP;
}

/* Writes a rectangle in parts that fit the buffer: some rows, or a piece of one. */
static int write_parts(uint16_t x, uint16_t y, uint16_t width, uint16_t height,
		       const uint16_t *pixels)
{
	const size_t bytes = akira_pixel_bytes(display.format);
	const size_t room = sizeof(buffer) / bytes;
	const uint16_t part_width = MIN(width, room);
	const uint16_t part_height = CLAMP(room / width, 1, height);

	for (uint16_t row = 0; row < height; row += part_height) {
		uint16_t rows = MIN(part_height, height - row);

		for (uint16_t column = 0; column < width; column += part_width) {
			uint16_t columns = MIN(part_width, width - column);
			struct display_buffer_descriptor part = {
				.buf_size = columns * rows * bytes,
				.width = columns,
				.height = rows,
				.pitch = columns,
				.frame_incomplete = row + rows < height || column + columns < width,
			};
			int ret;

			akira_pixels_encode(display.format, buffer,
					    pixels != NULL ? &pixels[(size_t)row * width + column]
							   : NULL,
					    columns * rows);
			ret = display_write(panel, x + column, y + row, &part, buffer);
			if (ret < 0) {
				return ret;
			}
		}
	}

	return 0;
}

/* Writes a rectangle that lies on the display, black when @p pixels is NULL. */
static int write_pixels(uint16_t x, uint16_t y, uint16_t width, uint16_t height,
			const uint16_t *pixels)
{
	if (is_mono(display.format)) {
		return akira_mono_write(&mono, panel, x, y, width, height, pixels);
	}
	if (pixels != NULL && akira_pixels_alike(display.format)) {
		const struct display_buffer_descriptor whole = {
			.buf_size = (uint32_t)width * height * sizeof(*pixels),
			.width = width,
			.height = height,
			.pitch = width,
		};

		return display_write(panel, x, y, &whole, pixels);
	}

	return write_parts(x, y, width, height, pixels);
}

bool akira_display_info(uint16_t *width, uint16_t *height)
{
	*width = display.width;
	*height = display.height;

	return display.there;
}

int akira_display_write(uint16_t x, uint16_t y, uint16_t width, uint16_t height,
			const uint16_t *pixels)
{
	int ret;

	if (!display.there) {
		return -ENODEV;
	}
	if (pixels == NULL || x + width > display.width || y + height > display.height) {
		return -EINVAL;
	}
	if (width == 0 || height == 0) {
		return 0;
	}

	(void)k_mutex_lock(&lock, K_FOREVER);
	ret = write_pixels(x, y, width, height, pixels);
	(void)k_mutex_unlock(&lock);

	return ret < 0 ? akira_errno(-ret) : 0;
}

/* Reads a row in parts that fit the buffer. */
static int read_parts(uint16_t y, uint16_t *out)
{
	const size_t bytes = akira_pixel_bytes(display.format);
	const uint16_t part_width = MIN(display.width, sizeof(buffer) / bytes);

	for (uint16_t x = 0; x < display.width; x += part_width) {
		uint16_t columns = MIN(part_width, display.width - x);
		const struct display_buffer_descriptor part = {
			.buf_size = columns * bytes,
			.width = columns,
			.height = 1,
			.pitch = columns,
		};
		int ret = display_read(panel, x, y, &part, buffer);

		if (ret < 0) {
			return ret;
		}
		akira_pixels_decode(display.format, buffer, &out[x], columns);
	}

	return 0;
}

int akira_display_read(uint16_t y, uint16_t *out, size_t len)
{
	int ret = 0;

	if (!display.there) {
		return -ENODEV;
	}
	if (out == NULL || y >= display.height || len != display.width) {
		return -EINVAL;
	}

	(void)k_mutex_lock(&lock, K_FOREVER);
	if (is_mono(display.format)) {
		akira_mono_read(&mono, y, out);
	} else {
		ret = read_parts(y, out);
	}
	(void)k_mutex_unlock(&lock);

	return ret < 0 ? akira_errno(-ret) : 0;
}

static int display_init(void)
{
	struct display_capabilities capabilities;
	int ret;

	if (!device_is_ready(panel)) {
		LOG_ERR("%s is not ready; apps see no display", panel->name);
		return 0;
	}
	ret = choose_format(&capabilities);
	if (ret < 0) {
		LOG_ERR("%s has no pixel format that AkiraOS knows", panel->name);
		return 0;
	}
	display.format = capabilities.current_pixel_format;
	display.width = capabilities.x_resolution;
	display.height = capabilities.y_resolution;
	if (is_mono(display.format)) {
		ret = akira_mono_init(&mono, &capabilities);
		if (ret < 0) {
			LOG_ERR("no memory for what %s shows", panel->name);
			return 0;
		}
	}

	/* What a panel shows after power-on is nobody's. */
	ret = write_pixels(0, 0, display.width, display.height, NULL);
	if (ret < 0) {
		LOG_ERR("%s cannot be written (error %d)", panel->name, ret);
		return 0;
	}
	ret = display_blanking_off(panel);
	if (ret < 0 && ret != -ENOSYS && ret != -ENOTSUP) {
		LOG_WRN("%s stays dark (error %d)", panel->name, ret);
	}
	display.there = true;

	return 0;
}

SYS_INIT(display_init, APPLICATION, CONFIG_APPLICATION_INIT_PRIORITY);
