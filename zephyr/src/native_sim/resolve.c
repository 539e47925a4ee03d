/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Names of hosts on native_sim, by the host's resolver.
 *
 * Not through zsock_getaddrinfo(), which would freeze the image while the host asks a name server,
 * and whose offloaded form reads beyond the end of its results.
 */

#include <errno.h>

#include <zephyr/kernel.h>

#include "host_resolve.h"
#include "net_resolve.h"

#define STEP K_MSEC(2)

int akira_net_resolve(const char *name, struct in_addr *address)
{
	struct akira_host_lookup *lookup = akira_host_resolve_begin(name);
	int ret;

	if (lookup == NULL) {
		return ENOMEM;
	}
	do {
		k_sleep(STEP);
		ret = akira_host_resolve_end(lookup, &address->s_addr);
	} while (ret > 0);

	return ret == 0 ? 0 : EHOSTUNREACH;
}
