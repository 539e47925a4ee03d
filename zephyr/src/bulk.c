/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * External memory for what is large.
 *
 * One block is taken of the shared multi heap at boot, and apps' blocks are cut from that: the
 * shared multi heap itself has no lock and cannot resize.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/multi_heap/shared_multi_heap.h>
#include <zephyr/sys/sys_heap.h>

#include <akira/platform.h>
#include "bulk.h"

#define ALIGN 8

/* With what a sys_heap of that size keeps for itself. */
#define SIZE (CONFIG_AKIRA_APP_HEAP_SIZE + CONFIG_AKIRA_APP_HEAP_SIZE / 64 + 1024)

static struct sys_heap heap;
static bool is_open;

/* Not a spinlock: moving a large block takes long. */
static K_MUTEX_DEFINE(lock);

int akira_bulk_open(void)
{
	void *block;

	if (is_open) {
		return 0;
	}
	block = shared_multi_heap_aligned_alloc(SMH_REG_ATTR_EXTERNAL, ALIGN, SIZE);
	if (block == NULL) {
		return -ENOMEM;
	}
	sys_heap_init(&heap, block, SIZE);
	is_open = true;

	return 0;
}

bool akira_bulk_present(void)
{
	return is_open;
}

size_t akira_bulk_inner_limit(void)
{
	return CONFIG_AKIRA_APP_INTERNAL_SIZE;
}

void *akira_bulk_alloc(size_t size)
{
	void *block;

	if (!is_open) {
		return NULL;
	}
	(void)k_mutex_lock(&lock, K_FOREVER);
	block = sys_heap_aligned_alloc(&heap, ALIGN, size);
	(void)k_mutex_unlock(&lock);

	return block;
}

void *akira_bulk_realloc(void *ptr, size_t size)
{
	void *block;

	(void)k_mutex_lock(&lock, K_FOREVER);
	block = sys_heap_aligned_realloc(&heap, ptr, ALIGN, size);
	(void)k_mutex_unlock(&lock);

	return block;
}

void akira_bulk_free(void *ptr)
{
	(void)k_mutex_lock(&lock, K_FOREVER);
	sys_heap_free(&heap, ptr);
	(void)k_mutex_unlock(&lock);
}
