/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's side of a simulated radio. See host_rf.h.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host_rf.h"

/* The loopback network's broadcast address: what is sent there reaches every socket bound to it. */
static struct sockaddr_in everybody(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(0x7fffffff),
	};

	return address;
}

int akira_host_rf_open(uint16_t port)
{
	struct sockaddr_in address = everybody(port);
	int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		return -1;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(fd);
		return -1;
	}

	return fd;
}

int akira_host_rf_send(int air, uint16_t port, const void *data, size_t len)
{
	struct sockaddr_in address = everybody(port);

	return sendto(air, data, len, 0, (struct sockaddr *)&address, sizeof(address)) ==
			       (ssize_t)len
		       ? 0
		       : -1;
}

int akira_host_rf_recv(int air, void *out, size_t len)
{
	return (int)recv(air, out, len, 0);
}
