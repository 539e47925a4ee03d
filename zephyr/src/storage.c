/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Files on the LittleFS of the storage partition.
 *
 * The Rust side's paths are absolute inside the file system; the mount point goes in front of them
 * here and nowhere else. File handles come from a fixed pool.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/fs/fs.h>
#include <zephyr/kernel.h>

#include <akira/platform.h>
#include "storage_mount.h"

/* The longest path: /config/registry/<31 characters>, and room for what apps put in /data. */
#define PATH_SIZE 256

struct akira_file {
	struct fs_file_t file;
	/* What it was opened for. LittleFS itself only asserts it. */
	uint32_t mode;
};

K_MEM_SLAB_DEFINE_STATIC(file_pool, sizeof(struct akira_file), CONFIG_AKIRA_MAX_OPEN_FILES,
			 __alignof__(struct akira_file));

/*
 * A result for the Rust side, whose error numbers are Linux's. Zephyr's C libraries agree on most
 * of them; these they may number otherwise.
 */
static int32_t border(int64_t result)
{
	switch (result) {
	case -ENAMETOOLONG:
		return -36;
	case -ENOTEMPTY:
		return -39;
	case -ENOTSUP:
		return -95;
	default:
		return (int32_t)result;
	}
}

/* Puts the mount point in front of a path and a terminator behind it. */
static int full_path(char out[PATH_SIZE], const char *path, size_t len)
{
	const size_t prefix = sizeof(AKIRA_MOUNT_POINT) - 1;

	if (len == 0 || path[0] != '/' || memchr(path, '\0', len) != NULL) {
		return -EINVAL;
	}
	if (prefix + len + 1 > PATH_SIZE) {
		return border(-ENAMETOOLONG);
	}

	memcpy(out, AKIRA_MOUNT_POINT, prefix);
	memcpy(&out[prefix], path, len);
	out[prefix + len] = '\0';

	return 0;
}

int akira_fs_open(const char *path, size_t path_len, uint32_t mode, struct akira_file **file)
{
	char full[PATH_SIZE];
	struct akira_file *handle;
	fs_mode_t flags = 0;
	int ret;

	ret = full_path(full, path, path_len);
	if (ret < 0) {
		return ret;
	}

	flags |= (mode & AKIRA_FS_READ) ? FS_O_READ : 0;
	flags |= (mode & AKIRA_FS_WRITE) ? FS_O_WRITE : 0;
	flags |= (mode & AKIRA_FS_CREATE) ? FS_O_CREATE : 0;
	flags |= (mode & AKIRA_FS_TRUNCATE) ? FS_O_TRUNC : 0;
	flags |= (mode & AKIRA_FS_APPEND) ? FS_O_APPEND : 0;

	if (k_mem_slab_alloc(&file_pool, (void **)&handle, K_NO_WAIT) != 0) {
		return -ENFILE;
	}
	fs_file_t_init(&handle->file);
	handle->mode = mode;

	ret = fs_open(&handle->file, full, flags);
	if (ret < 0) {
		k_mem_slab_free(&file_pool, handle);
		return border(ret);
	}
	*file = handle;

	return 0;
}

int akira_fs_close(struct akira_file *file)
{
	int ret = fs_close(&file->file);

	k_mem_slab_free(&file_pool, file);

	return border(ret);
}

int32_t akira_fs_read(struct akira_file *file, void *out, size_t len)
{
	if ((file->mode & AKIRA_FS_READ) == 0) {
		return -EBADF;
	}

	return border(fs_read(&file->file, out, MIN(len, INT32_MAX)));
}

int32_t akira_fs_write(struct akira_file *file, const void *data, size_t len)
{
	if ((file->mode & AKIRA_FS_WRITE) == 0) {
		return -EBADF;
	}

	return border(fs_write(&file->file, data, MIN(len, INT32_MAX)));
}

int32_t akira_fs_seek(struct akira_file *file, int32_t offset, enum akira_fs_whence whence)
{
	static const int zephyr_whence[] = {
		[AKIRA_FS_START] = FS_SEEK_SET,
		[AKIRA_FS_CURRENT] = FS_SEEK_CUR,
		[AKIRA_FS_END] = FS_SEEK_END,
	};
	int ret;

	if ((size_t)whence >= ARRAY_SIZE(zephyr_whence)) {
		return -EINVAL;
	}

	ret = fs_seek(&file->file, offset, zephyr_whence[whence]);

	return border(ret < 0 ? ret : fs_tell(&file->file));
}

int akira_fs_sync(struct akira_file *file)
{
	return border(fs_sync(&file->file));
}

int akira_fs_remove(const char *path, size_t path_len)
{
	char full[PATH_SIZE];
	int ret = full_path(full, path, path_len);

	return ret < 0 ? ret : border(fs_unlink(full));
}

int akira_fs_rename(const char *from, size_t from_len, const char *to, size_t to_len)
{
	char full_from[PATH_SIZE];
	char full_to[PATH_SIZE];
	int ret;

	ret = full_path(full_from, from, from_len);
	if (ret < 0) {
		return ret;
	}
	ret = full_path(full_to, to, to_len);
	if (ret < 0) {
		return ret;
	}

	return border(fs_rename(full_from, full_to));
}

int akira_fs_stat(const char *path, size_t path_len, struct akira_stat *stat)
{
	char full[PATH_SIZE];
	struct fs_dirent entry;
	int ret = full_path(full, path, path_len);

	if (ret < 0) {
		return ret;
	}

	ret = fs_stat(full, &entry);
	if (ret < 0) {
		return border(ret);
	}

	stat->is_dir = entry.type == FS_DIR_ENTRY_DIR;
	stat->size = stat->is_dir ? 0 : (uint32_t)entry.size;

	return 0;
}

int akira_fs_mkdir(const char *path, size_t path_len)
{
	char full[PATH_SIZE];
	struct fs_dirent entry;
	int ret = full_path(full, path, path_len);

	if (ret < 0) {
		return ret;
	}
	/* Asked first because fs_mkdir() logs an error for a directory that is there. */
	if (fs_stat(full, &entry) == 0) {
		return entry.type == FS_DIR_ENTRY_DIR ? 0 : -EEXIST;
	}

	return border(fs_mkdir(full));
}

int akira_fs_list(const char *path, size_t path_len, akira_fs_each each, void *context)
{
	char full[PATH_SIZE];
	struct fs_dir_t dir;
	struct fs_dirent entry;
	int ret = full_path(full, path, path_len);
	int closed;

	if (ret < 0) {
		return ret;
	}

	fs_dir_t_init(&dir);
	ret = fs_opendir(&dir, full);
	if (ret < 0) {
		return border(ret);
	}

	while (true) {
		struct akira_stat stat;

		ret = fs_readdir(&dir, &entry);
		if (ret < 0 || entry.name[0] == '\0') {
			break;
		}

		stat.is_dir = entry.type == FS_DIR_ENTRY_DIR;
		stat.size = stat.is_dir ? 0 : (uint32_t)entry.size;
		if (!each(context, entry.name, strlen(entry.name), stat)) {
			break;
		}
	}

	closed = fs_closedir(&dir);

	return border(ret < 0 ? ret : closed);
}

int akira_fs_space(uint32_t *total, uint32_t *free_bytes)
{
	struct fs_statvfs info;
	int ret = fs_statvfs(AKIRA_MOUNT_POINT, &info);

	if (ret < 0) {
		return border(ret);
	}

	*total = (uint32_t)(info.f_blocks * info.f_frsize);
	*free_bytes = (uint32_t)(info.f_bfree * info.f_frsize);

	return 0;
}
