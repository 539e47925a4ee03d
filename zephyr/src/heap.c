/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The heap of the Rust side and of WAMR: the module's own, so that a full app heap costs the rest
 * of the system nothing, or the system's. What apps may take of it is counted above, in the engine;
 * the rest (CONFIG_AKIRA_RUNTIME_HEAP_SIZE) is for the runtime itself and for fragmentation.
 */

#include <zephyr/kernel.h>
#include <zephyr/sys/sys_heap.h>

#include <akira/platform.h>
#include "heap.h"

#if defined(CONFIG_AKIRA_APP_MEMORY_SYSTEM)

void *akira_heap_alloc(size_t size, size_t align)
{
	/* k_aligned_alloc() takes no size of zero. */
	return k_aligned_alloc(MAX(align, sizeof(void *)), MAX(size, 1));
}

void *akira_heap_realloc(void *ptr, size_t size, size_t align)
{
	/* k_realloc() keeps no more than the word alignment, and frees at a size of zero. */
	if (align > sizeof(void *)) {
		return NULL;
	}

	return k_realloc(ptr, MAX(size, 1));
}

void akira_heap_free(void *ptr)
{
	k_free(ptr);
}

#else

#if defined(CONFIG_AKIRA_APP_MEMORY_EXTERNAL)
#define APPS_SHARE CONFIG_AKIRA_APP_INTERNAL_SIZE
#else
#define APPS_SHARE CONFIG_AKIRA_APP_HEAP_SIZE
#endif

K_HEAP_DEFINE(akira_heap, APPS_SHARE + CONFIG_AKIRA_RUNTIME_HEAP_SIZE);

void *akira_heap_alloc(size_t size, size_t align)
{
	return k_heap_aligned_alloc(&akira_heap, MAX(align, sizeof(void *)), size, K_NO_WAIT);
}

void *akira_heap_realloc(void *ptr, size_t size, size_t align)
{
	/* sys_heap keeps no more than the word alignment when it moves a block. */
	if (align > sizeof(void *)) {
		return NULL;
	}

	return k_heap_realloc(&akira_heap, ptr, size, K_NO_WAIT);
}

void akira_heap_free(void *ptr)
{
	if (ptr != NULL) {
		k_heap_free(&akira_heap, ptr);
	}
}

#endif /* CONFIG_AKIRA_APP_MEMORY_SYSTEM */

#if defined(CONFIG_AKIRA_TCP_SINK)

size_t akira_heap_take_peak(size_t *used)
{
	struct sys_memory_stats stats = {0};

#if !defined(CONFIG_AKIRA_APP_MEMORY_SYSTEM)
	K_SPINLOCK(&akira_heap.lock) {
		(void)sys_heap_runtime_stats_get(&akira_heap.heap, &stats);
		(void)sys_heap_runtime_stats_reset_max(&akira_heap.heap);
	}
#endif
	*used = stats.allocated_bytes;

	return stats.max_allocated_bytes;
}

#endif /* CONFIG_AKIRA_TCP_SINK */

uint32_t akira_exec_timeout_ms(void)
{
	return CONFIG_AKIRA_EXEC_TIMEOUT_MS;
}

uint32_t akira_exec_timeout_max_ms(void)
{
	return CONFIG_AKIRA_EXEC_TIMEOUT_MAX_MS;
}

size_t akira_app_heap_size(void)
{
	return CONFIG_AKIRA_APP_HEAP_SIZE;
}
