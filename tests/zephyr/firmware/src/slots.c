/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Writing the secondary slot, and MCUboot's trailers, on the simulated flash.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/fs/fs.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "storage_mount.h"
#include "suite.h"

#define SLOT_SIZE 0x69000
/* Of 105 blocks one is for moving, and one for the trailer. */
#define IMAGE_MAX (103 * BLOCK)

#if DT_PROP(DT_NODELABEL(flash0), write_block_size) == 16
/* An alignment, 16 as two bytes, comes first, and the magic is another. */
#define ALIGN 16
const uint8_t mcuboot_magic[] = {0x10, 0x00, 0x2d, 0xe1, 0x5d, 0x29, 0x41, 0x0b,
				 0x8d, 0x77, 0x67, 0x9c, 0x11, 0x0f, 0x1f, 0x8a};
#else
#define ALIGN 8
const uint8_t mcuboot_magic[] = {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f,
				 0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80};
#endif

/* Where MCUboot keeps them in a slot. */
#define MAGIC_AT     (SLOT_SIZE - MAGIC_LEN)
#define IMAGE_OK_AT  (MAGIC_AT - ALIGN)
#define COPY_DONE_AT (IMAGE_OK_AT - ALIGN)
#define SWAP_INFO_AT (COPY_DONE_AT - ALIGN)

const struct flash_area *primary;
const struct flash_area *secondary;

void erase_slots(void)
{
	zassert_ok(flash_area_open(FIXED_PARTITION_ID(slot0_partition), &primary));
	zassert_ok(flash_area_open(FIXED_PARTITION_ID(slot1_partition), &secondary));
	zassert_ok(flash_area_erase(primary, 0, primary->fa_size));
	zassert_ok(flash_area_erase(secondary, 0, secondary->fa_size));
}

void fill(uint8_t *out, size_t len, uint32_t offset, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		uint32_t at = offset + i;

		/* Never an erased byte, so that what is missing shows. */
		out[i] = (uint8_t)((at * 7 + at / 251 + seed) % 255);
	}
}

bool is_filled(size_t len, uint32_t seed)
{
	uint8_t is[256];
	uint8_t should[256];

	for (size_t at = 0; at < len; at += sizeof(is)) {
		size_t part = MIN(sizeof(is), len - at);

		zassert_ok(akira_firmware_read(AKIRA_FIRMWARE_SECONDARY, at, is, part));
		fill(should, part, at, seed);
		if (memcmp(is, should, part) != 0) {
			return false;
		}
	}

	return true;
}

/* Writes bytes from @p from up to @p to in pieces of changing sizes. */
static void write_range(uint32_t from, uint32_t to, uint32_t seed)
{
	static const size_t sizes[] = {1, 1460, 3, 512, 511, 4096, 7, 5000, 32};
	uint8_t chunk[5000];

	for (size_t i = 0; from < to; i++) {
		size_t len = MIN(sizes[i % ARRAY_SIZE(sizes)], to - from);

		fill(chunk, len, from, seed);
		zassert_ok(akira_firmware_write(chunk, len), "at %u", from);
		from += len;
	}
}

static uint8_t byte_at(const struct flash_area *area, uint32_t offset)
{
	uint8_t byte;

	zassert_ok(flash_area_read(area, offset, &byte, 1));

	return byte;
}

/* As MCUboot leaves the trailer of an image that it has swapped in on trial. */
static void put_swapped_trailer(void)
{
	uint8_t flag[ALIGN];

	memset(flag, 0xff, sizeof(flag));
	flag[0] = 1;
	zassert_ok(flash_area_write(primary, MAGIC_AT, mcuboot_magic, MAGIC_LEN));
	zassert_ok(flash_area_write(primary, COPY_DONE_AT, flag, sizeof(flag)));
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	erase_slots();
}

ZTEST_SUITE(firmware_slots, NULL, NULL, before, NULL, NULL);

