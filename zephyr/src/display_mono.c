/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Monochrome panels. A pixel is white from half brightness up.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/sys/util.h>

#include <akira/platform.h>
#include "display_mono.h"
#include "display_pixels.h"

#define TILE 8

static bool vertical(const struct akira_mono *mono)
{
	return (mono->screen_info & SCREEN_INFO_MONO_VTILED) != 0;
}

/* Bytes of one row of tiles (vertical) or of pixels (horizontal). */
static size_t stride(const struct akira_mono *mono)
{
	return vertical(mono) ? mono->width : DIV_ROUND_UP(mono->width, TILE);
}

static size_t size(const struct akira_mono *mono)
{
	return stride(mono) * (vertical(mono) ? DIV_ROUND_UP(mono->height, TILE) : mono->height);
}

/* Where a pixel is: its byte, and the bit in it. */
static uint8_t *locate(const struct akira_mono *mono, uint16_t x, uint16_t y, uint8_t *bit)
{
	uint8_t place = (vertical(mono) ? y : x) % TILE;

	*bit = BIT((mono->screen_info & SCREEN_INFO_MONO_MSB_FIRST) != 0 ? TILE - 1 - place
									 : place);

	return mono->shown +
	       (vertical(mono) ? (y / TILE) * stride(mono) + x : y * stride(mono) + x / TILE);
}

/* Whether a set bit is a white pixel. */
static bool one_is_white(const struct akira_mono *mono)
{
	return mono->format == PIXEL_FORMAT_MONO01;
}

int akira_mono_init(struct akira_mono *mono, const struct display_capabilities *panel)
{
	mono->width = panel->x_resolution;
	mono->height = panel->y_resolution;
	mono->screen_info = panel->screen_info;
	mono->format = panel->current_pixel_format;
	mono->shown = akira_heap_alloc(size(mono), 1);
	if (mono->shown == NULL) {
		return -ENOMEM;
	}
	memset(mono->shown, one_is_white(mono) ? 0x00 : 0xff, size(mono));

	return 0;
}

/* Sends @p width by @p height pixels at whole bytes, which lie in memory one after another. */
static int send(const struct akira_mono *mono, const struct device *panel, uint16_t x, uint16_t y,
		uint16_t width, uint16_t height, bool last)
{
	const uint8_t *from = mono->shown + (vertical(mono) ? (y / TILE) * stride(mono) + x
							    : y * stride(mono) + x / TILE);
	const struct display_buffer_descriptor part = {
		.buf_size = vertical(mono) ? width * DIV_ROUND_UP(height, TILE)
					   : DIV_ROUND_UP(width, TILE) * height,
		.width = width,
		.height = height,
		.pitch = width,
		.frame_incomplete = !last,
	};

	return display_write(panel, x, y, &part, from);
}

int akira_mono_write(struct akira_mono *mono, const struct device *panel, uint16_t x, uint16_t y,
		     uint16_t width, uint16_t height, const uint16_t *pixels)
{
	uint16_t left = x;
	uint16_t right = x + width;
	uint16_t top = y;
	uint16_t bottom = y + height;
	uint16_t step;

	for (uint16_t row = 0; row < height; row++) {
		for (uint16_t column = 0; column < width; column++) {
			uint16_t pixel = pixels != NULL ? *pixels++ : 0;
			bool white = akira_pixel_luminance(pixel) >= 128;
			uint8_t bit;
			uint8_t *byte = locate(mono, x + column, y + row, &bit);

			if (white == one_is_white(mono)) {
				*byte |= bit;
			} else {
				*byte &= ~bit;
			}
		}
	}

	/* The panel takes whole bytes. */
	if (vertical(mono)) {
		top = ROUND_DOWN(top, TILE);
		bottom = MIN(ROUND_UP(bottom, TILE), mono->height);
	} else {
		left = ROUND_DOWN(left, TILE);
		right = MIN(ROUND_UP(right, TILE), mono->width);
	}
	if ((mono->screen_info & SCREEN_INFO_X_ALIGNMENT_WIDTH) != 0) {
		left = 0;
		right = mono->width;
	}

	/* Rows of the whole width follow each other in memory, others are sent one by one. */
	step = vertical(mono) ? TILE : 1;
	if (right - left == mono->width) {
		step = bottom - top;
	}
	for (uint16_t row = top; row < bottom; row += step) {
		uint16_t rows = MIN(step, bottom - row);
		int ret = send(mono, panel, left, row, right - left, rows, row + rows == bottom);

		if (ret < 0) {
			return ret;
		}
	}

	return 0;
}

void akira_mono_read(const struct akira_mono *mono, uint16_t y, uint16_t *pixels)
{
	for (uint16_t x = 0; x < mono->width; x++) {
		uint8_t bit;
		const uint8_t *byte = locate(mono, x, y, &bit);

		pixels[x] = ((*byte & bit) != 0) == one_is_white(mono) ? 0xffff : 0x0000;
	}
}
