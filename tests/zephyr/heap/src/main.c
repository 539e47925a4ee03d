/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Where memory comes from, for each of the places that it can be told to come from.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/sys_heap.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

ZTEST_SUITE(heap, NULL, NULL, NULL, NULL, NULL);

static void fill(uint8_t *block, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		block[i] = (uint8_t)(i * 7 + 1);
	}
}

static void check(const uint8_t *block, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		zassert_equal(block[i], (uint8_t)(i * 7 + 1), "byte %zu", i);
	}
}

/* The one that Rust's own allocator stands on. */
ZTEST(heap, test_the_runtimes_heap)
{
	uint8_t *block = akira_heap_alloc(100, 64);
	uint8_t *moved;

	zassert_not_null(block);
	zassert_equal((uintptr_t)block % 64, 0);
	fill(block, 100);
	akira_heap_free(block);

	block = akira_heap_alloc(100, 8);
	fill(block, 100);
	moved = akira_heap_realloc(block, 5000, 8);
	zassert_not_null(moved);
	check(moved, 100);
	zassert_is_null(akira_heap_realloc(moved, 10000, 64), "an alignment it cannot keep");
	zassert_is_null(akira_heap_realloc(moved, 64 << 20, 8), "more than there is");
	check(moved, 100);
	akira_heap_free(moved);
	akira_heap_free(NULL);
}

#if !defined(CONFIG_AKIRA_APP_MEMORY_EXTERNAL)

/* What apps are promised fits beside what the runtime may use. */
ZTEST(heap, test_all_that_was_promised_is_there)
{
	static void *blocks[64];
	const size_t part = akira_app_heap_size() / ARRAY_SIZE(blocks);

	ARRAY_FOR_EACH(blocks, i) {
		blocks[i] = akira_heap_alloc(part, 8);
		zassert_not_null(blocks[i], "block %zu", i);
	}
	ARRAY_FOR_EACH(blocks, i) {
		akira_heap_free(blocks[i]);
	}
}

ZTEST(heap, test_no_external_memory)
{
	zassert_false(akira_bulk_present());
	zassert_is_null(akira_bulk_alloc(8));
	zassert_is_null(akira_bulk_realloc(NULL, 8));
}

#endif

#if defined(CONFIG_SYS_HEAP_RUNTIME_STATS)

extern struct k_heap _system_heap;

static size_t in_system_heap(void)
{
	struct sys_memory_stats stats;

	zassert_ok(sys_heap_runtime_stats_get(&_system_heap.heap, &stats));

	return stats.allocated_bytes;
}

ZTEST(heap, test_it_is_the_system_heap)
{
	size_t before = in_system_heap();
	void *block = akira_heap_alloc(10000, 8);

	zassert_not_null(block);
	zassert_true(in_system_heap() >= before + 10000);
	block = akira_heap_realloc(block, 20000, 8);
	zassert_not_null(block);
	zassert_true(in_system_heap() >= before + 20000);
	akira_heap_free(block);
	zassert_equal(in_system_heap(), before);
}

#endif

#if defined(CONFIG_AKIRA_APP_MEMORY_EXTERNAL)

#include "bulk.h"
#include "native_sim/external.h"

#if CONFIG_AKIRA_SIM_EXTERNAL_SIZE < CONFIG_AKIRA_APP_HEAP_SIZE + 65536

ZTEST(heap, test_too_little_external_memory_is_told)
{
	zassert_equal(akira_bulk_open(), -ENOMEM);
	zassert_false(akira_bulk_present());
	zassert_is_null(akira_bulk_alloc(8));
}

#else

ZTEST(heap, test_large_blocks_are_external)
{
	uint8_t *inner = akira_heap_alloc(100, 8);
	uint8_t *block;

	zassert_ok(akira_bulk_open());
	zassert_ok(akira_bulk_open(), "again, and nothing more is taken");
	zassert_true(akira_bulk_present());
	zassert_equal(akira_bulk_inner_limit(), CONFIG_AKIRA_APP_INTERNAL_SIZE);
	zassert_false(akira_sim_is_external(inner));
	akira_heap_free(inner);

	for (size_t size = 1; size <= 1 << 20; size = size * 3 + 1) {
		block = akira_bulk_alloc(size);
		zassert_not_null(block, "%zu bytes", size);
		zassert_equal((uintptr_t)block % 8, 0);
		zassert_true(akira_sim_is_external(block));
		zassert_true(akira_sim_is_external(block + size - 1));
		fill(block, size);
		check(block, size);
		akira_bulk_free(block);
	}
}

ZTEST(heap, test_external_blocks_grow_and_shrink)
{
	uint8_t *block;
	uint8_t *fence;
	uint8_t *moved;

	zassert_ok(akira_bulk_open());
	block = akira_bulk_alloc(65536);
	/* So that it cannot grow where it is. */
	fence = akira_bulk_alloc(65536);
	fill(block, 65536);
	moved = akira_bulk_realloc(block, 131072);
	zassert_not_null(moved);
	zassert_equal((uintptr_t)moved % 8, 0);
	zassert_true(akira_sim_is_external(moved + 131071));
	check(moved, 65536);
	zassert_is_null(akira_bulk_realloc(moved, 2 * akira_app_heap_size()));
	check(moved, 65536);
	moved = akira_bulk_realloc(moved, 1000);
	zassert_not_null(moved);
	check(moved, 1000);
	akira_bulk_free(moved);
	akira_bulk_free(fence);
}

/* All of it, as one block and as many; and afterwards again. */
ZTEST(heap, test_all_that_was_promised_is_external)
{
	static void *blocks[64];
	const size_t part = akira_app_heap_size() / ARRAY_SIZE(blocks);
	void *whole;

	zassert_ok(akira_bulk_open());
	for (int round = 0; round < 2; round++) {
		whole = akira_bulk_alloc(akira_app_heap_size());
		zassert_not_null(whole);
		zassert_is_null(akira_bulk_alloc(akira_app_heap_size() / 8));
		akira_bulk_free(whole);
		ARRAY_FOR_EACH(blocks, i) {
			blocks[i] = akira_bulk_alloc(part);
			zassert_not_null(blocks[i], "block %zu", i);
		}
		ARRAY_FOR_EACH(blocks, i) {
			akira_bulk_free(blocks[i]);
		}
	}
	/* Internal memory was not asked for it. */
	whole = akira_heap_alloc(
		CONFIG_AKIRA_APP_INTERNAL_SIZE + CONFIG_AKIRA_RUNTIME_HEAP_SIZE / 2, 8);
	zassert_not_null(whole);
	akira_heap_free(whole);
}

#endif

#endif /* CONFIG_AKIRA_APP_MEMORY_EXTERNAL */