ZTEST(firmware_slots, test_sizes)
{
	struct akira_firmware_info info;

	zassert_true(akira_firmware_info(&info));
	zassert_equal(info.size, SLOT_SIZE);
	zassert_equal(info.erase_block, BLOCK);
	zassert_equal(info.write_block, DT_PROP(DT_NODELABEL(flash0), write_block_size));
	/* With 16 bytes at once MCUboot's notes of a swap take two blocks. */
	zassert_equal(info.image_max, IMAGE_MAX - (ALIGN == 16 ? BLOCK : 0), "%u", info.image_max);
}

ZTEST(firmware_slots, test_what_is_written_is_there_and_no_more_is_erased)
{
	const uint32_t len = 3 * BLOCK + 1234;

	/* Left over from another image. */
	zassert_ok(flash_area_write(secondary, 4 * BLOCK, mcuboot_magic, MAGIC_LEN));
	zassert_ok(flash_area_write(secondary, 2 * BLOCK, mcuboot_magic, MAGIC_LEN));

	zassert_ok(akira_firmware_open(0));
	write_range(0, len, 1);
	zassert_ok(akira_firmware_flush());
	zassert_true(is_filled(len, 1));
	zassert_equal(byte_at(secondary, len), 0xff, "the block was erased");
	zassert_equal(byte_at(secondary, 4 * BLOCK), mcuboot_magic[0], "the next one was not");
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_NONE);
}

ZTEST(firmware_slots, test_blocks_are_erased_as_bytes_come)
{
	const uint32_t marks[] = {0, BLOCK, 2 * BLOCK};

	ARRAY_FOR_EACH(marks, i) {
		zassert_ok(flash_area_write(secondary, marks[i], mcuboot_magic, MAGIC_LEN));
	}
	zassert_ok(akira_firmware_open(0));
	zassert_equal(byte_at(secondary, 0), mcuboot_magic[0], "nothing was written yet");
	write_range(0, BLOCK, 2);
	zassert_true(is_filled(BLOCK, 2));
	zassert_equal(byte_at(secondary, BLOCK), mcuboot_magic[0]);
	write_range(BLOCK, BLOCK + CONFIG_AKIRA_FIRMWARE_BUFFER_SIZE, 2);
	zassert_not_equal(byte_at(secondary, BLOCK), mcuboot_magic[0]);
	zassert_equal(byte_at(secondary, 2 * BLOCK), mcuboot_magic[0]);
}

ZTEST(firmware_slots, test_an_update_goes_on_where_it_was_interrupted)
{
	zassert_ok(akira_firmware_open(0));
	write_range(0, 2 * BLOCK + 700, 3);

	/* What was not flushed is forgotten; the block that it was in is written anew. */
	zassert_ok(akira_firmware_open(2 * BLOCK));
	write_range(2 * BLOCK, 4 * BLOCK + 5, 3);
	zassert_ok(akira_firmware_flush());
	zassert_true(is_filled(4 * BLOCK + 5, 3));
}

ZTEST(firmware_slots, test_the_largest_image)
{
	struct akira_firmware_info info;
	uint8_t byte = 0;

	zassert_true(akira_firmware_info(&info));
	zassert_ok(akira_firmware_open(0));
	write_range(0, info.image_max, 4);
	zassert_equal(akira_firmware_write(&byte, 1), -ENOSPC);
	zassert_equal(akira_firmware_write(&byte, 1), -EBADF, "it has failed");
	zassert_true(is_filled(info.image_max, 4));
	zassert_ok(akira_firmware_request_test());
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);
	zassert_true(is_filled(info.image_max, 4), "the trailer is after it");
}

