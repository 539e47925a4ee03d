/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A display panel in memory (akira,sim-display). It keeps the bytes that it is given and gives them
 * back. What a panel cannot do is refused: writes over its edges, buffers that are too short,
 * pieces of a byte in a monochrome format.
 */

#define DT_DRV_COMPAT akira_sim_display

#include <errno.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/display.h>
#include <zephyr/kernel.h>

#include "sim_display.h"

#define KNOWN_FORMATS                                                                              \
	(PIXEL_FORMAT_RGB_888 | PIXEL_FORMAT_MONO01 | PIXEL_FORMAT_MONO10 |                        \
	 PIXEL_FORMAT_ARGB_8888 | PIXEL_FORMAT_RGB_565 | PIXEL_FORMAT_BGR_565 | PIXEL_FORMAT_L_8)

struct sim_display_config {
	uint16_t width;
	uint16_t height;
	uint32_t formats;
	uint32_t screen_info;
	uint8_t *memory;
	size_t size;
};

struct sim_display_data {
	struct k_mutex lock;
	enum display_pixel_format format;
	bool lit;
	uint32_t writes;
	uint32_t frames;
};

/* A rectangle of bytes: of the panel's memory and of a caller's buffer. */
struct area {
	size_t rows;
	size_t row_bytes;
	size_t panel_start;
	size_t panel_stride;
	size_t buffer_stride;
};

/* Finds the bytes of a rectangle of pixels; -EINVAL when a panel could not. */
static int find_area(const struct device *dev, uint16_t x, uint16_t y,
		     const struct display_buffer_descriptor *desc, struct area *area)
{
	const struct sim_display_config *config = dev->config;
	const struct sim_display_data *data = dev->data;
	const unsigned int bits = DISPLAY_BITS_PER_PIXEL(data->format);

	if (desc->width == 0 || desc->height == 0 || desc->pitch < desc->width ||
	    x + desc->width > config->width || y + desc->height > config->height) {
		return -EINVAL;
	}

	if (bits > 1) {
		area->rows = desc->height;
		area->row_bytes = desc->width * bits / 8;
		area->panel_stride = config->width * bits / 8;
		area->buffer_stride = desc->pitch * bits / 8;
		area->panel_start = y * area->panel_stride + x * bits / 8;
	} else if ((config->screen_info & SCREEN_INFO_MONO_VTILED) != 0) {
		if (y % 8 != 0 || (desc->height % 8 != 0 && y + desc->height != config->height)) {
			return -EINVAL;
		}
		area->rows = DIV_ROUND_UP(desc->height, 8);
		area->row_bytes = desc->width;
		area->panel_stride = config->width;
		area->buffer_stride = desc->pitch;
		area->panel_start = y / 8 * area->panel_stride + x;
	} else {
		if (x % 8 != 0 || (desc->width % 8 != 0 && x + desc->width != config->width)) {
			return -EINVAL;
		}
		area->rows = desc->height;
		area->row_bytes = DIV_ROUND_UP(desc->width, 8);
		area->panel_stride = DIV_ROUND_UP(config->width, 8);
		area->buffer_stride = DIV_ROUND_UP(desc->pitch, 8);
		area->panel_start = y * area->panel_stride + x / 8;
	}

	return (area->rows - 1) * area->buffer_stride + area->row_bytes > desc->buf_size ? -EINVAL
											 : 0;
}

static int sim_display_write(const struct device *dev, const uint16_t x, const uint16_t y,
			     const struct display_buffer_descriptor *desc, const void *buf)
{
	const struct sim_display_config *config = dev->config;
	struct sim_display_data *data = dev->data;
	struct area area;
	int ret;

	(void)k_mutex_lock(&data->lock, K_FOREVER);
	ret = find_area(dev, x, y, desc, &area);
	if (ret == 0) {
		for (size_t row = 0; row < area.rows; row++) {
			memcpy(config->memory + area.panel_start + row * area.panel_stride,
			       (const uint8_t *)buf + row * area.buffer_stride, area.row_bytes);
		}
		data->writes++;
		data->frames += desc->frame_incomplete ? 0 : 1;
	}
	(void)k_mutex_unlock(&data->lock);

	return ret;
}

static int sim_display_read(const struct device *dev, const uint16_t x, const uint16_t y,
			    const struct display_buffer_descriptor *desc, void *buf)
{
	const struct sim_display_config *config = dev->config;
	struct sim_display_data *data = dev->data;
	struct area area;
	int ret;

	(void)k_mutex_lock(&data->lock, K_FOREVER);
	ret = find_area(dev, x, y, desc, &area);
	if (ret == 0) {
		for (size_t row = 0; row < area.rows; row++) {
			memcpy((uint8_t *)buf + row * area.buffer_stride,
			       config->memory + area.panel_start + row * area.panel_stride,
			       area.row_bytes);
		}
	}
	(void)k_mutex_unlock(&data->lock);

	return ret;
}

