/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Storage shims on a real LittleFS on the simulated flash.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/devicetree.h>
#include <zephyr/storage/flash_map.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "storage_mount.h"

#define STORAGE_ID DT_FIXED_PARTITION_ID(DT_CHOSEN(akira_storage))
#define TEXT(text) (text), (sizeof(text) - 1)

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

static const struct flash_area *area;

static void put(const char *path, const char *content)
{
	struct akira_file *file;

	zassert_ok(akira_fs_open(path, strlen(path),
				 AKIRA_FS_WRITE | AKIRA_FS_CREATE | AKIRA_FS_TRUNCATE, &file));
	zassert_equal(akira_fs_write(file, content, strlen(content)), strlen(content));
	zassert_ok(akira_fs_sync(file));
	zassert_ok(akira_fs_close(file));
}

static void expect(const char *path, const char *content)
{
	struct akira_file *file;
	char read[64] = {0};

	zassert_ok(akira_fs_open(path, strlen(path), AKIRA_FS_READ, &file));
	zassert_equal(akira_fs_read(file, read, sizeof(read)), strlen(content));
	zassert_str_equal(read, content);
	zassert_ok(akira_fs_close(file));
}

static void *setup(void)
{
	zassert_ok(flash_area_open(STORAGE_ID, &area));

	return NULL;
}

/* Each test starts on a freshly formatted partition. */
static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	zassert_ok(flash_area_flatten(area, 0, area->fa_size));
	zassert_ok(akira_storage_mount());
}

static void after(void *fixture)
{
	ARG_UNUSED(fixture);
	(void)akira_storage_unmount();
}

ZTEST_SUITE(storage, NULL, setup, before, after, NULL);

ZTEST(storage, test_files_survive_a_new_mount)
{
	zassert_ok(akira_fs_mkdir(TEXT("/apps")));
	put("/apps/a.wasm", "content");
	zassert_ok(akira_storage_unmount());
	zassert_ok(akira_storage_mount());
	expect("/apps/a.wasm", "content");
}

ZTEST(storage, test_the_partition_has_the_promised_geometry)
{
	uint32_t total;
	uint32_t free_bytes;

	zassert_ok(akira_fs_space(&total, &free_bytes));
	zassert_equal(total, 2 * 1024 * 1024);
	zassert_equal(total - free_bytes, 2 * 4096, "an empty LittleFS is its superblock");
}

/* What does not mount may be somebody's data. */
ZTEST(storage, test_content_that_does_not_mount_is_left_alone)
{
	static const uint8_t rubbish[] = {1, 2, 3, 4};
	uint8_t now[sizeof(rubbish)];
	const off_t places[] = {0, 4096, 8192};

	zassert_ok(akira_fs_mkdir(TEXT("/data")));
	put("/data/precious", "keep");
	zassert_ok(akira_storage_unmount());
	zassert_ok(flash_area_erase(area, 0, 8192));
	for (size_t i = 0; i < 2; i++) {
		zassert_ok(flash_area_write(area, places[i], rubbish, sizeof(rubbish)));
	}

	zassert_equal(akira_storage_mount(), -EILSEQ);

	zassert_ok(flash_area_read(area, 0, now, sizeof(now)));
	zassert_mem_equal(now, rubbish, sizeof(now));
}

/* Also when the superblock is gone altogether and only the rest speaks of a file system. */
ZTEST(storage, test_content_without_superblock_is_left_alone)
{
	zassert_ok(akira_fs_mkdir(TEXT("/data")));
	put("/data/precious", "keep");
	zassert_ok(akira_storage_unmount());
	zassert_ok(flash_area_erase(area, 0, 8192));

	zassert_equal(akira_storage_mount(), -EILSEQ);
}

ZTEST(storage, test_a_format_cut_short_is_done_again)
{
	static const uint8_t half[] = {0, 0, 0, 0, 'l', 'i', 't'};

	zassert_ok(akira_storage_unmount());
	zassert_ok(flash_area_flatten(area, 0, area->fa_size));
	zassert_ok(flash_area_write(area, 0, half, sizeof(half)));

	zassert_ok(akira_storage_mount());
	put("/x", "works");
	expect("/x", "works");
}

ZTEST(storage, test_rename_replaces)
{
	struct akira_stat stat;

	put("/new", "new");
	put("/old", "old");
	zassert_ok(akira_fs_rename(TEXT("/new"), TEXT("/old")));
	expect("/old", "new");
	zassert_equal(akira_fs_stat(TEXT("/new"), &stat), -ENOENT);
	zassert_equal(akira_fs_rename(TEXT("/none"), TEXT("/old")), -ENOENT);
	expect("/old", "new");
}

ZTEST(storage, test_modes_and_seek)
{
	struct akira_file *file;
	char read[8] = {0};

	put("/f", "12345");
	zassert_ok(akira_fs_open(TEXT("/f"), AKIRA_FS_WRITE | AKIRA_FS_APPEND, &file));
	zassert_equal(akira_fs_write(file, "67", 2), 2);
	zassert_equal(akira_fs_read(file, read, 1), -EBADF, "open for writing only");
	zassert_ok(akira_fs_close(file));

	zassert_ok(akira_fs_open(TEXT("/f"), AKIRA_FS_READ, &file));
	zassert_equal(akira_fs_seek(file, 3, AKIRA_FS_START), 3);
	zassert_equal(akira_fs_seek(file, 1, AKIRA_FS_CURRENT), 4);
	zassert_equal(akira_fs_seek(file, -2, AKIRA_FS_END), 5);
	zassert_equal(akira_fs_read(file, read, sizeof(read)), 2);
	zassert_str_equal(read, "67");
	zassert_equal(akira_fs_seek(file, -1, AKIRA_FS_START), -EINVAL);
	zassert_equal(akira_fs_seek(file, 0, 3), -EINVAL);
	zassert_equal(akira_fs_write(file, "x", 1), -EBADF, "open for reading only");
	zassert_ok(akira_fs_close(file));

	zassert_ok(akira_fs_open(TEXT("/f"), AKIRA_FS_WRITE | AKIRA_FS_TRUNCATE, &file));
	zassert_ok(akira_fs_close(file));
	expect("/f", "");
	zassert_equal(akira_fs_open(TEXT("/none"), AKIRA_FS_READ, &file), -ENOENT);
}

