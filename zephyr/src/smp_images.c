/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUmgr's group for firmware images, with the requests and answers of Zephyr's own. That one
 * writes the slot and its trailer past the runtime; this one is a transport like any other, so an
 * image is checked, is not disturbed by another update, and is confirmed by whom it may be.
 */

#include <string.h>

#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/handlers.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include <mgmt/mcumgr/util/zcbor_bulk.h>

#include "akira.h"
#include "smp.h"
#include "smp_upload.h"

/* The group's commands, as clients know them. */
#define ID_STATE  0
#define ID_UPLOAD 1

#define HASH_LEN 32
#define SLOTS    2

static struct akira_smp_upload under_way = {.sink = AKIRA_UPLOAD_FIRMWARE};

static bool put_flag(zcbor_state_t *zse, const char *name, bool flag)
{
	return zcbor_tstr_put_term(zse, name, 16) && zcbor_bool_put(zse, flag);
}

static bool put_image(zcbor_state_t *zse, uint32_t slot, const struct akira_image *image)
{
	return zcbor_map_start_encode(zse, 8) && zcbor_tstr_put_lit(zse, "slot") &&
	       zcbor_uint32_put(zse, slot) && zcbor_tstr_put_lit(zse, "version") &&
	       zcbor_tstr_put_term(zse, image->version, sizeof(image->version)) &&
	       zcbor_tstr_put_lit(zse, "hash") &&
	       zcbor_bstr_encode_ptr(zse, (const char *)image->sha256, HASH_LEN) &&
	       put_flag(zse, "bootable", true) && put_flag(zse, "pending", image->pending) &&
	       put_flag(zse, "confirmed", image->confirmed) &&
	       put_flag(zse, "active", image->active) &&
	       put_flag(zse, "permanent", image->permanent) && zcbor_map_end_encode(zse, 8);
}

/* {} -> {"images": [...], "splitStatus"} */
static int read_state(struct smp_streamer *ctxt)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct akira_image image;
	bool ok = zcbor_tstr_put_lit(zse, "images") && zcbor_list_start_encode(zse, SLOTS);

	for (uint32_t slot = 0; ok && slot < SLOTS; slot++) {
		if (akira_image_at(slot, &image)) {
			ok = put_image(zse, slot, &image);
		}
	}
	ok = ok && zcbor_list_end_encode(zse, SLOTS) && zcbor_tstr_put_lit(zse, "splitStatus") &&
	     zcbor_int32_put(zse, 0);

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}

/* {"hash", "confirm"} -> as above. Without a hash it is about the image that runs. */
static int write_state(struct smp_streamer *ctxt)
{
	struct zcbor_string hash = {0};
	bool confirm = false;
	size_t decoded;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("hash", zcbor_bstr_decode, &hash),
		ZCBOR_MAP_DECODE_KEY_DECODER("confirm", zcbor_bool_decode, &confirm),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    (hash.len != 0 && hash.len != HASH_LEN)) {
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_result(ctxt, akira_image_set(hash.len == 0 ? NULL : hash.value, confirm,
						     akira_smp_reason, NULL));

	return ret == MGMT_ERR_EOK ? read_state(ctxt) : ret;
}

/* {"off", "data"}, first also "len", "sha", "image", "upgrade" -> {"off"}, at last also "match". */
static int upload(struct smp_streamer *ctxt)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct akira_smp_chunk chunk = {.offset = UINT64_MAX, .size = UINT64_MAX};
	char name[AKIRA_NAME_SIZE];
	uint32_t image = 0;
	/* Older images are refused in any case. */
	bool upgrade = false;
	uint64_t received;
	size_t decoded;
	bool ok;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("image", zcbor_uint32_decode, &image),
		ZCBOR_MAP_DECODE_KEY_DECODER("off", zcbor_uint64_decode, &chunk.offset),
		ZCBOR_MAP_DECODE_KEY_DECODER("data", zcbor_bstr_decode, &chunk.data),
		ZCBOR_MAP_DECODE_KEY_DECODER("len", zcbor_uint64_decode, &chunk.size),
		ZCBOR_MAP_DECODE_KEY_DECODER("sha", zcbor_bstr_decode, &chunk.sha),
		ZCBOR_MAP_DECODE_KEY_DECODER("upgrade", zcbor_bool_decode, &upgrade),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    chunk.offset == UINT64_MAX) {
		return MGMT_ERR_EINVAL;
	}
	if (image != 0) {
		MGMT_CTXT_SET_RC_RSN(ctxt, "The device has one image, with the number 0.");
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_upload(ctxt, &under_way, &chunk, &received, name);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}
	ok = zcbor_tstr_put_lit(zse, "off") && zcbor_uint64_put(zse, received);
	if (ok && under_way.upload == NULL) {
		/* What was announced is what came, or it would have been refused. */
		ok = put_flag(zse, "match", true);
	}

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}

static const struct mgmt_handler handlers[] = {
	[ID_STATE] = {.mh_read = read_state, .mh_write = write_state},
	[ID_UPLOAD] = {.mh_write = upload},
};

static struct mgmt_group group = {
	.mg_handlers = handlers,
	.mg_handlers_count = ARRAY_SIZE(handlers),
	.mg_group_id = MGMT_GROUP_ID_IMAGE,
#if defined(CONFIG_MCUMGR_GRP_ENUM_DETAILS_NAME)
	.mg_group_name = "img mgmt",
#endif
};

static void register_group(void)
{
	mgmt_register_group(&group);
}

MCUMGR_HANDLER_DEFINE(akira_images, register_group);
