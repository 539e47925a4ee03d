/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A bare TCP sink, to measure what carrying bytes costs without HTTP.
 *
 * Reads each connection to its end, with as large a buffer as the HTTP server has for a client and
 * at the same priority, then answers with what the heap had to give. One that is just "flash" and a
 * number is answered with the microseconds that the flash driver alone needs for so many bytes of
 * firmware. For benches only.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include <cmdline.h>
#include <posix_native_task.h>
#endif

#if defined(CONFIG_AKIRA_FLASH_RATE)
#include "flash_rate.h"
#endif
#include "heap.h"

#define STACK_SIZE 4096

static uint8_t scrap[CONFIG_HTTP_SERVER_CLIENT_BUFFER_SIZE];
static unsigned int port = CONFIG_AKIRA_TCP_SINK_PORT;

static int open_listener(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

	if (fd < 0 || zsock_inet_pton(AF_INET, CONFIG_AKIRA_HTTP_HOST, &address.sin_addr) != 1 ||
	    zsock_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 ||
	    zsock_bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    zsock_listen(fd, 1) < 0) {
		printk("akira: TCP port %u cannot be opened for the sink (error %d)\n", port,
		       errno);
		return -1;
	}
	printk("akira: TCP sink at port %u\n", port);

	return fd;
}

/* Not to wait where there is something already is the faster half of receiving on native_sim. */
static ssize_t receive(int fd)
{
	ssize_t got = zsock_recv(fd, scrap, sizeof(scrap), ZSOCK_MSG_DONTWAIT);

	return got < 0 && errno == EAGAIN ? zsock_recv(fd, scrap, sizeof(scrap), 0) : got;
}

/* The answer: most bytes of the heap in use since the last answer, and those in use now. */
static void tell_memory(int fd)
{
	char text[48];
	size_t used;
	size_t peak = akira_heap_take_peak(&used);
	int len = snprintk(text, sizeof(text), "%zu %zu\n", peak, used);

	/* A sender that is gone needs no answer. */
	(void)zsock_send(fd, text, len, 0);
}

/* Whether all that came, @p total bytes, asks for the flash's rate; it is answered then. */
static bool tell_rate(int fd, size_t total)
{
#if defined(CONFIG_AKIRA_FLASH_RATE)
	static const char word[] = "flash ";
	const size_t word_len = sizeof(word) - 1;
	char text[32];
	uint64_t us = 0;
	int ret;
	int len;

	/* So few bytes come at once. */
	if (total <= word_len || total >= sizeof(text) || memcmp(scrap, word, word_len) != 0) {
		return false;
	}
	memcpy(text, &scrap[word_len], total - word_len);
	text[total - word_len] = '\0';
	ret = akira_flash_rate(strtoul(text, NULL, 10), &us);
	len = snprintk(text, sizeof(text), "%lld\n", ret < 0 ? (long long)ret : (long long)us);
	(void)zsock_send(fd, text, len, 0);

	return true;
#else
	ARG_UNUSED(fd);
	ARG_UNUSED(total);

	return false;
#endif
}

static void run(void *p1, void *p2, void *p3)
{
	int listener;

	ARG_UNUSED(p1);
	ARG_UNUSED(p2);
	ARG_UNUSED(p3);

	listener = port == 0 ? -1 : open_listener();
	while (listener >= 0) {
		int fd = zsock_accept(listener, NULL, NULL);
		size_t total = 0;
		ssize_t got;

		if (fd < 0) {
			return;
		}
		while ((got = receive(fd)) > 0) {
			total += got;
		}
		if (!tell_rate(fd, total)) {
			tell_memory(fd);
		}
		(void)zsock_close(fd);
	}
}

K_THREAD_DEFINE(akira_tcp_sink, STACK_SIZE, run, NULL, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_AKIRA_HTTP_PRIORITY), 0, 0);

#if defined(CONFIG_BOARD_NATIVE_SIM)
static void add_option(void)
{
	static struct args_struct_t options[] = {
		{.option = "akira-tcp-sink",
		 .name = "port",
		 .type = 'u',
		 .dest = (void *)&port,
		 .descript = "TCP port of the bare sink; 0 for none"},
		ARG_TABLE_ENDMARKER,
	};

	native_add_command_line_opts(options);
}

NATIVE_TASK(add_option, PRE_BOOT_1, 1);
#endif
