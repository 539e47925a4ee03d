/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Zephyr's smsc911x driver rounds the length of a received frame up to whole words, and drops it
 * when that is more than the interface's largest frame: with the usual 1500 bytes of payload each
 * full frame is lost, and the body of a request that needs one never comes. So the interface is
 * told a size whose frame is made of whole words, which TCP then tells the other end.
 */

#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/net/ethernet.h>
#include <zephyr/net/net_if.h>

#define MTU 1498

BUILD_ASSERT((MTU + sizeof(struct net_eth_hdr)) % sizeof(uint32_t) == 0, "frames of whole words");

static int limit_frames(void)
{
	net_if_set_mtu(net_if_get_default(), MTU);

	return 0;
}

/* After the interfaces were made, before the network is configured. */
SYS_INIT(limit_frames, APPLICATION, 0);
