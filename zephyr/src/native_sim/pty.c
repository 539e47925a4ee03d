/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The pseudo terminals behind native_sim's UARTs. The driver tells nobody which it has opened, so
 * the linker puts the function below before the one that it opens them with.
 */

#include <stdbool.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/sys/util.h>

#include "host_pty.h"
#include "pty.h"

#define PTYS_MAX 4

static struct {
	const char *uart;
	char name[32];
} ptys[PTYS_MAX];
static size_t count;

int __real_np_uart_open_pty(const char *uart, const char *attach_command, bool attach, bool wait);

int __wrap_np_uart_open_pty(const char *uart, const char *attach_command, bool attach, bool wait)
{
	int fd = __real_np_uart_open_pty(uart, attach_command, attach, wait);

	if (count < ARRAY_SIZE(ptys) &&
	    akira_host_pty_name(fd, ptys[count].name, sizeof(ptys[count].name)) == 0) {
		ptys[count++].uart = uart;
	}

	return fd;
}

const char *akira_pty_name(const struct device *uart)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(ptys[i].uart, uart->name) == 0) {
			return ptys[i].name;
		}
	}

	return uart->name;
}
