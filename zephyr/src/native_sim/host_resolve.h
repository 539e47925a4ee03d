/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's resolver, which takes its time on a thread of the host's. Implemented in
 * host_resolve_bottom.c, which is compiled against the host's C library; only plain C types cross
 * between the two.
 */

#ifndef AKIRA_NATIVE_SIM_HOST_RESOLVE_H_
#define AKIRA_NATIVE_SIM_HOST_RESOLVE_H_

#include <stdint.h>

/** A name that is being looked up. */
struct akira_host_lookup;

/** Begins to look up @p name; NULL when the host has no room for it. */
struct akira_host_lookup *akira_host_resolve_begin(const char *name);

/**
 * 1 while the lookup goes on. Otherwise it is over and must not be used again: 0 with the IPv4
 * address as it goes over the network, or -1 when there is none.
 */
int akira_host_resolve_end(struct akira_host_lookup *lookup, uint32_t *address);

#endif /* AKIRA_NATIVE_SIM_HOST_RESOLVE_H_ */