ZTEST(firmware_slots, test_other_offsets_are_refused)
{
	struct akira_firmware_info info;
	uint8_t byte;

	zassert_true(akira_firmware_info(&info));
	zassert_ok(akira_firmware_request_test());

	const uint32_t bad[] = {1,
				BLOCK - 1,
				BLOCK + 512,
				info.image_max,
				SLOT_SIZE - BLOCK,
				UINT32_MAX - BLOCK + 1,
				UINT32_MAX};

	ARRAY_FOR_EACH(bad, i) {
		zassert_equal(akira_firmware_open(bad[i]), -EINVAL, "%u", bad[i]);
	}
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST, "nothing was touched");

	zassert_equal(akira_firmware_read(2, 0, &byte, 1), -EINVAL);
	zassert_equal(akira_firmware_read(AKIRA_FIRMWARE_PRIMARY, SLOT_SIZE, &byte, 1), -EINVAL);
	zassert_equal(akira_firmware_read(AKIRA_FIRMWARE_PRIMARY, SLOT_SIZE - 1, &byte, 2),
		      -EINVAL);
	zassert_equal(akira_firmware_read(AKIRA_FIRMWARE_SECONDARY, UINT32_MAX, &byte, 2), -EINVAL);
	zassert_equal(akira_firmware_read(AKIRA_FIRMWARE_SECONDARY, 0, &byte, SIZE_MAX), -EINVAL);
	zassert_ok(akira_firmware_read(AKIRA_FIRMWARE_SECONDARY, SLOT_SIZE - 1, &byte, 1));
}

ZTEST(firmware_slots, test_nothing_is_written_unless_it_is_open)
{
	uint8_t byte = 0;

	zassert_ok(akira_firmware_open(0));
	zassert_ok(akira_firmware_flush(), "nothing came");
	zassert_equal(akira_firmware_write(&byte, 1), -EBADF);
	zassert_equal(akira_firmware_flush(), -EBADF);

	zassert_ok(akira_firmware_open(0));
	zassert_ok(akira_firmware_erase());
	zassert_equal(akira_firmware_write(&byte, 1), -EBADF);

	zassert_ok(akira_firmware_open(0));
	zassert_ok(akira_firmware_request_test());
	zassert_equal(akira_firmware_write(&byte, 1), -EBADF);
}

ZTEST(firmware_slots, test_the_trailer_is_as_mcuboot_reads_it)
{
	uint8_t magic[MAGIC_LEN];

	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_NONE);
	zassert_ok(akira_firmware_request_test());
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);

	zassert_ok(flash_area_read(secondary, MAGIC_AT, magic, sizeof(magic)));
	zassert_mem_equal(magic, mcuboot_magic, sizeof(magic));
	zassert_equal(byte_at(secondary, IMAGE_OK_AT), 0xff, "not for good");
	zassert_equal(byte_at(secondary, SWAP_INFO_AT), 2, "on trial");

	zassert_ok(akira_firmware_request_test(), "again");
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);
}

ZTEST(firmware_slots, test_an_image_for_good)
{
	uint8_t flag[ALIGN];

	memset(flag, 0xff, sizeof(flag));
	flag[0] = 1;
	zassert_ok(flash_area_write(secondary, MAGIC_AT, mcuboot_magic, MAGIC_LEN));
	zassert_ok(flash_area_write(secondary, IMAGE_OK_AT, flag, sizeof(flag)));
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_PERMANENT);
}

ZTEST(firmware_slots, test_whatever_is_written_is_no_image_before_it_is_asked_for)
{
	static const uint32_t offsets[] = {0, 4 * BLOCK};

	ARRAY_FOR_EACH(offsets, i) {
		zassert_ok(akira_firmware_request_test());
		zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);
		zassert_ok(akira_firmware_open(offsets[i]));
		zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_NONE, "%u", offsets[i]);
	}
}

ZTEST(firmware_slots, test_erasing_leaves_no_image)
{
	zassert_ok(akira_firmware_open(0));
	write_range(0, 2 * BLOCK, 5);
	zassert_ok(akira_firmware_flush());
	zassert_ok(akira_firmware_request_test());

	zassert_ok(akira_firmware_erase());
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_NONE);
	for (uint32_t at = 0; at < BLOCK; at++) {
		zassert_equal(byte_at(secondary, at), 0xff, "header at %u", at);
		zassert_equal(byte_at(secondary, SLOT_SIZE - BLOCK + at), 0xff, "trailer at %u",
			      at);
	}
}

