/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * An application of its own that has AkiraOS on board.
 */

#include <zephyr/sys/printk.h>

#include <akira/akira_os.h>

int main(void)
{
	printk("the application's own main\n");
	printk("AkiraOS booted: %d\n", akira_os_boot());

	return 0;
}
