/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Names of hosts, by Zephyr's resolver or by that of an offloaded network.
 */

#include <errno.h>

#include <zephyr/net/socket.h>

#include "net_resolve.h"

int akira_net_resolve(const char *name, struct in_addr *address)
{
	const struct zsock_addrinfo hints = {
		.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
	};
	struct zsock_addrinfo *found = NULL;
	int ret = zsock_getaddrinfo(name, NULL, &hints, &found);

	if (ret != 0 || found == NULL) {
		return ret == DNS_EAI_MEMORY ? ENOMEM : EHOSTUNREACH;
	}
	*address = ((const struct sockaddr_in *)found->ai_addr)->sin_addr;
	zsock_freeaddrinfo(found);

	return 0;
}
