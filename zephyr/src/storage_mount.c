/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Mounting of the storage partition, and formatting of one that is blank.
 *
 * The partition is the devicetree's chosen `akira,storage`, else the node labelled
 * `storage_partition`. It is formatted by us and only when blank: Zephyr's own auto-format would
 * also wipe apps and data off a partition that fails to mount for any other reason.
 */

#include <errno.h>

#include <zephyr/devicetree.h>
#include <zephyr/fs/fs.h>
#include <zephyr/fs/littlefs.h>
#include <zephyr/kernel.h>
#include <zephyr/storage/flash_map.h>

#include "storage_mount.h"

#if DT_HAS_CHOSEN(akira_storage)
#define STORAGE_ID DT_FIXED_PARTITION_ID(DT_CHOSEN(akira_storage))
#else
#define STORAGE_ID FIXED_PARTITION_ID(storage_partition)
#endif

/* LittleFS keeps its superblock in the first two blocks, of 4 KiB on all flash in use here. */
#define SUPERBLOCKS_END (2 * 4096)

FS_LITTLEFS_DECLARE_DEFAULT_CONFIG(storage_data);

static struct fs_mount_t storage = {
	.type = FS_LITTLEFS,
	.mnt_point = AKIRA_MOUNT_POINT,
	.fs_data = &storage_data,
	.storage_dev = (void *)STORAGE_ID,
	.flags = FS_MOUNT_FLAG_NO_FORMAT,
};

/* Whether all bytes of the partition from @p start up to @p end are erased. */
static int is_erased(size_t start, size_t end, bool *erased)
{
	const struct flash_area *area;
	uint8_t chunk[64];
	uint8_t value;
	int ret;

	ret = flash_area_open(STORAGE_ID, &area);
	if (ret < 0) {
		return ret;
	}

	end = MIN(end, area->fa_size);
	value = flash_area_erased_val(area);
	*erased = true;
	for (size_t offset = start; offset < end && *erased; offset += sizeof(chunk)) {
		size_t len = MIN(sizeof(chunk), end - offset);

		ret = flash_area_read(area, offset, chunk, len);
		if (ret < 0) {
			break;
		}
		for (size_t i = 0; i < len; i++) {
			if (chunk[i] != value) {
				*erased = false;
				break;
			}
		}
	}
	flash_area_close(area);

	return ret;
}

int akira_storage_mount(void)
{
	bool fresh;
	bool empty;
	int ret;

	/* Asked before mounting, which reports a blank partition as a corrupted one. */
	ret = is_erased(0, SUPERBLOCKS_END, &fresh);
	if (ret < 0) {
		return ret;
	}
	if (!fresh) {
		ret = fs_mount(&storage);
		if (ret == 0) {
			return 0;
		}
	}

	/*
	 * Written superblocks with nothing behind them are a first format that was cut short: all
	 * that the runtime stores is in directories, whose blocks come after.
	 */
	ret = is_erased(SUPERBLOCKS_END, SIZE_MAX, &empty);
	if (ret < 0) {
		return ret;
	}
	if (!empty) {
		return -EILSEQ;
	}

	ret = fs_mkfs(FS_LITTLEFS, (uintptr_t)STORAGE_ID, NULL, 0);
	if (ret < 0) {
		return ret;
	}

	return fs_mount(&storage);
}

int akira_storage_unmount(void)
{
	return fs_unmount(&storage);
}
