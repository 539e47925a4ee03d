/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's side of pty.c, compiled against the host's C library.
 */

#define _GNU_SOURCE

#include <stdlib.h>

#include "host_pty.h"

int akira_host_pty_name(int fd, char *out, size_t size)
{
	return ptsname_r(fd, out, size) == 0 ? 0 : -1;
}
