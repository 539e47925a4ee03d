/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's side of pty.c. Only plain C types cross between the two.
 */

#ifndef AKIRA_NATIVE_SIM_HOST_PTY_H_
#define AKIRA_NATIVE_SIM_HOST_PTY_H_

#include <stddef.h>

/** Writes the name of the pseudo terminal behind @p fd to @p out; 0, or -1 when it is none. */
int akira_host_pty_name(int fd, char *out, size_t size);

#endif /* AKIRA_NATIVE_SIM_HOST_PTY_H_ */
