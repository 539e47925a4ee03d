/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The serial line: bytes between a UART and the runtime's link, on a thread of its own. Frames,
 * checksums, what is sent again and what requests do are the runtime's.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/kernel.h>

#include "akira.h"
#if defined(CONFIG_UART_NATIVE_PTY)
#include "native_sim/pty.h"
#endif
#include "serial.h"
#include "serial_port.h"

BUILD_ASSERT(CONFIG_AKIRA_SERIAL_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "the serial line must be more urgent than the apps");

/* How often the link looks at the time when nothing happens. */
#define TICK      K_MSEC(50)
#define READ_SIZE 512

static K_THREAD_STACK_DEFINE(serial_stack, CONFIG_AKIRA_SERIAL_STACK_SIZE);
static struct k_thread serial_thread;
static K_SEM_DEFINE(news, 0, 1);
static struct akira_link *line;

static void serial_main(void *unused1, void *unused2, void *unused3)
{
	/* Used by this thread only, and the second by the UART until all has been sent. */
	static uint8_t in[READ_SIZE];
	static uint8_t out[CONFIG_AKIRA_SERIAL_TX_SIZE];
	size_t len;

	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		(void)k_sem_take(&news, TICK);
		/* Bounded: whoever sends without end must not keep the rest from being done. */
		for (size_t taken = 0; taken < CONFIG_AKIRA_SERIAL_RX_SIZE; taken += len) {
			len = akira_serial_port_read(in, sizeof(in));
			if (len == 0) {
				break;
			}
			akira_link_receive(line, in, len);
		}
		akira_link_tick(line);
		if (akira_serial_port_sent()) {
			len = akira_link_transmit(line, out, sizeof(out));
			if (len > 0) {
				akira_serial_port_send(out, len);
			}
		}
	}
}

int akira_serial_open(void)
{
	k_tid_t tid;
	int ret;

	line = akira_link_open();
	if (line == NULL) {
		return -ENOMEM;
	}
	ret = akira_serial_port_open(&news);
	if (ret < 0) {
		akira_link_close(line);
		return ret;
	}
	tid = k_thread_create(&serial_thread, serial_stack, K_THREAD_STACK_SIZEOF(serial_stack),
			      serial_main, NULL, NULL, NULL,
			      K_PRIO_PREEMPT(CONFIG_AKIRA_SERIAL_PRIORITY), 0, K_NO_WAIT);
	(void)k_thread_name_set(tid, "akira_serial");

	return 0;
}

const char *akira_serial_name(void)
{
	const struct device *uart = DEVICE_DT_GET(DT_CHOSEN(akira_serial));

#if defined(CONFIG_UART_NATIVE_PTY)
	return akira_pty_name(uart);
#else
	return uart->name;
#endif
}