static int sim_display_blanking_on(const struct device *dev)
{
	struct sim_display_data *data = dev->data;

	data->lit = false;

	return 0;
}

static int sim_display_blanking_off(const struct device *dev)
{
	struct sim_display_data *data = dev->data;

	data->lit = true;

	return 0;
}

static void sim_display_get_capabilities(const struct device *dev,
					 struct display_capabilities *capabilities)
{
	const struct sim_display_config *config = dev->config;
	const struct sim_display_data *data = dev->data;

	*capabilities = (struct display_capabilities){
		.x_resolution = config->width,
		.y_resolution = config->height,
		.supported_pixel_formats = config->formats,
		.screen_info = config->screen_info,
		.current_pixel_format = data->format,
		.current_orientation = DISPLAY_ORIENTATION_NORMAL,
	};
}

static int sim_display_set_pixel_format(const struct device *dev,
					const enum display_pixel_format format)
{
	const struct sim_display_config *config = dev->config;
	struct sim_display_data *data = dev->data;

	if ((config->formats & format) == 0) {
		return -ENOTSUP;
	}
	data->format = format;

	return 0;
}

bool akira_sim_display_is_dark(const struct device *dev)
{
	const struct sim_display_data *data = dev->data;

	return !data->lit;
}

uint32_t akira_sim_display_writes(const struct device *dev)
{
	const struct sim_display_data *data = dev->data;

	return data->writes;
}

uint32_t akira_sim_display_frames(const struct device *dev)
{
	const struct sim_display_data *data = dev->data;

	return data->frames;
}

static int sim_display_init(const struct device *dev)
{
	const struct sim_display_config *config = dev->config;
	struct sim_display_data *data = dev->data;

	k_mutex_init(&data->lock);
	data->format = config->formats & -config->formats;
	/* As after power-on: nothing that anybody drew. */
	for (size_t i = 0; i < config->size; i++) {
		config->memory[i] = (uint8_t)(i * 37);
	}

	return 0;
}

static DEVICE_API(display, sim_display_api) = {
	.blanking_on = sim_display_blanking_on,
	.blanking_off = sim_display_blanking_off,
	.write = sim_display_write,
	.read = sim_display_read,
	.get_capabilities = sim_display_get_capabilities,
	.set_pixel_format = sim_display_set_pixel_format,
};

/* The widest format that the panel can be set to decides how much memory it has. */
#define BYTES_PER_PIXEL(formats)                                                                   \
	(((formats)&PIXEL_FORMAT_ARGB_8888) != 0                            ? 4                    \
	 : ((formats)&PIXEL_FORMAT_RGB_888) != 0                            ? 3                    \
	 : ((formats) & (PIXEL_FORMAT_RGB_565 | PIXEL_FORMAT_BGR_565)) != 0 ? 2                    \
									    : 1)

#define SIM_DISPLAY_DEFINE(n)                                                                      \
	BUILD_ASSERT(DT_INST_PROP(n, pixel_formats) != 0 &&                                        \
			     (DT_INST_PROP(n, pixel_formats) & ~KNOWN_FORMATS) == 0,               \
		     "pixel-formats names formats that do not exist");                             \
	static uint8_t sim_display_memory_##n[BYTES_PER_PIXEL(DT_INST_PROP(n, pixel_formats)) *    \
					      DT_INST_PROP(n, width) * DT_INST_PROP(n, height)];   \
	static const struct sim_display_config sim_display_config_##n = {                          \
		.width = DT_INST_PROP(n, width),                                                   \
		.height = DT_INST_PROP(n, height),                                                 \
		.formats = DT_INST_PROP(n, pixel_formats),                                         \
		.screen_info = (DT_INST_PROP(n, mono_vtiled) ? SCREEN_INFO_MONO_VTILED : 0) |      \
			       (DT_INST_PROP(n, mono_msb_first) ? SCREEN_INFO_MONO_MSB_FIRST : 0), \
		.memory = sim_display_memory_##n,                                                  \
		.size = sizeof(sim_display_memory_##n),                                            \
	};                                                                                         \
	static struct sim_display_data sim_display_data_##n;                                       \
	DEVICE_DT_INST_DEFINE(n, sim_display_init, NULL, &sim_display_data_##n,                    \
			      &sim_display_config_##n, POST_KERNEL, CONFIG_DISPLAY_INIT_PRIORITY,  \
			      &sim_display_api);

DT_INST_FOREACH_STATUS_OKAY(SIM_DISPLAY_DEFINE)
