/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Simulated external memory: a region of the shared multi heap, as a board with PSRAM adds one.
 */

#include <errno.h>

#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/multi_heap/shared_multi_heap.h>

#include "external.h"

static uint8_t memory[CONFIG_AKIRA_SIM_EXTERNAL_SIZE] __aligned(8);

bool akira_sim_is_external(const void *ptr)
{
	return (const uint8_t *)ptr >= memory && (const uint8_t *)ptr < memory + sizeof(memory);
}

static int external_init(void)
{
	struct shared_multi_heap_region region = {
		.attr = SMH_REG_ATTR_EXTERNAL,
		.addr = (uintptr_t)memory,
		.size = sizeof(memory),
	};
	int ret = shared_multi_heap_pool_init();

	return ret < 0 && ret != -EALREADY ? ret : shared_multi_heap_add(&region, NULL);
}

SYS_INIT(external_init, POST_KERNEL, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT);
