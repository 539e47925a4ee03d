/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Uploads over SMP, in chunks as MCUmgr's groups for images and files take them: the client sends
 * from where the device says that it is.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include "akira.h"
#include "smp.h"
#include "smp_upload.h"

#define SHA256_LEN 32

static void copy_peer(struct smp_streamer *ctxt, uint8_t out[4])
{
	const uint8_t *peer = NULL;

#if defined(CONFIG_AKIRA_SMP_UDP)
	peer = akira_smp_udp_peer(ctxt);
#endif
	memset(out, 0, 4);
	if (peer != NULL) {
		memcpy(out, peer, 4);
	}
}

static void forget(struct akira_smp_upload *under_way)
{
	akira_upload_abort(under_way->upload);
	under_way->upload = NULL;
}

static int begin(struct smp_streamer *ctxt, struct akira_smp_upload *under_way,
		 const struct akira_smp_chunk *chunk)
{
	uint16_t status = 0;

	if (chunk->size == UINT64_MAX || (chunk->sha.len != 0 && chunk->sha.len != SHA256_LEN)) {
		return MGMT_ERR_EINVAL;
	}
	forget(under_way);
	under_way->upload = akira_upload_begin(under_way->sink, chunk->size,
					       chunk->sha.len == 0 ? NULL : chunk->sha.value,
					       &status, akira_smp_reason, NULL);
	under_way->size = chunk->size;
	under_way->transport = ctxt->smpt;
	copy_peer(ctxt, under_way->peer);

	return akira_smp_result(ctxt, status);
}

static bool is_theirs(struct smp_streamer *ctxt, const struct akira_smp_upload *under_way)
{
	uint8_t peer[4];

	copy_peer(ctxt, peer);

	return under_way->upload != NULL && under_way->transport == ctxt->smpt &&
	       memcmp(under_way->peer, peer, sizeof(peer)) == 0;
}

int akira_smp_upload(struct smp_streamer *ctxt, struct akira_smp_upload *under_way,
		     const struct akira_smp_chunk *chunk, uint64_t *received, char *name)
{
	uint16_t status;
	int ret;

	name[0] = '\0';
	if (chunk->offset == 0) {
		ret = begin(ctxt, under_way, chunk);
		if (ret != MGMT_ERR_EOK) {
			return ret;
		}
	} else if (!is_theirs(ctxt, under_way)) {
		MGMT_CTXT_SET_RC_RSN(ctxt, "No upload is under way. Begin at offset 0.");
		return MGMT_ERR_EBADSTATE;
	}

	status = akira_upload_chunk(under_way->upload, chunk->offset, chunk->data.value,
				    chunk->data.len, received, akira_smp_reason, NULL);
	if (status != 0) {
		forget(under_way);
		return akira_smp_result(ctxt, status);
	}
	if (*received == under_way->size) {
		status = akira_upload_end(under_way->upload, name, akira_smp_reason, NULL);
		under_way->upload = NULL;
	}

	return akira_smp_result(ctxt, status);
}
