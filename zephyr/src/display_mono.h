/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Monochrome panels, where a byte holds eight pixels. Rectangles of the runtime do not end at
 * bytes, so what the panel shows is kept in memory as well.
 */

#ifndef AKIRA_DISPLAY_MONO_H_
#define AKIRA_DISPLAY_MONO_H_

#include <stdint.h>

#include <zephyr/drivers/display.h>

/** A monochrome panel and what it shows. */
struct akira_mono {
	/** The panel's own layout, eight pixels a byte. */
	uint8_t *shown;
	uint16_t width;
	uint16_t height;
	uint32_t screen_info;
	enum display_pixel_format format;
};

/** Takes memory for @p panel's pixels, all black; 0 or -ENOMEM. */
int akira_mono_init(struct akira_mono *mono, const struct display_capabilities *panel);

/** Shows a rectangle that lies on the panel; black when @p pixels is NULL. */
int akira_mono_write(struct akira_mono *mono, const struct device *panel, uint16_t x, uint16_t y,
		     uint16_t width, uint16_t height, const uint16_t *pixels);

/** Reads a row. */
void akira_mono_read(const struct akira_mono *mono, uint16_t y, uint16_t *pixels);

#endif /* AKIRA_DISPLAY_MONO_H_ */