ZTEST(firmware_slots, test_confirming)
{
	zassert_equal(akira_firmware_confirmed(), 0, "it has no trailer");
	zassert_ok(akira_firmware_confirm(), "nor needs one");
	zassert_equal(akira_firmware_confirmed(), 0);

	put_swapped_trailer();
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_REVERT);
	zassert_equal(akira_firmware_confirmed(), 0);
	zassert_ok(akira_firmware_confirm());
	zassert_equal(akira_firmware_confirmed(), 1);
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_NONE);
	zassert_equal(byte_at(primary, IMAGE_OK_AT), 1);
	zassert_ok(akira_firmware_confirm(), "again");
	zassert_equal(akira_firmware_confirmed(), 1);
}

ZTEST(firmware_slots, test_a_damaged_trailer_confirms_nothing)
{
	uint8_t magic[MAGIC_LEN];

	memcpy(magic, mcuboot_magic, sizeof(magic));
	magic[5] ^= 0x10;
	zassert_ok(flash_area_write(primary, MAGIC_AT, magic, sizeof(magic)));
	zassert_equal(akira_firmware_confirmed(), 0);
	zassert_equal(akira_firmware_confirm(), -EIO);
	zassert_equal(akira_firmware_confirmed(), 0);
}

/* Apps write files while an update comes: the same chip, by two threads. */

#define FILE_PATH "/apps.bin"
#define ROUNDS    40

static K_THREAD_STACK_DEFINE(file_stack, 8192);
static struct k_thread file_thread;
static int file_result;

static int write_file(void)
{
	uint8_t chunk[300];
	struct akira_file *file;
	int ret = akira_fs_open(FILE_PATH, strlen(FILE_PATH),
				AKIRA_FS_WRITE | AKIRA_FS_CREATE | AKIRA_FS_TRUNCATE, &file);

	if (ret < 0) {
		return ret;
	}
	for (uint32_t i = 0; i < ROUNDS && ret == 0; i++) {
		fill(chunk, sizeof(chunk), i * sizeof(chunk), 6);
		ret = akira_fs_write(file, chunk, sizeof(chunk)) == sizeof(chunk) ? 0 : -EIO;
		if (ret == 0) {
			ret = akira_fs_sync(file);
		}
		k_msleep(1);
	}

	return MIN(ret, akira_fs_close(file));
}

static void run_file(void *p1, void *p2, void *p3)
{
	ARG_UNUSED(p1);
	ARG_UNUSED(p2);
	ARG_UNUSED(p3);
	file_result = write_file();
}

ZTEST(firmware_slots, test_files_are_written_meanwhile)
{
	uint8_t is[300];
	uint8_t should[300];
	struct akira_file *file;
	uint32_t at = 0;

	zassert_ok(akira_storage_mount());
	k_thread_create(&file_thread, file_stack, K_THREAD_STACK_SIZEOF(file_stack), run_file, NULL,
			NULL, NULL, K_PRIO_PREEMPT(3), 0, K_NO_WAIT);
	zassert_ok(akira_firmware_open(0));
	while (k_thread_join(&file_thread, K_MSEC(1)) != 0 && at < 90 * BLOCK) {
		write_range(at, at + 1500, 7);
		at += 1500;
	}
	zassert_ok(k_thread_join(&file_thread, K_SECONDS(10)));
	zassert_ok(akira_firmware_flush());
	zassert_ok(file_result);
	zassert_true(at > 0 && is_filled(at, 7));

	zassert_ok(akira_fs_open(FILE_PATH, strlen(FILE_PATH), AKIRA_FS_READ, &file));
	for (uint32_t i = 0; i < ROUNDS; i++) {
		zassert_equal(akira_fs_read(file, is, sizeof(is)), sizeof(is));
		fill(should, sizeof(should), i * sizeof(should), 6);
		zassert_mem_equal(is, should, sizeof(is));
	}
	zassert_ok(akira_fs_close(file));
	zassert_ok(akira_storage_unmount());
}
