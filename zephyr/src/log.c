/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Console lines and the end of the road for the Rust side.
 */

#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include <akira/platform.h>
#include "shell_console.h"

/* Keeps the lines of several threads apart. */
static K_MUTEX_DEFINE(console_lock);

void akira_console(const char *line, size_t len)
{
#if defined(CONFIG_AKIRA_SHELL_CONSOLE)
	if (akira_shell_console(line, len)) {
		return;
	}
#endif
	k_mutex_lock(&console_lock, K_FOREVER);
	printk("%.*s\n", (int)len, line);
	k_mutex_unlock(&console_lock);
}

void akira_panic(const char *text, size_t len)
{
	/* No lock: the thread that panics may hold it. */
	printk("akira: panic: %.*s\n", (int)len, text);
	k_panic();
}
