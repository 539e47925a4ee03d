/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Heap, clock, random numbers and names.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

ZTEST_SUITE(system, NULL, NULL, NULL, NULL, NULL);

ZTEST(system, test_heap_keeps_alignment_and_content)
{
	for (size_t align = 1; align <= 4096; align *= 2) {
		uint8_t *block = akira_heap_alloc(100, align);

		zassert_not_null(block);
		zassert_equal((uintptr_t)block % align, 0, "alignment %zu", align);
		memset(block, 0x5a, 100);
		akira_heap_free(block);
	}
	akira_heap_free(NULL);
}

ZTEST(system, test_heap_realloc_moves_content)
{
	uint8_t *block = akira_heap_alloc(64, 8);
	uint8_t *fence;

	memset(block, 0x5a, 64);
	/* So that it cannot grow where it is. */
	fence = akira_heap_alloc(64, 8);
	block = akira_heap_realloc(block, 4096, 8);
	zassert_not_null(block);
	for (size_t i = 0; i < 64; i++) {
		zassert_equal(block[i], 0x5a);
	}
	zassert_is_null(akira_heap_realloc(block, 8192, 64), "an alignment it cannot keep");
	akira_heap_free(fence);
	akira_heap_free(block);
}

/* What apps are promised must be there, beside what the runtime needs. */
ZTEST(system, test_heap_is_as_large_as_promised_and_comes_back)
{
	static void *blocks[64];
	const size_t part = akira_app_heap_size() / ARRAY_SIZE(blocks);

	for (int round = 0; round < 3; round++) {
		ARRAY_FOR_EACH(blocks, i) {
			blocks[i] = akira_heap_alloc(part, 8);
			zassert_not_null(blocks[i], "block %zu", i);
		}
		zassert_is_null(akira_heap_alloc(akira_app_heap_size(), 8));
		ARRAY_FOR_EACH(blocks, i) {
			akira_heap_free(blocks[i]);
		}
	}
}

ZTEST(system, test_clock_is_the_kernels)
{
	uint64_t start = akira_uptime_ms();

	k_msleep(50);
	zassert_between_inclusive(akira_uptime_ms() - start, 50, 60);
}

/* Must hold over processes too: native_sim's own entropy has a fixed seed. */
ZTEST(system, test_random_numbers_differ)
{
	static uint8_t numbers[8][32];
	size_t ones = 0;

	ARRAY_FOR_EACH(numbers, i) {
		zassert_ok(akira_random(numbers[i], sizeof(numbers[i])));
		for (size_t j = 0; j < i; j++) {
			zassert_true(memcmp(numbers[i], numbers[j], sizeof(numbers[i])) != 0);
		}
		for (size_t j = 0; j < sizeof(numbers[i]); j++) {
			ones += __builtin_popcount(numbers[i][j]);
		}
	}
	/* 2048 bits; ten standard deviations. */
	zassert_between_inclusive(ones, 1024 - 226, 1024 + 226);
}

ZTEST(system, test_names)
{
	zassert_str_equal(akira_device_name(), "native_sim");
	zassert_is_null(akira_provisioned_token(), "none was given");
}
