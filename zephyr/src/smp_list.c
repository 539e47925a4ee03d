/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Lists of files over SMP, which MCUmgr's own group for files does not give.
 */

#include <errno.h>
#include <string.h>

#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/fs/fs.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include <mgmt/mcumgr/util/zcbor_bulk.h>

#include "akira.h"
#include "smp.h"
#include "storage_mount.h"

#define PATH_SIZE 160
/* What an entry takes in an answer beside its name. */
#define ROOM      48
#define FILES_MAX 64

static bool put_entry(zcbor_state_t *zse, const struct fs_dirent *entry)
{
	bool is_dir = entry->type == FS_DIR_ENTRY_DIR;

	return zcbor_map_start_encode(zse, 3) && zcbor_tstr_put_lit(zse, "name") &&
	       zcbor_tstr_put_term(zse, entry->name, sizeof(entry->name)) &&
	       zcbor_tstr_put_lit(zse, "dir") && zcbor_bool_put(zse, is_dir) &&
	       zcbor_tstr_put_lit(zse, "size") && zcbor_uint64_put(zse, entry->size) &&
	       zcbor_map_end_encode(zse, 3);
}

/* Entries from number @p from on, as many as fit, and the number of the next one if there is. */
static bool put_entries(struct smp_streamer *ctxt, struct fs_dir_t *dir, uint32_t from)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct fs_dirent entry;
	uint32_t index = 0;
	bool more = false;
	bool ok;

	ok = zcbor_tstr_put_lit(zse, "files") && zcbor_list_start_encode(zse, FILES_MAX);
	while (ok && fs_readdir(dir, &entry) == 0 && entry.name[0] != '\0') {
		if (index >= from) {
			more = akira_smp_room(ctxt) < strlen(entry.name) + ROOM ||
			       index - from == FILES_MAX;
			if (more) {
				break;
			}
			ok = put_entry(zse, &entry);
		}
		index++;
	}
	ok = ok && zcbor_list_end_encode(zse, FILES_MAX);
	if (ok && more) {
		ok = zcbor_tstr_put_lit(zse, "next") && zcbor_uint32_put(zse, index);
	}

	return ok;
}

/* {"path", "from"} -> {"files": [...], "next"}. Paths are those of MCUmgr's group for files. */
int akira_smp_list_files(struct smp_streamer *ctxt)
{
	static const char top[] = AKIRA_MOUNT_POINT "/data";
	struct zcbor_string token = {0};
	struct zcbor_string path = {.value = (const uint8_t *)top, .len = sizeof(top) - 1};
	char text[PATH_SIZE];
	struct fs_dir_t dir;
	uint32_t from = 0;
	size_t decoded;
	bool ok;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("token", zcbor_tstr_decode, &token),
		ZCBOR_MAP_DECODE_KEY_DECODER("path", zcbor_tstr_decode, &path),
		ZCBOR_MAP_DECODE_KEY_DECODER("from", zcbor_uint32_decode, &from),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    path.len >= sizeof(text)) {
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_admit(ctxt, &token);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}
	memcpy(text, path.value, path.len);
	text[path.len] = '\0';
	if (!akira_smp_is_data(text, true)) {
		MGMT_CTXT_SET_RC_RSN(ctxt, "Only " AKIRA_MOUNT_POINT "/data can be listed.");
		return MGMT_ERR_EACCESSDENIED;
	}

	fs_dir_t_init(&dir);
	ret = fs_opendir(&dir, text);
	if (ret < 0) {
		return ret == -ENOENT ? MGMT_ERR_ENOENT : MGMT_ERR_EUNKNOWN;
	}
	ok = put_entries(ctxt, &dir, from);
	(void)fs_closedir(&dir);

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}
