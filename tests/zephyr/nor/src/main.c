/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The NOR flash in memory: what it does, and that it refuses what a chip would not do without
 * having changed a byte.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/kernel.h>
#include <zephyr/storage/flash_map.h>
#include <zephyr/storage/stream_flash.h>
#include <zephyr/ztest.h>

#define SIZE  0x10000
#define BLOCK 4096

static const struct device *const nor = DEVICE_DT_GET(DT_NODELABEL(nor));
static volatile uint8_t *const cells = (volatile uint8_t *)DT_REG_ADDR(DT_NODELABEL(nor));

static void fill(uint8_t value)
{
	for (size_t i = 0; i < SIZE; i++) {
		cells[i] = value;
	}
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	fill(0xff);
}

ZTEST_SUITE(nor, NULL, NULL, before, NULL, NULL);

/* Whether all cells from @p start up to @p end have that value. */
static bool all(size_t start, size_t end, uint8_t value)
{
	for (size_t i = start; i < end; i++) {
		if (cells[i] != value) {
			return false;
		}
	}

	return true;
}

ZTEST(nor, test_it_says_what_it_is)
{
	const struct flash_parameters *parameters = flash_get_parameters(nor);
	struct flash_pages_info page;
	uint64_t size;

	zassert_true(device_is_ready(nor));
	zassert_equal(parameters->write_block_size, 4);
	zassert_equal(parameters->erase_value, 0xff);
	zassert_true(flash_params_get_erase_cap(parameters) & FLASH_ERASE_C_EXPLICIT);
	zassert_ok(flash_get_size(nor, &size));
	zassert_equal(size, SIZE);
	zassert_equal(flash_get_page_count(nor), SIZE / BLOCK);
	zassert_ok(flash_get_page_info_by_offs(nor, SIZE - 1, &page));
	zassert_equal(page.start_offset, SIZE - BLOCK);
	zassert_equal(page.size, BLOCK);
	zassert_equal(flash_get_page_info_by_offs(nor, SIZE, &page), -EINVAL);
}

