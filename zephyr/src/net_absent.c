/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * In place of net.c on a device without sockets for apps. Nobody gets one, so nobody uses one.
 */

#include <errno.h>

#include <zephyr/toolchain.h>

#include <akira/platform.h>

int akira_net_connect(const char *host, size_t len, uint16_t port, int *sock)
{
	ARG_UNUSED(host);
	ARG_UNUSED(len);
	ARG_UNUSED(port);
	ARG_UNUSED(sock);

	return -ENODEV;
}

int akira_net_listen(uint16_t port, int *sock)
{
	ARG_UNUSED(port);
	ARG_UNUSED(sock);

	return -ENODEV;
}

int akira_net_wait(int sock, bool write, uint32_t timeout_ms)
{
	ARG_UNUSED(sock);
	ARG_UNUSED(write);
	ARG_UNUSED(timeout_ms);

	return -EBADF;
}

int akira_net_accept(int listener, int *sock)
{
	ARG_UNUSED(listener);
	ARG_UNUSED(sock);

	return -EBADF;
}

int32_t akira_net_recv(int sock, void *out, size_t len)
{
	ARG_UNUSED(sock);
	ARG_UNUSED(out);
	ARG_UNUSED(len);

	return -EBADF;
}

int32_t akira_net_send(int sock, const void *data, size_t len)
{
	ARG_UNUSED(sock);
	ARG_UNUSED(data);
	ARG_UNUSED(len);

	return -EBADF;
}

void akira_net_close(int sock)
{
	ARG_UNUSED(sock);
}
