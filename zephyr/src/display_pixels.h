/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Between the runtime's pixels (RGB565 in the processor's byte order) and those of a panel.
 */

#ifndef AKIRA_DISPLAY_PIXELS_H_
#define AKIRA_DISPLAY_PIXELS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/drivers/display.h>

/** Bytes of one pixel in @p format; 0 when a byte holds several, or the format is not known. */
size_t akira_pixel_bytes(enum display_pixel_format format);

/** Whether the runtime's pixels are the panel's as they are. */
bool akira_pixels_alike(enum display_pixel_format format);

/** Converts @p count pixels for the panel; black ones when @p pixels is NULL. */
void akira_pixels_encode(enum display_pixel_format format, uint8_t *out, const uint16_t *pixels,
			 size_t count);

/** Converts @p count pixels of the panel. */
void akira_pixels_decode(enum display_pixel_format format, const uint8_t *in, uint16_t *pixels,
			 size_t count);

/** How bright a pixel is, 0 to 255 (ITU-R BT.601's weights). */
uint8_t akira_pixel_luminance(uint16_t pixel);

#endif /* AKIRA_DISPLAY_PIXELS_H_ */