ZTEST(nor, test_programming_and_reading)
{
	uint8_t data[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	uint8_t back[sizeof(data) + 2];

	zassert_ok(flash_write(nor, BLOCK - 4, data, sizeof(data)));
	zassert_ok(flash_read(nor, BLOCK - 5, back, sizeof(back)));
	zassert_equal(back[0], 0xff);
	zassert_mem_equal(&back[1], data, sizeof(data));
	zassert_equal(back[sizeof(back) - 1], 0xff);
	zassert_ok(flash_write(nor, SIZE - 4, data, 4), "the last word");
	zassert_equal(cells[SIZE - 1], 4);
	zassert_ok(flash_write(nor, SIZE, data, 0), "nothing, at the end");
}

/* From wherever the data is. */
ZTEST(nor, test_data_need_not_be_aligned)
{
	uint8_t room[13] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

	for (size_t shift = 0; shift < 4; shift++) {
		zassert_ok(flash_write(nor, shift * 16, room + shift, 8));
		for (size_t i = 0; i < 8; i++) {
			zassert_equal(cells[shift * 16 + i], room[shift + i], "%zu, %zu", shift, i);
		}
	}
}

ZTEST(nor, test_programming_only_clears_bits)
{
	uint8_t first[8] = {0xf0, 0xf0, 0xf0, 0xf0, 0xff, 0xff, 0xff, 0xff};
	uint8_t fewer[8] = {0x30, 0xf0, 0xf0, 0x00, 0x12, 0x34, 0x56, 0x78};
	uint8_t more[8] = {0x30, 0xf0, 0xf0, 0x00, 0x12, 0x34, 0x56, 0x79};

	zassert_ok(flash_write(nor, 0, first, sizeof(first)));
	zassert_ok(flash_write(nor, 0, fewer, sizeof(fewer)));
	zassert_equal(flash_write(nor, 0, more, sizeof(more)), -EIO);
	zassert_equal(flash_write(nor, 0, first, sizeof(first)), -EIO);
	for (size_t i = 0; i < sizeof(fewer); i++) {
		zassert_equal(cells[i], fewer[i], "byte %zu", i);
	}
}

/* Also where only the last word of many could not be programmed. */
ZTEST(nor, test_what_is_refused_changes_nothing)
{
	static const uint8_t zeros[64];
	uint8_t ones[64];

	memset(ones, 0xff, sizeof(ones));
	cells[63] = 0x7f;
	ones[0] = 0;
	zassert_equal(flash_write(nor, 0, ones, sizeof(ones)), -EIO);
	zassert_equal(cells[0], 0xff);

	cells[63] = 0xff;
	zassert_equal(flash_write(nor, 2, zeros, 4), -EINVAL);
	zassert_equal(flash_write(nor, 0, zeros, 6), -EINVAL);
	zassert_equal(flash_write(nor, -4, zeros, 4), -EINVAL);
	zassert_equal(flash_write(nor, SIZE - 4, zeros, 8), -EINVAL);
	zassert_equal(flash_write(nor, SIZE, zeros, 4), -EINVAL);
	zassert_equal(flash_write(nor, 4, zeros, SIZE_MAX - 3), -EINVAL);
	zassert_true(all(0, SIZE, 0xff));
}

ZTEST(nor, test_erasing)
{
	fill(0x5a);
	zassert_ok(flash_erase(nor, BLOCK, 2 * BLOCK));
	zassert_true(all(0, BLOCK, 0x5a));
	zassert_true(all(BLOCK, 3 * BLOCK, 0xff));
	zassert_true(all(3 * BLOCK, SIZE, 0x5a));
	zassert_ok(flash_erase(nor, SIZE - BLOCK, BLOCK));
	zassert_ok(flash_erase(nor, 0, 0));

	fill(0x5a);
	zassert_equal(flash_erase(nor, 4, BLOCK), -EINVAL);
	zassert_equal(flash_erase(nor, 0, BLOCK - 4), -EINVAL);
	zassert_equal(flash_erase(nor, -BLOCK, BLOCK), -EINVAL);
	zassert_equal(flash_erase(nor, SIZE - BLOCK, 2 * BLOCK), -EINVAL);
	zassert_equal(flash_erase(nor, SIZE, BLOCK), -EINVAL);
	zassert_equal(flash_erase(nor, BLOCK, SIZE_MAX & ~(BLOCK - 1)), -EINVAL);
	zassert_true(all(0, SIZE, 0x5a));
}

ZTEST(nor, test_reading_stays_on_the_chip)
{
	uint8_t out[8] = {0};

	zassert_ok(flash_read(nor, SIZE - 8, out, 8));
	zassert_equal(flash_read(nor, SIZE - 7, out, 8), -EINVAL);
	zassert_equal(flash_read(nor, -1, out, 1), -EINVAL);
	zassert_equal(flash_read(nor, SIZE + 1, out, 0), -EINVAL);
}

/* What others build on it: a partition in its place, and a stream that erases as it goes. */
ZTEST(nor, test_partition_and_stream)
{
	static uint8_t buffer[64];
	static struct stream_flash_ctx stream;
	const struct flash_area *area;
	uint8_t data[100];

	fill(0x00);
	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (uint8_t)(i + 1);
	}
	zassert_ok(flash_area_open(FIXED_PARTITION_ID(middle_partition), &area));
	zassert_ok(flash_area_erase(area, 0, area->fa_size));
	zassert_true(all(0x4000, 0xc000, 0xff));
	zassert_true(all(0, 0x4000, 0) && all(0xc000, SIZE, 0));

	zassert_ok(stream_flash_init(&stream, nor, buffer, sizeof(buffer), area->fa_off,
				     area->fa_size, NULL));
	zassert_ok(stream_flash_buffered_write(&stream, data, sizeof(data), false));
	zassert_ok(stream_flash_buffered_write(&stream, data, sizeof(data), true));
	for (size_t i = 0; i < sizeof(data); i++) {
		zassert_equal(cells[0x4000 + i], data[i]);
		zassert_equal(cells[0x4000 + sizeof(data) + i], data[i]);
	}
	flash_area_close(area);
}
