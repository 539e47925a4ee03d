/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The display on a simulated panel, in each of the formats that panels have: what is written is
 * read back, both through the shim and, byte by byte, from the panel itself.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/display.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "sim_display.h"

#define WIDTH  DT_PROP(DT_NODELABEL(sim_display), width)
#define HEIGHT DT_PROP(DT_NODELABEL(sim_display), height)

#define BLACK 0x0000
#define WHITE 0xffff
#define RED   0xf800
#define GREEN 0x07e0
#define BLUE  0x001f

static const struct device *const panel = DEVICE_DT_GET(DT_NODELABEL(sim_display));

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

#if defined(CONFIG_AKIRA_DISPLAY)

static uint16_t pixels[HEIGHT * WIDTH];
static uint16_t expected[HEIGHT][WIDTH];

static enum display_pixel_format format(void)
{
	struct display_capabilities capabilities;

	display_get_capabilities(panel, &capabilities);

	return capabilities.current_pixel_format;
}

static bool is_mono(void)
{
	return format() == PIXEL_FORMAT_MONO01 || format() == PIXEL_FORMAT_MONO10;
}

/* What a pixel looks like on a panel that has fewer colours. */
static uint16_t seen(uint16_t pixel)
{
	uint32_t grey = ((pixel >> 11) * 255 / 31 * 299 + (pixel >> 5 & 63) * 255 / 63 * 587 +
			 (pixel & 31) * 255 / 31 * 114) /
			1000;

	if (is_mono()) {
		return grey >= 128 ? WHITE : BLACK;
	}
	if (format() == PIXEL_FORMAT_L_8) {
		return (grey & 0xf8) << 8 | (grey & 0xfc) << 3 | grey >> 3;
	}

	return pixel;
}

static void draw(uint16_t x, uint16_t y, uint16_t width, uint16_t height, uint16_t first)
{
	uint16_t *next = pixels;

	for (uint16_t row = y; row < y + height; row++) {
		for (uint16_t column = x; column < x + width; column++) {
			uint16_t colours[] = {WHITE, RED, BLACK, GREEN, BLUE, WHITE, BLACK};
			uint16_t pixel = colours[(first + row * 3 + column) % ARRAY_SIZE(colours)];

			*next++ = pixel;
			expected[row][column] = seen(pixel);
		}
	}
	zassert_ok(akira_display_write(x, y, width, height, pixels));
}

static void check(void)
{
	static uint16_t row[WIDTH];

	for (uint16_t y = 0; y < HEIGHT; y++) {
		zassert_ok(akira_display_read(y, row, WIDTH));
		for (uint16_t x = 0; x < WIDTH; x++) {
			zassert_equal(row[x], expected[y][x], "%u,%u is %04x, not %04x", x, y,
				      row[x], expected[y][x]);
		}
	}
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);

	memset(pixels, 0, sizeof(pixels));
	memset(expected, 0, sizeof(expected));
	zassert_ok(akira_display_write(0, 0, WIDTH, HEIGHT, pixels));
}

ZTEST_SUITE(display, NULL, NULL, before, NULL, NULL);

ZTEST(display, test_info_is_the_panels)
{
	uint16_t width;
	uint16_t height;

	zassert_true(akira_display_info(&width, &height));
	zassert_equal(width, WIDTH);
	zassert_equal(height, HEIGHT);
	zassert_false(akira_sim_display_is_dark(panel));
}

ZTEST(display, test_the_cheapest_format_is_chosen)
{
	const uint32_t offered = DT_PROP(DT_NODELABEL(sim_display), pixel_formats);

	if ((offered & PIXEL_FORMAT_RGB_565) != 0) {
		zassert_equal(format(), PIXEL_FORMAT_RGB_565);
	} else {
		zassert_equal(format(), offered);
	}
}

ZTEST(display, test_pixels_written_are_read_back)
{
	draw(0, 0, WIDTH, HEIGHT, 1);
	check();
	/* Rectangles that begin and end anywhere leave what is around them. */
	draw(3, 5, 1, 1, 2);
	draw(11, 13, 17, 9, 3);
	draw(8, 16, 16, 8, 4);
	draw(1, 30, WIDTH - 2, 3, 5);
	draw(40, 1, 3, HEIGHT - 2, 6);
	check();
}

ZTEST(display, test_edges)
{
	draw(0, 0, 1, 1, 0);
	draw(WIDTH - 1, 0, 1, 1, 0);
	draw(0, HEIGHT - 1, 1, 1, 0);
	draw(WIDTH - 1, HEIGHT - 1, 1, 1, 0);
	draw(WIDTH - 5, HEIGHT - 5, 5, 5, 3);
	draw(0, HEIGHT - 1, WIDTH, 1, 4);
	draw(WIDTH - 1, 0, 1, HEIGHT, 5);
	check();
}

ZTEST(display, test_what_is_not_on_the_display_is_refused)
{
	uint16_t pixel = WHITE;
	static uint16_t row[WIDTH + 1];

	zassert_equal(akira_display_write(WIDTH, 0, 1, 1, &pixel), -EINVAL);
	zassert_equal(akira_display_write(0, HEIGHT, 1, 1, &pixel), -EINVAL);
	zassert_equal(akira_display_write(WIDTH - 1, 0, 2, 1, &pixel), -EINVAL);
	zassert_equal(akira_display_write(0, HEIGHT - 1, 1, 2, &pixel), -EINVAL);
	zassert_equal(akira_display_write(UINT16_MAX, UINT16_MAX, UINT16_MAX, UINT16_MAX, &pixel),
		      -EINVAL);
	zassert_equal(akira_display_write(0, 0, 1, 1, NULL), -EINVAL);
	zassert_ok(akira_display_write(5, 5, 0, 1, &pixel));
	zassert_ok(akira_display_write(5, 5, 1, 0, &pixel));
	zassert_equal(akira_display_read(HEIGHT, row, WIDTH), -EINVAL);
	zassert_equal(akira_display_read(0, row, WIDTH - 1), -EINVAL);
	zassert_equal(akira_display_read(0, row, WIDTH + 1), -EINVAL);
	zassert_equal(akira_display_read(0, NULL, WIDTH), -EINVAL);
	check();
}

