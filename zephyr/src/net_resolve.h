/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

#ifndef AKIRA_SRC_NET_RESOLVE_H_
#define AKIRA_SRC_NET_RESOLVE_H_

#include <zephyr/net/net_ip.h>

/**
 * @brief Find a host's IPv4 address by its name. Blocks, for seconds if it must.
 *
 * @retval 0 @p address is it.
 * @return The errno, positive, of why it was not found.
 */
int akira_net_resolve(const char *name, struct in_addr *address);

#endif /* AKIRA_SRC_NET_RESOLVE_H_ */
