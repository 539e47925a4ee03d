/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What MCUmgr's group for files may touch: the files in apps' folders, nothing else.
 */

#include <string.h>

#include <zephyr/fs/fs.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/grp/fs_mgmt/fs_mgmt.h>
#include <zephyr/mgmt/mcumgr/grp/fs_mgmt/fs_mgmt_callbacks.h>
#include <zephyr/mgmt/mcumgr/mgmt/callbacks.h>
#include <zephyr/mgmt/mcumgr/mgmt/handlers.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include "akira.h"
#include "smp.h"
#include "storage_mount.h"

/* Makes the folder of the app that a file is to be written for, as an upload over HTTP does. */
static void make_folder(const char *path)
{
	const size_t data = sizeof(AKIRA_MOUNT_POINT "/data/") - 1;
	char folder[sizeof(AKIRA_MOUNT_POINT "/data/") + AKIRA_NAME_SIZE];
	const char *end = strchr(&path[data], '/');

	if (end != NULL && (size_t)(end - path) < sizeof(folder)) {
		memcpy(folder, path, end - path);
		folder[end - path] = '\0';
		/* It is there most often; what else is wrong the write itself tells. */
		(void)fs_mkdir(folder);
	}
}

static enum mgmt_cb_return on_access(uint32_t event, enum mgmt_cb_return before, int32_t *rc,
				     uint16_t *group, bool *abort_more, void *data,
				     size_t data_size)
{
	const struct fs_mgmt_file_access *access = data;

	ARG_UNUSED(event);
	ARG_UNUSED(before);
	ARG_UNUSED(group);
	ARG_UNUSED(data_size);

	if (akira_smp_is_data(access->filename, false)) {
		if (access->access == FS_MGMT_FILE_ACCESS_WRITE) {
			make_folder(access->filename);
		}
		return MGMT_CB_OK;
	}
	*rc = MGMT_ERR_EACCESSDENIED;
	*abort_more = true;

	return MGMT_CB_ERROR_RC;
}

static struct mgmt_callback callback = {
	.callback = on_access,
	.event_id = MGMT_EVT_OP_FS_MGMT_FILE_ACCESS,
};

static void register_callback(void)
{
	mgmt_callback_register(&callback);
}

MCUMGR_HANDLER_DEFINE(akira_files, register_callback);
