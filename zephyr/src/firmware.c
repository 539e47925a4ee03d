/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUboot's slots: reading them, writing an update with Zephyr's stream_flash, and what MCUboot's
 * trailers say. Which image is good is decided above.
 *
 * The trailer at the end of the secondary slot is what makes its image one to swap. It is erased
 * before anything else of the slot changes, and written by akira_firmware_request_test() only.
 */

#include <errno.h>

#include <bootutil/bootutil_public.h>
#include <zephyr/dfu/mcuboot.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/kernel.h>
#include <zephyr/storage/flash_map.h>
#include <zephyr/storage/stream_flash.h>

#include <akira/platform.h>

/* It writes the slots, and confirms what runs, past the runtime's checks. */
BUILD_ASSERT(!IS_ENABLED(CONFIG_MCUMGR_GRP_IMG),
	     "Set CONFIG_MCUMGR_GRP_IMG=n: CONFIG_AKIRA_SMP_IMAGES has the same commands");

#define PRIMARY_ID   FIXED_PARTITION_ID(slot0_partition)
#define SECONDARY_ID FIXED_PARTITION_ID(slot1_partition)

/* Of each sector MCUboot writes down that it was moved, and the two steps of its swap. */
#define STATUS_PER_SECTOR 3
/* Swap size, kind of swap, copied, confirmed; then the magic number. */
#define TRAILER_INFO      (4 * BOOT_MAX_ALIGN + BOOT_MAGIC_ALIGN_SIZE)

static uint8_t buffer[CONFIG_AKIRA_FIRMWARE_BUFFER_SIZE] __aligned(8);
static struct stream_flash_ctx stream;
static bool is_open;
/* Of stream, buffer and is_open. */
static K_MUTEX_DEFINE(writing);

/* What all slots have; size 0 until it is known. */
static struct akira_firmware_info known;
/* Where the trailer's first erase block begins. */
static uint32_t trailer_start;
static K_MUTEX_DEFINE(knowing);

/* The size of the erase blocks of a slot when they all have the same; else 0. */
static uint32_t erase_block_of(const struct flash_area *area)
{
	const struct device *flash = flash_area_get_device(area);
	struct flash_pages_info page;
	uint32_t size = 0;

	for (uint32_t offset = 0; offset < area->fa_size; offset += size) {
		if (flash_get_page_info_by_offs(flash, area->fa_off + offset, &page) != 0 ||
		    page.start_offset != area->fa_off + offset ||
		    (size != 0 && page.size != size)) {
			return 0;
		}
		size = page.size;
	}

	return size;
}

static bool learn(const struct flash_area *primary, const struct flash_area *secondary)
{
	uint32_t size = MIN(primary->fa_size, secondary->fa_size);
	uint32_t block = erase_block_of(secondary);
	uint32_t align = MAX(flash_area_align(primary), flash_area_align(secondary));
	uint32_t trailer;
	uint32_t kept;

	if (block == 0 || erase_block_of(primary) != block || block % sizeof(buffer) != 0 ||
	    sizeof(buffer) % align != 0) {
		return false;
	}
	trailer = ROUND_UP(size / block * STATUS_PER_SECTOR * align + TRAILER_INFO, block);
	/* Swapping by moving takes one sector more. */
	kept = MAX(trailer + block, CONFIG_MCUBOOT_UPDATE_FOOTER_SIZE);
	if (size <= kept) {
		return false;
	}
	trailer_start = secondary->fa_size - trailer;
	known = (struct akira_firmware_info){
		.size = size,
		.erase_block = block,
		.write_block = align,
		.image_max = ROUND_DOWN(size - kept, block),
	};

	return true;
}

bool akira_firmware_info(struct akira_firmware_info *info)
{
	const struct flash_area *primary;
	const struct flash_area *secondary;

	k_mutex_lock(&knowing, K_FOREVER);
	if (known.size == 0 && flash_area_open(PRIMARY_ID, &primary) == 0) {
		if (flash_area_open(SECONDARY_ID, &secondary) == 0) {
			if (flash_area_device_is_ready(primary) &&
			    flash_area_device_is_ready(secondary)) {
				(void)learn(primary, secondary);
			}
			flash_area_close(secondary);
		}
		flash_area_close(primary);
	}
	*info = known;
	k_mutex_unlock(&knowing);

	return info->size != 0;
}

int akira_firmware_read(uint32_t slot, uint32_t offset, void *out, size_t len)
{
	const struct flash_area *area;
	int ret;

	if (slot != AKIRA_FIRMWARE_PRIMARY && slot != AKIRA_FIRMWARE_SECONDARY) {
		return -EINVAL;
	}
	ret = flash_area_open(slot == AKIRA_FIRMWARE_PRIMARY ? PRIMARY_ID : SECONDARY_ID, &area);
	if (ret < 0) {
		return ret;
	}
	ret = offset > area->fa_size || len > area->fa_size - offset
		      ? -EINVAL
		      : flash_area_read(area, offset, out, len);
	flash_area_close(area);

	return ret;
}

