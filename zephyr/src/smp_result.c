/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * How SMP is told that something was done, or why not.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include "smp.h"

/* Lives until the answer is written. */
static char reason[160];

void akira_smp_reason(void *context, const char *line, size_t len, bool is_error)
{
	ARG_UNUSED(context);

	if (is_error) {
		len = MIN(len, sizeof(reason) - 1);
		memcpy(reason, line, len);
		reason[len] = '\0';
	}
}

int akira_smp_result(struct smp_streamer *ctxt, uint16_t status)
{
	if (status == 0) {
		return MGMT_ERR_EOK;
	}
	MGMT_CTXT_SET_RC_RSN(ctxt, reason);
	switch (status) {
	case 400:
	case 413:
		return MGMT_ERR_EINVAL;
	case 401:
	case 403:
	case 429:
		return MGMT_ERR_EACCESSDENIED;
	case 404:
		return MGMT_ERR_ENOENT;
	case 408:
		return MGMT_ERR_ETIMEOUT;
	case 409:
	case 422:
		return MGMT_ERR_EBADSTATE;
	case 501:
		return MGMT_ERR_ENOTSUP;
	case 503:
	case 507:
		return MGMT_ERR_ENOMEM;
	default:
		return MGMT_ERR_EUNKNOWN;
	}
}
