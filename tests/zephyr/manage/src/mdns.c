/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The device's service over mDNS: questions come in on a link whose other end is this test, and
 * what Zephyr's responder sends goes out there.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/dummy.h>
#include <zephyr/net/net_if.h>
#include <zephyr/net/net_pkt.h>
#include <zephyr/net/socket.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/ztest.h>

#include "mdns.h"
#include "runtime.h"

#define PORT       8080
#define IP_HEADER  20
#define UDP_HEADER 8

/* What was sent last to mDNS's port, from its IP header on. */
static uint8_t sent[512];
static size_t sent_len;
static K_SEM_DEFINE(was_sent, 0, 1);

static struct net_if *iface;
static uint8_t mac[] = {0x02, 0, 0, 0, 0, 1};

static void link_init(struct net_if *own)
{
	iface = own;
	(void)net_if_set_link_addr(own, mac, sizeof(mac), NET_LINK_DUMMY);
}

static int link_send(const struct device *dev, struct net_pkt *packet)
{
	size_t len = MIN(net_pkt_get_len(packet), sizeof(sent));

	ARG_UNUSED(dev);
	net_pkt_cursor_init(packet);
	/* IGMP also goes out here. */
	if (len > IP_HEADER + UDP_HEADER && net_pkt_read(packet, sent, len) == 0 &&
	    sent[9] == IPPROTO_UDP) {
		sent_len = len;
		k_sem_give(&was_sent);
	}

	return 0;
}

static struct dummy_api link_api = {
	.iface_api.init = link_init,
	.send = link_send,
};

NET_DEVICE_INIT(test_link, "test_link", NULL, NULL, NULL, NULL, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT,
		&link_api, DUMMY_L2, NET_L2_GET_CTX_TYPE(DUMMY_L2), 576);

static uint16_t checksum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < IP_HEADER; i += 2) {
		sum += sys_get_be16(&header[i]);
	}
	sum = (sum & 0xffff) + (sum >> 16);

	return (uint16_t) ~(sum + (sum >> 16));
}

/* A question for @p name (labels with their lengths) of @p type arrives from 192.0.2.9. */
static void ask(const char *name, size_t name_len, uint8_t type)
{
	uint8_t query[128] = {0x45, 0, 0,   0, 0, 1, 0,   0, 255, IPPROTO_UDP,
			      0,    0, 192, 0, 2, 9, 224, 0, 0,   251};
	uint8_t *udp = &query[IP_HEADER];
	uint8_t *dns = &udp[UDP_HEADER];
	size_t len = IP_HEADER + UDP_HEADER + 12 + name_len + 1 + 4;
	struct net_pkt *packet;

	sys_put_be16((uint16_t)len, &query[2]);
	sys_put_be16(checksum(query), &query[10]);
	sys_put_be16(5353, &udp[0]);
	sys_put_be16(5353, &udp[2]);
	sys_put_be16((uint16_t)(len - IP_HEADER), &udp[4]);
	dns[5] = 1;
	memcpy(&dns[12], name, name_len + 1);
	dns[12 + name_len + 2] = type;
	dns[12 + name_len + 4] = 1;

	packet = net_pkt_rx_alloc_with_buffer(iface, len, AF_UNSPEC, 0, K_SECONDS(1));
	zassert_not_null(packet);
	zassert_ok(net_pkt_write(packet, query, len));
	k_sem_reset(&was_sent);
	zassert_ok(net_recv_data(iface, packet));
}

static bool says(const char *text, size_t len)
{
	for (size_t i = IP_HEADER + UDP_HEADER; i + len <= sent_len; i++) {
		if (memcmp(&sent[i], text, len) == 0) {
			return true;
		}
	}

	return false;
}

#define SAYS(text) says(text, sizeof(text) - 1)

static const char service[] = "\x06_akira\x04_tcp\x05local";

static void *begin(void)
{
	struct in_addr own = {.s4_addr = {192, 0, 2, 1}};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	struct in_addr mask = {.s4_addr = {255, 255, 255, 0}};
	int server;

	zassert_not_null(net_if_ipv4_addr_add(iface, &own, NET_ADDR_MANUAL, 0));
	(void)net_if_ipv4_set_netmask_by_addr(iface, &own, &mask);
	net_if_set_default(iface);

	/* The responder names no service on whose port nobody listens. */
	server = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	zassert_true(server >= 0);
	zassert_ok(zsock_bind(server, (struct sockaddr *)&address, sizeof(address)));
	zassert_ok(zsock_listen(server, 1));

	akira_mdns_open(PORT);
	/* Until the group has been joined. */
	k_msleep(500);

	return NULL;
}

ZTEST_SUITE(mdns, NULL, begin, NULL, NULL, NULL);

ZTEST(mdns, test_who_asks_for_the_service_finds_the_device)
{
	static const uint8_t port[] = {PORT >> 8, PORT & 0xff};

	ask(service, sizeof(service) - 1, 12);
	zassert_ok(k_sem_take(&was_sent, K_SECONDS(2)), "no answer");
	zassert_true(SAYS("akira-test"), "the instance is the device's name");
	zassert_true(SAYS("\x03v=1"));
	zassert_true(SAYS("\x11"
			  "device=native_sim"));
	zassert_true(SAYS("\x05tls=0"));
	zassert_true(SAYS("\x0cpath=/api/v1"));
	zassert_true(says((const char *)port, sizeof(port)));
	zassert_true(SAYS("\xc0\x00\x02\x01"), "its address");
}

ZTEST(mdns, test_the_name_is_an_address)
{
	static const char name[] = "\x0a"
				   "akira-test\x05local";

	ask(name, sizeof(name) - 1, 1);
	zassert_ok(k_sem_take(&was_sent, K_SECONDS(2)), "no answer");
	zassert_true(SAYS("\xc0\x00\x02\x01"));
}

ZTEST(mdns, test_other_services_are_not_ours)
{
	static const char other[] = "\x05_http\x04_tcp\x05local";

	ask(other, sizeof(other) - 1, 12);
	zassert_equal(k_sem_take(&was_sent, K_SECONDS(1)), -EAGAIN);
}

ZTEST(mdns, test_z_a_new_name_is_answered_for)
{
	strcpy(network_name, "kitchen");
	k_sleep(K_SECONDS(6));
	ask(service, sizeof(service) - 1, 12);
	zassert_ok(k_sem_take(&was_sent, K_SECONDS(2)), "no answer");
	zassert_true(SAYS("kitchen"));
	zassert_false(SAYS("akira-test"));
	strcpy(network_name, "akira-test");
}