/* Whether nothing is written from @p start to the end of a slot. */
static int is_blank(const struct flash_area *area, uint32_t start, bool *blank)
{
	uint8_t erased = flash_area_erased_val(area);
	uint8_t chunk[64];

	*blank = true;
	for (uint32_t offset = start; offset < area->fa_size && *blank; offset += sizeof(chunk)) {
		int ret = flash_area_read(area, offset, chunk, sizeof(chunk));

		if (ret < 0) {
			return ret;
		}
		for (size_t i = 0; i < sizeof(chunk); i++) {
			*blank = *blank && chunk[i] == erased;
		}
	}

	return 0;
}

static int erase_trailer(const struct flash_area *area)
{
	return flash_area_flatten(area, trailer_start, area->fa_size - trailer_start);
}

static int open_at(uint32_t offset, const struct akira_firmware_info *info)
{
	const struct flash_area *area;
	/* A new image erases it in any case: what was cut while it was erased may read as blank. */
	bool blank = false;
	int ret;

	ret = flash_area_open(SECONDARY_ID, &area);
	if (ret < 0) {
		return ret;
	}
	if (offset != 0) {
		ret = is_blank(area, trailer_start, &blank);
	}
	if (ret == 0 && !blank) {
		ret = erase_trailer(area);
	}
	if (ret == 0) {
		ret = stream_flash_init(&stream, flash_area_get_device(area), buffer,
					sizeof(buffer), area->fa_off + offset,
					info->image_max - offset, NULL);
	}
	flash_area_close(area);

	return ret;
}

int akira_firmware_open(uint32_t offset)
{
	struct akira_firmware_info info;
	int ret;

	if (!akira_firmware_info(&info)) {
		return -ENODEV;
	}
	if (offset % info.erase_block != 0 || offset >= info.image_max) {
		return -EINVAL;
	}
	k_mutex_lock(&writing, K_FOREVER);
	ret = open_at(offset, &info);
	is_open = ret == 0;
	k_mutex_unlock(&writing);

	return ret;
}

/* Passes bytes on, or what waits; a stream that has failed does not go on. */
static int put(const void *data, size_t len, bool flush)
{
	int ret;

	k_mutex_lock(&writing, K_FOREVER);
	ret = is_open ? stream_flash_buffered_write(&stream, data, len, flush) : -EBADF;
	is_open = is_open && ret == 0 && !flush;
	k_mutex_unlock(&writing);

	/* Only this one failure is the stream's own. */
	return ret == -ENOMEM ? -ENOSPC : ret;
}

int akira_firmware_write(const void *data, size_t len)
{
	return put(data, len, false);
}

int akira_firmware_flush(void)
{
	return put(NULL, 0, true);
}

int akira_firmware_erase(void)
{
	struct akira_firmware_info info;
	const struct flash_area *area;
	int ret;

	if (!akira_firmware_info(&info)) {
		return -ENODEV;
	}
	ret = flash_area_open(SECONDARY_ID, &area);
	if (ret < 0) {
		return ret;
	}
	k_mutex_lock(&writing, K_FOREVER);
	is_open = false;
	ret = erase_trailer(area);
	if (ret == 0) {
		ret = flash_area_flatten(area, 0, info.erase_block);
	}
	k_mutex_unlock(&writing);
	flash_area_close(area);

	return ret;
}

int akira_firmware_request_test(void)
{
	int ret;

	k_mutex_lock(&writing, K_FOREVER);
	is_open = false;
	ret = boot_request_upgrade(BOOT_UPGRADE_TEST);
	k_mutex_unlock(&writing);

	/* MCUboot's own numbers, and Zephyr's for all of them, say no more than that. */
	return ret == 0 ? 0 : -EIO;
}

int akira_firmware_swap(void)
{
	switch (mcuboot_swap_type()) {
	case BOOT_SWAP_TYPE_NONE:
		return AKIRA_FIRMWARE_SWAP_NONE;
	case BOOT_SWAP_TYPE_TEST:
		return AKIRA_FIRMWARE_SWAP_TEST;
	case BOOT_SWAP_TYPE_PERM:
		return AKIRA_FIRMWARE_SWAP_PERMANENT;
	case BOOT_SWAP_TYPE_REVERT:
		return AKIRA_FIRMWARE_SWAP_REVERT;
	default:
		return -EIO;
	}
}

int akira_firmware_confirmed(void)
{
	struct boot_swap_state state;

	/* Zephyr's boot_is_img_confirmed() says so of a slot without a trailer, too. */
	if (boot_read_swap_state_by_id(PRIMARY_ID, &state) != 0) {
		return -EIO;
	}

	return state.magic == BOOT_MAGIC_GOOD && state.image_ok == BOOT_FLAG_SET ? 1 : 0;
}

int akira_firmware_confirm(void)
{
	return boot_write_img_confirmed() == 0 ? 0 : -EIO;
}

bool akira_firmware_unsigned(void)
{
	return IS_ENABLED(CONFIG_AKIRA_FIRMWARE_UNSIGNED);
}
