/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Installs over SMP, in chunks as MCUmgr's groups for images and files take them: the client sends
 * from where the device says that it is. There is one at a time.
 */

#include <string.h>

#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include <mgmt/mcumgr/util/zcbor_bulk.h>

#include "akira.h"
#include "smp.h"

#define SHA256_LEN 32

/* Used on MCUmgr's work queue only. */
static struct {
	struct akira_install *install;
	uint64_t size;
	/* Who began it: another one may not go on with it, as only the first chunk has a token. */
	const struct smp_transport *transport;
	uint8_t peer[4];
} under_way;

static void forget(void)
{
	akira_install_abort(under_way.install);
	under_way.install = NULL;
}

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

static int begin(struct smp_streamer *ctxt, uint64_t size, const struct zcbor_string *sha,
		 const struct zcbor_string *token)
{
	uint16_t status = 0;
	int ret;

	if (size == UINT64_MAX || (sha->len != 0 && sha->len != SHA256_LEN)) {
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_admit(ctxt, token);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}
	forget();
	under_way.install = akira_install_begin(size, sha->len == 0 ? NULL : sha->value, &status,
						akira_smp_reason, NULL);
	under_way.size = size;
	under_way.transport = ctxt->smpt;
	copy_peer(ctxt, under_way.peer);

	return akira_smp_result(ctxt, status);
}

static bool is_theirs(struct smp_streamer *ctxt)
{
	uint8_t peer[4];

	copy_peer(ctxt, peer);

	return under_way.install != NULL && under_way.transport == ctxt->smpt &&
	       memcmp(under_way.peer, peer, sizeof(peer)) == 0;
}

/* {"off", "data"}, first also "len", "sha" -> {"off"}, at last also "name". */
int akira_smp_install(struct smp_streamer *ctxt)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct zcbor_string token = {0};
	struct zcbor_string data = {0};
	struct zcbor_string sha = {0};
	uint64_t offset = UINT64_MAX;
	uint64_t size = UINT64_MAX;
	char name[AKIRA_NAME_SIZE] = "";
	uint64_t received;
	uint16_t status;
	size_t decoded;
	bool ok;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("off", zcbor_uint64_decode, &offset),
		ZCBOR_MAP_DECODE_KEY_DECODER("data", zcbor_bstr_decode, &data),
		ZCBOR_MAP_DECODE_KEY_DECODER("len", zcbor_uint64_decode, &size),
		ZCBOR_MAP_DECODE_KEY_DECODER("sha", zcbor_bstr_decode, &sha),
		ZCBOR_MAP_DECODE_KEY_DECODER("token", zcbor_tstr_decode, &token),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    offset == UINT64_MAX) {
		return MGMT_ERR_EINVAL;
	}
	if (offset == 0) {
		ret = begin(ctxt, size, &sha, &token);
		if (ret != MGMT_ERR_EOK) {
			return ret;
		}
	} else if (!is_theirs(ctxt)) {
		MGMT_CTXT_SET_RC_RSN(ctxt, "No install is under way. Begin at offset 0.");
		return MGMT_ERR_EBADSTATE;
	}

	status = akira_install_chunk(under_way.install, offset, data.value, data.len, &received,
				     akira_smp_reason, NULL);
	if (status != 0) {
		forget();
		return akira_smp_result(ctxt, status);
	}
	if (received == under_way.size) {
		status = akira_install_end(under_way.install, name, akira_smp_reason, NULL);
		under_way.install = NULL;
		if (status != 0) {
			return akira_smp_result(ctxt, status);
		}
	}
	ok = zcbor_tstr_put_lit(zse, "off") && zcbor_uint64_put(zse, received);
	if (ok && name[0] != '\0') {
		ok = zcbor_tstr_put_lit(zse, "name") &&
		     zcbor_tstr_put_term(zse, name, sizeof(name));
	}

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}