/* However many writes it takes, a panel that shows frames gets one. */
ZTEST(display, test_a_rectangle_is_one_frame)
{
	uint32_t frames = akira_sim_display_frames(panel);
	uint32_t writes = akira_sim_display_writes(panel);

	draw(0, 0, WIDTH, HEIGHT, 0);
	draw(3, 3, 30, 30, 0);
	zassert_equal(akira_sim_display_frames(panel) - frames, 2);
	zassert_true(akira_sim_display_writes(panel) - writes >= 2);
}

/* The panel's own bytes: red, green, blue and white in a row. */
ZTEST(display, test_bytes_on_the_panel)
{
	const uint16_t colours[] = {RED, GREEN, BLUE, WHITE};
	const struct display_buffer_descriptor row = {
		.buf_size = 16,
		.width = 4,
		.height = 1,
		.pitch = 4,
	};
	uint8_t bytes[16] = {0};

	zassert_ok(akira_display_write(0, 0, 4, 1, colours));
	if (is_mono()) {
		struct display_capabilities panel_is;
		struct display_buffer_descriptor tile = {.buf_size = 8, .width = 8, .height = 8};

		display_get_capabilities(panel, &panel_is);
		if ((panel_is.screen_info & SCREEN_INFO_MONO_VTILED) != 0) {
			static const uint8_t columns[] = {0, 1, 0, 1, 0, 0, 0, 0};

			/* MONO01, least significant bit at the top; green is bright, red not. */
			tile.pitch = 8;
			zassert_ok(display_read(panel, 0, 0, &tile, bytes));
			zassert_mem_equal(bytes, columns, sizeof(columns));
		} else {
			/* MONO10, most significant bit at the left. */
			tile.pitch = 8;
			tile.height = 1;
			zassert_ok(display_read(panel, 0, 0, &tile, bytes));
			zassert_equal(bytes[0], 0xaf);
		}
		return;
	}

	zassert_ok(display_read(panel, 0, 0, &row, bytes));
	switch (format()) {
	case PIXEL_FORMAT_RGB_565:
		if (IS_ENABLED(CONFIG_AKIRA_DISPLAY_565_LITTLE)) {
			zassert_mem_equal(bytes, "\x00\xf8\xe0\x07\x1f\x00\xff\xff", 8);
		} else {
			zassert_mem_equal(bytes, "\xf8\x00\x07\xe0\x00\x1f\xff\xff", 8);
		}
		break;
	case PIXEL_FORMAT_BGR_565:
		zassert_mem_equal(bytes, "\x00\xf8\xe0\x07\x1f\x00\xff\xff", 8);
		break;
	case PIXEL_FORMAT_RGB_888:
		zassert_mem_equal(bytes, "\xff\0\0\0\xff\0\0\0\xff\xff\xff\xff", 12);
		break;
	case PIXEL_FORMAT_ARGB_8888:
		zassert_equal(UNALIGNED_GET((uint32_t *)&bytes[0]), 0xffff0000);
		zassert_equal(UNALIGNED_GET((uint32_t *)&bytes[4]), 0xff00ff00);
		zassert_equal(UNALIGNED_GET((uint32_t *)&bytes[8]), 0xff0000ff);
		zassert_equal(UNALIGNED_GET((uint32_t *)&bytes[12]), 0xffffffff);
		break;
	case PIXEL_FORMAT_L_8:
		zassert_mem_equal(bytes, "\x4c\x95\x1d\xff", 4);
		break;
	default:
		ztest_test_fail();
	}
}

/* Every colour comes back as it was where the panel can show it. */
ZTEST(display, test_all_colours)
{
	const size_t step = WIDTH * HEIGHT;

	for (size_t start = 0; start < 0x10000; start += step) {
		for (size_t i = 0; i < step; i++) {
			pixels[i] = start + i;
			expected[i / WIDTH][i % WIDTH] = seen(pixels[i]);
		}
		zassert_ok(akira_display_write(0, 0, WIDTH, HEIGHT, pixels));
		if (format() != PIXEL_FORMAT_L_8 && !is_mono()) {
			check();
		}
	}
}

#else /* CONFIG_AKIRA_DISPLAY */

ZTEST_SUITE(display, NULL, NULL, NULL, NULL, NULL);

ZTEST(display, test_no_display)
{
	uint16_t width = 1;
	uint16_t height = 1;
	uint16_t pixel = WHITE;

	zassert_true(device_is_ready(panel));
	zassert_false(akira_display_info(&width, &height));
	zassert_equal(width, 0);
	zassert_equal(height, 0);
	zassert_equal(akira_display_write(0, 0, 1, 1, &pixel), -ENODEV);
	zassert_equal(akira_display_read(0, &pixel, 1), -ENODEV);
	zassert_true(akira_sim_display_is_dark(panel));
}

#endif /* CONFIG_AKIRA_DISPLAY */
