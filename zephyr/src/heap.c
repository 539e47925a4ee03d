/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The heap of the Rust side and of WAMR. It is the module's own, so that a full app heap costs the
 * rest of the system nothing. What apps may take of it is counted above, in the engine; the rest
 * (CONFIG_AKIRA_RUNTIME_HEAP_SIZE) is for the runtime itself and for fragmentation.
 */

#include <zephyr/kernel.h>

#include <akira/platform.h>

K_HEAP_DEFINE(akira_heap, CONFIG_AKIRA_APP_HEAP_SIZE + CONFIG_AKIRA_RUNTIME_HEAP_SIZE);

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
