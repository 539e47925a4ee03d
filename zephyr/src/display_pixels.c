/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Pixel formats. Zephyr's drivers agree on the order of bytes for all of them but 16-bit ones: to a
 * panel on a serial bus they go high byte first, a controller that reads the processor's memory
 * has them low byte first, and some drivers call the one RGB_565 and the other BGR_565. The board
 * decides (CONFIG_AKIRA_DISPLAY_565_*).
 */

#include <zephyr/sys/byteorder.h>

#include "display_pixels.h"

/* Whether a 16-bit pixel's low byte comes first. */
static bool low_byte_first(enum display_pixel_format format)
{
	if (IS_ENABLED(CONFIG_AKIRA_DISPLAY_565_BY_FORMAT)) {
		return format == PIXEL_FORMAT_BGR_565;
	}

	return IS_ENABLED(CONFIG_AKIRA_DISPLAY_565_LITTLE);
}

size_t akira_pixel_bytes(enum display_pixel_format format)
{
	switch (format) {
	case PIXEL_FORMAT_RGB_565:
	case PIXEL_FORMAT_BGR_565:
		return 2;
	case PIXEL_FORMAT_RGB_888:
		return 3;
	case PIXEL_FORMAT_ARGB_8888:
		return 4;
	case PIXEL_FORMAT_L_8:
		return 1;
	default:
		return 0;
	}
}

bool akira_pixels_alike(enum display_pixel_format format)
{
	return akira_pixel_bytes(format) == 2 &&
	       low_byte_first(format) == IS_ENABLED(CONFIG_LITTLE_ENDIAN);
}

/* The high bits repeated in the low ones, so that full stays full. */
static uint8_t red(uint16_t pixel)
{
	return (pixel >> 8 & 0xf8) | pixel >> 13;
}

static uint8_t green(uint16_t pixel)
{
	return (pixel >> 3 & 0xfc) | (pixel >> 9 & 0x03);
}

static uint8_t blue(uint16_t pixel)
{
	return (pixel << 3 & 0xf8) | (pixel >> 2 & 0x07);
}

static uint16_t from_rgb(uint8_t r, uint8_t g, uint8_t b)
{
	return (r & 0xf8) << 8 | (g & 0xfc) << 3 | b >> 3;
}

uint8_t akira_pixel_luminance(uint16_t pixel)
{
	return (red(pixel) * 299 + green(pixel) * 587 + blue(pixel) * 114) / 1000;
}

void akira_pixels_encode(enum display_pixel_format format, uint8_t *out, const uint16_t *pixels,
			 size_t count)
{
	const size_t bytes = akira_pixel_bytes(format);
	const bool low_first = low_byte_first(format);

	for (size_t i = 0; i < count; i++, out += bytes) {
		uint16_t pixel = pixels != NULL ? pixels[i] : 0;

		switch (format) {
		case PIXEL_FORMAT_RGB_888:
			out[0] = red(pixel);
			out[1] = green(pixel);
			out[2] = blue(pixel);
			break;
		case PIXEL_FORMAT_ARGB_8888:
			/* A word in the processor's order, as drivers read it. */
			*(uint32_t *)out = 0xff000000U | (uint32_t)red(pixel) << 16 |
					   (uint32_t)green(pixel) << 8 | blue(pixel);
			break;
		case PIXEL_FORMAT_L_8:
			out[0] = akira_pixel_luminance(pixel);
			break;
		default:
			if (low_first) {
				sys_put_le16(pixel, out);
			} else {
				sys_put_be16(pixel, out);
			}
			break;
		}
	}
}

void akira_pixels_decode(enum display_pixel_format format, const uint8_t *in, uint16_t *pixels,
			 size_t count)
{
	const size_t bytes = akira_pixel_bytes(format);
	const bool low_first = low_byte_first(format);

	for (size_t i = 0; i < count; i++, in += bytes) {
		uint32_t word;

		switch (format) {
		case PIXEL_FORMAT_RGB_888:
			pixels[i] = from_rgb(in[0], in[1], in[2]);
			break;
		case PIXEL_FORMAT_ARGB_8888:
			word = *(const uint32_t *)in;
			pixels[i] = from_rgb(word >> 16, word >> 8, word);
			break;
		case PIXEL_FORMAT_L_8:
			pixels[i] = from_rgb(in[0], in[0], in[0]);
			break;
		default:
			pixels[i] = low_first ? sys_get_le16(in) : sys_get_be16(in);
			break;
		}
	}
}
