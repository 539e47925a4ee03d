/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The device's service for mDNS: _akira._tcp.local, named as the device, answered by Zephyr's
 * responder.
 */

#include <stdio.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/dns_sd.h>
#include <zephyr/net/hostname.h>
#include <zephyr/net/mdns_responder.h>
#include <zephyr/sys/byteorder.h>

#include <akira/platform.h>
#include "akira.h"
#include "mdns.h"

/* How soon a new name is answered for. */
#define LOOK_AGAIN K_SECONDS(5)

BUILD_ASSERT(!IS_ENABLED(CONFIG_NET_NATIVE_OFFLOADED_SOCKETS),
	     "native_sim's offloaded sockets have no multicast; give the image a TAP interface");
BUILD_ASSERT(CONFIG_NET_HOSTNAME_MAX_LEN >= AKIRA_DEVICE_NAME_SIZE - 1,
	     "the device's name does not fit into the host's");

/* Two, as the responder may read the one while the other is made. */
static struct {
	struct dns_sd_rec record;
	char name[AKIRA_DEVICE_NAME_SIZE];
} services[2];
static size_t current;

/* Entries of the TXT record, each with its length before it. */
static char text[96];
static size_t text_len;
static uint16_t port_be;

static void add_text(const char *key, const char *value)
{
	size_t len = strlen(key) + 1 + strlen(value);

	if (text_len + 1 + len < sizeof(text)) {
		text[text_len] = (char)len;
		(void)snprintf(&text[text_len + 1], sizeof(text) - text_len - 1, "%s=%s", key,
			       value);
		text_len += 1 + len;
	}
}

static void publish(const char *name)
{
	size_t next = current ^ 1;

	(void)memcpy(services[next].name, name, sizeof(services[next].name));
	services[next].record = (struct dns_sd_rec){
		.instance = services[next].name,
		.service = "_akira",
		.proto = "_tcp",
		.domain = "local",
		.text = text,
		.text_size = text_len,
		.port = &port_be,
	};
	(void)net_hostname_set(services[next].name, strlen(name));
	(void)mdns_responder_set_ext_records(&services[next].record, 1);
	current = next;
}

static void look(struct k_work *work)
{
	char name[AKIRA_DEVICE_NAME_SIZE];

	if (akira_network_name(name) && strcmp(name, services[current].name) != 0) {
		publish(name);
	}
	(void)k_work_schedule(k_work_delayable_from_work(work), LOOK_AGAIN);
}

static K_WORK_DELAYABLE_DEFINE(look_work, look);

void akira_mdns_open(uint16_t port)
{
	port_be = sys_cpu_to_be16(port);
	text_len = 0;
	add_text("v", "1");
	add_text("device", akira_device_name());
	add_text("tls", IS_ENABLED(CONFIG_AKIRA_HTTP_TLS) ? "1" : "0");
	add_text("path", "/api/v1");
	look(&look_work.work);
}