ZTEST(storage, test_directories)
{
	struct akira_stat stat;

	zassert_ok(akira_fs_mkdir(TEXT("/d")));
	zassert_ok(akira_fs_mkdir(TEXT("/d")), "one that is there is no error");
	put("/f", "x");
	zassert_equal(akira_fs_mkdir(TEXT("/f")), -EEXIST);
	zassert_ok(akira_fs_stat(TEXT("/d"), &stat));
	zassert_true(stat.is_dir);
	zassert_ok(akira_fs_stat(TEXT("/f"), &stat));
	zassert_false(stat.is_dir);
	zassert_equal(stat.size, 1);
	put("/d/inside", "x");
	zassert_equal(akira_fs_remove(TEXT("/d")), -ENOTEMPTY);
	zassert_ok(akira_fs_remove(TEXT("/d/inside")));
	zassert_ok(akira_fs_remove(TEXT("/d")));
	zassert_equal(akira_fs_remove(TEXT("/d")), -ENOENT);
}

struct seen {
	int entries;
	int stop_after;
	uint32_t bytes;
	size_t longest;
};

static bool each(void *context, const char *name, size_t name_len, struct akira_stat stat)
{
	struct seen *seen = context;

	zassert_not_equal(name[0], '.', "neither . nor ..");
	seen->entries++;
	seen->bytes += stat.size;
	seen->longest = MAX(seen->longest, name_len);

	return seen->entries != seen->stop_after;
}

ZTEST(storage, test_list)
{
	/* As long as an app's file can be called. */
	static const char longest[] = "/l/abcdefghijklmnopqrstuvwxyz01234.wasm";
	struct seen seen = {0};

	zassert_ok(akira_fs_mkdir(TEXT("/l")));
	put("/l/a", "1");
	put(longest, "22");
	zassert_ok(akira_fs_list(TEXT("/l"), each, &seen));
	zassert_equal(seen.entries, 2);
	zassert_equal(seen.bytes, 3);
	zassert_equal(seen.longest, sizeof(longest) - 1 - 3);

	seen = (struct seen){.stop_after = 1};
	zassert_ok(akira_fs_list(TEXT("/l"), each, &seen));
	zassert_equal(seen.entries, 1);
	zassert_equal(akira_fs_list(TEXT("/none"), each, &seen), -ENOENT);
}

ZTEST(storage, test_handles_run_out_and_come_back)
{
	struct akira_file *files[CONFIG_AKIRA_MAX_OPEN_FILES];
	struct akira_file *more;

	put("/f", "x");
	for (int round = 0; round < 3; round++) {
		ARRAY_FOR_EACH(files, i) {
			zassert_ok(akira_fs_open(TEXT("/f"), AKIRA_FS_READ, &files[i]));
		}
		zassert_equal(akira_fs_open(TEXT("/f"), AKIRA_FS_READ, &more), -ENFILE);
		ARRAY_FOR_EACH(files, i) {
			zassert_ok(akira_fs_close(files[i]));
		}
	}
	for (int i = 0; i < 2 * CONFIG_AKIRA_MAX_OPEN_FILES; i++) {
		zassert_equal(akira_fs_open(TEXT("/none"), AKIRA_FS_READ, &more), -ENOENT);
	}
	zassert_ok(akira_fs_open(TEXT("/f"), AKIRA_FS_READ, &more), "a failed open keeps a handle");
	zassert_ok(akira_fs_close(more));
}

ZTEST(storage, test_paths_that_are_none)
{
	struct akira_stat stat;
	char endless[400];

	memset(endless, 'a', sizeof(endless));
	endless[0] = '/';
	zassert_equal(akira_fs_stat(TEXT("relative"), &stat), -EINVAL);
	zassert_equal(akira_fs_stat("", 0, &stat), -EINVAL);
	zassert_equal(akira_fs_stat("/a\0b", 4, &stat), -EINVAL);
	/* The number of the native API, whatever the C library's. */
	zassert_equal(akira_fs_stat(endless, sizeof(endless), &stat), -36);
}

ZTEST(storage, test_a_full_partition_says_so_and_recovers)
{
	static uint8_t block[4096];
	struct akira_file *file;
	uint32_t total;
	uint32_t before_bytes;
	uint32_t after_bytes;
	int32_t written;

	zassert_ok(akira_fs_space(&total, &before_bytes));
	zassert_ok(akira_fs_open(TEXT("/big"), AKIRA_FS_WRITE | AKIRA_FS_CREATE, &file));
	do {
		written = akira_fs_write(file, block, sizeof(block));
	} while (written == sizeof(block));
	zassert_equal(written, -ENOSPC);
	(void)akira_fs_close(file);
	zassert_ok(akira_fs_remove(TEXT("/big")));
	zassert_ok(akira_fs_space(&total, &after_bytes));
	zassert_equal(before_bytes, after_bytes);
	put("/small", "fits");
	expect("/small", "fits");
}
