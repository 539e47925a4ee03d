/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Uploads over SMP.
 */

#ifndef AKIRA_SMP_UPLOAD_H_
#define AKIRA_SMP_UPLOAD_H_

#include <stdint.h>

#include <zcbor_common.h>
#include <zephyr/mgmt/mcumgr/smp/smp.h>

#include "akira.h"

/** A group's upload under way, if there is one. Used on MCUmgr's work queue only. */
struct akira_smp_upload {
	/** What it becomes, an AKIRA_UPLOAD_*. The other members are the implementation's. */
	uint32_t sink;
	struct akira_upload *upload;
	uint64_t size;
	/* Who began it: another one may not go on with it, as only the first chunk has a token. */
	const struct smp_transport *transport;
	uint8_t peer[4];
};

/** One request's part of an upload. */
struct akira_smp_chunk {
	uint64_t offset;
	struct zcbor_string data;
	/** In the first one: the bytes of all, UINT64_MAX for unknown, and their SHA-256 or
	 * nothing. */
	uint64_t size;
	struct zcbor_string sha;
};

/**
 * @brief Takes a chunk: begins an upload at offset 0, ends it when all has come.
 *
 * @p received is where the client is to go on. @p name, which has room for AKIRA_NAME_SIZE, is that
 * of the app that it became, or empty. Returns the result of the handler.
 */
int akira_smp_upload(struct smp_streamer *ctxt, struct akira_smp_upload *under_way,
		     const struct akira_smp_chunk *chunk, uint64_t *received, char *name);

#endif /* AKIRA_SMP_UPLOAD_H_ */
