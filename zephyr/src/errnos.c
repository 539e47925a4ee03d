/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Error numbers for the Rust side, whose are Linux's. Zephyr's C libraries number the errors of the
 * network each in their own way. Errors that apps have no word for become the nearest that they
 * have.
 */

#include <errno.h>

#include <zephyr/toolchain.h>

#include "errnos.h"

#define LINUX_EIO          5
#define LINUX_EAGAIN       11
#define LINUX_ENOMEM       12
#define LINUX_EINVAL       22
#define LINUX_ENFILE       23
#define LINUX_ENOTSUP      95
#define LINUX_EADDRINUSE   98
#define LINUX_ECONNRESET   104
#define LINUX_ETIMEDOUT    110
#define LINUX_ECONNREFUSED 111
#define LINUX_EHOSTUNREACH 113

int akira_errno(int error)
{
	switch (error) {
	case EAGAIN:
#if EWOULDBLOCK != EAGAIN
	case EWOULDBLOCK:
#endif
		return -LINUX_EAGAIN;
	case ENOMEM:
	case ENOBUFS:
		return -LINUX_ENOMEM;
	case EMSGSIZE:
		return -LINUX_EINVAL;
	case EMFILE:
	case ENFILE:
		return -LINUX_ENFILE;
	case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
	case EOPNOTSUPP:
#endif
	case ENOSYS:
		return -LINUX_ENOTSUP;
	case EADDRINUSE:
		return -LINUX_EADDRINUSE;
	case ECONNRESET:
	case ECONNABORTED:
	case ENOTCONN:
	case EPIPE:
		return -LINUX_ECONNRESET;
	case ETIMEDOUT:
		return -LINUX_ETIMEDOUT;
	case ECONNREFUSED:
		return -LINUX_ECONNREFUSED;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return -LINUX_EHOSTUNREACH;
	default:
		/* The first thirty-four have one number everywhere. */
		return error > 0 && error <= ERANGE ? -error : -LINUX_EIO;
	}
}
