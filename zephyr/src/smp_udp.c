/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUmgr's requests over UDP, on one address. Zephyr's own transport listens on all addresses that
 * there are, which on native_sim are the host's.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>
#include <zephyr/mgmt/mcumgr/transport/smp.h>
#include <zephyr/net/socket.h>
#include <zephyr/net_buf.h>

#include <mgmt/mcumgr/transport/smp_internal.h>

#include "smp.h"
#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/options.h"
#endif

BUILD_ASSERT(sizeof(struct sockaddr_in) <= CONFIG_MCUMGR_TRANSPORT_NETBUF_USER_DATA_SIZE,
	     "the sender's address does not fit into MCUmgr's buffers");
BUILD_ASSERT(CONFIG_AKIRA_SMP_UDP_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "requests must be taken before apps run on");

/* Time until a receive is tried again that failed, or for which there was no buffer. */
#define RETRY K_MSEC(20)

static K_THREAD_STACK_DEFINE(udp_stack, CONFIG_AKIRA_SMP_UDP_STACK_SIZE);
static struct k_thread udp_thread;
static struct smp_transport transport;
static int sock = -1;

static int send_answer(struct net_buf *buffer)
{
	const struct sockaddr_in *peer = net_buf_user_data(buffer);
	ssize_t sent = zsock_sendto(sock, buffer->data, buffer->len, 0,
				    (const struct sockaddr *)peer, sizeof(*peer));

	smp_packet_free(buffer);

	return sent < 0 ? MGMT_ERR_EUNKNOWN : MGMT_ERR_EOK;
}

static uint16_t get_mtu(const struct net_buf *buffer)
{
	ARG_UNUSED(buffer);

	return CONFIG_MCUMGR_TRANSPORT_NETBUF_SIZE;
}

static int copy_peer(struct net_buf *to, const struct net_buf *from)
{
	memcpy(net_buf_user_data(to), net_buf_user_data((struct net_buf *)from),
	       sizeof(struct sockaddr_in));

	return MGMT_ERR_EOK;
}

/* Takes one packet; false when none could be. */
static bool receive(void)
{
	/* Without a buffer the packet is lost, as on any network, and the client asks again. */
	static uint8_t packet[CONFIG_MCUMGR_TRANSPORT_NETBUF_SIZE];
	struct zsock_pollfd waiting = {.fd = sock, .events = ZSOCK_POLLIN};
	struct sockaddr_in peer;
	socklen_t peer_len = sizeof(peer);
	struct net_buf *buffer;
	ssize_t len;

	/* A receive that waits would keep offloaded sockets from sending meanwhile. */
	if (zsock_poll(&waiting, 1, -1) < 0) {
		return false;
	}
	len = zsock_recvfrom(sock, packet, sizeof(packet), ZSOCK_MSG_DONTWAIT,
			     (struct sockaddr *)&peer, &peer_len);
	if (len <= 0 || peer_len < sizeof(peer) || peer.sin_family != AF_INET) {
		return len >= 0;
	}
	buffer = smp_packet_alloc();
	if (buffer == NULL) {
		return false;
	}
	net_buf_add_mem(buffer, packet, (size_t)len);
	memcpy(net_buf_user_data(buffer), &peer, sizeof(peer));
	smp_rx_req(&transport, buffer);

	return true;
}

static void udp_main(void *unused1, void *unused2, void *unused3)
{
	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		if (!receive()) {
			k_sleep(RETRY);
		}
	}
}

static int open_socket(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(akira_smp_port()),
	};
	int ret;

	if (zsock_inet_pton(AF_INET, CONFIG_AKIRA_SMP_HOST, &address.sin_addr) != 1) {
		return -EINVAL;
	}
	sock = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	if (sock < 0) {
		return -errno;
	}
	if (zsock_bind(sock, (struct sockaddr *)&address, sizeof(address)) < 0) {
		ret = -errno;
		(void)zsock_close(sock);
		return ret;
	}

	return 0;
}

int akira_smp_udp_open(void)
{
	k_tid_t tid;
	int ret;

	transport.functions.output = send_answer;
	transport.functions.get_mtu = get_mtu;
	transport.functions.ud_copy = copy_peer;
	ret = smp_transport_init(&transport);
	if (ret == 0) {
		ret = open_socket();
	}
	if (ret < 0) {
		return ret;
	}
	tid = k_thread_create(&udp_thread, udp_stack, K_THREAD_STACK_SIZEOF(udp_stack), udp_main,
			      NULL, NULL, NULL, K_PRIO_PREEMPT(CONFIG_AKIRA_SMP_UDP_PRIORITY), 0,
			      K_NO_WAIT);
	(void)k_thread_name_set(tid, "akira_smp_udp");

	return 0;
}

uint16_t akira_smp_port(void)
{
#if defined(CONFIG_BOARD_NATIVE_SIM)
	return akira_option_smp_port(CONFIG_AKIRA_SMP_PORT);
#else
	return CONFIG_AKIRA_SMP_PORT;
#endif
}

const uint8_t *akira_smp_udp_peer(struct smp_streamer *ctxt)
{
	const struct sockaddr_in *peer;

	if (ctxt->smpt != &transport) {
		return NULL;
	}
	peer = net_buf_user_data(ctxt->reader->nb);

	return (const uint8_t *)&peer->sin_addr;
}
