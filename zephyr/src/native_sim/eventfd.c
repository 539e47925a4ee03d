/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Event descriptors for Zephyr's HTTP server on native_sim with the host's C library.
 *
 * Zephyr leaves its POSIX layer out there, so the server's eventfd() would be the host's: a number
 * of the host's descriptors among Zephyr's own, which in time is also one of an open connection.
 */

#include <zephyr/toolchain.h>
#include <zephyr/zvfs/eventfd.h>

__weak int eventfd(unsigned int initval, int flags)
{
	return zvfs_eventfd(initval, flags);
}

__weak int eventfd_read(int fd, zvfs_eventfd_t *value)
{
	return zvfs_eventfd_read(fd, value);
}

__weak int eventfd_write(int fd, zvfs_eventfd_t value)
{
	return zvfs_eventfd_write(fd, value);
}
