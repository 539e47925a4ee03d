/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Installs over SMP. There is one at a time.
 */

#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include <mgmt/mcumgr/util/zcbor_bulk.h>

#include "akira.h"
#include "smp.h"
#include "smp_upload.h"

static struct akira_smp_upload under_way = {.sink = AKIRA_UPLOAD_APP};

/* {"off", "data"}, first also "len", "sha" -> {"off"}, at last also "name". */
int akira_smp_install(struct smp_streamer *ctxt)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct akira_smp_chunk chunk = {.offset = UINT64_MAX, .size = UINT64_MAX};
	struct zcbor_string token = {0};
	char name[AKIRA_NAME_SIZE];
	uint64_t received;
	size_t decoded;
	bool ok;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("off", zcbor_uint64_decode, &chunk.offset),
		ZCBOR_MAP_DECODE_KEY_DECODER("data", zcbor_bstr_decode, &chunk.data),
		ZCBOR_MAP_DECODE_KEY_DECODER("len", zcbor_uint64_decode, &chunk.size),
		ZCBOR_MAP_DECODE_KEY_DECODER("sha", zcbor_bstr_decode, &chunk.sha),
		ZCBOR_MAP_DECODE_KEY_DECODER("token", zcbor_tstr_decode, &token),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    chunk.offset == UINT64_MAX) {
		return MGMT_ERR_EINVAL;
	}
	if (chunk.offset == 0) {
		ret = akira_smp_admit(ctxt, &token);
		if (ret != MGMT_ERR_EOK) {
			return ret;
		}
	}
	ret = akira_smp_upload(ctxt, &under_way, &chunk, &received, name);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}
	ok = zcbor_tstr_put_lit(zse, "off") && zcbor_uint64_put(zse, received);
	if (ok && name[0] != '\0') {
		ok = zcbor_tstr_put_lit(zse, "name") &&
		     zcbor_tstr_put_term(zse, name, sizeof(name));
	}

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}
