/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * WAMR built to count instructions: an app ends at the same instruction every time, and at the same
 * one as on the virtual device (rust/engine/tests/metering.rs has the same module and numbers).
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "wasm_export.h"

/* Rounds that the module gets done with 1000 instructions. */
#define ROUNDS_PER_1000 500

/*
 * (module
 *     (import "test" "add" (func $add (param i32 i64) (result i64)))
 *     (func (export "_start")
 *         (loop (drop (call $add (i32.const 1) (i64.const 0))) (br 0))))
 */
static const uint8_t rounds_module[] = {
	0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0a, 0x02, 0x60, 0x02, 0x7f,
	0x7e, 0x01, 0x7e, 0x60, 0x00, 0x00, 0x02, 0x0c, 0x01, 0x04, 't',  'e',  's',  't',
	0x03, 'a',  'd',  'd',  0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x07, 0x0a, 0x01, 0x06,
	'_',  's',  't',  'a',  'r',  't',  0x00, 0x01, 0x0a, 0x10, 0x01, 0x0e, 0x00, 0x03,
	0x40, 0x41, 0x01, 0x42, 0x00, 0x10, 0x00, 0x1a, 0x0c, 0x00, 0x0b, 0x0b,
};

static int64_t sum;

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

static int64_t add(wasm_exec_env_t env, int32_t a, int64_t b)
{
	ARG_UNUSED(env);
	sum += a + b;

	return sum;
}

/* With the parameters that WASM_MEM_ALLOC_WITH_USAGE gives them. */
static void *allocate(unsigned int usage, unsigned int size)
{
	ARG_UNUSED(usage);

	return akira_heap_alloc(size, 8);
}

static void *reallocate(unsigned int usage, bool full_size_mapped, void *block, unsigned int size)
{
	ARG_UNUSED(usage);
	ARG_UNUSED(full_size_mapped);

	return akira_heap_realloc(block, size, 8);
}

static void release(unsigned int usage, void *block)
{
	ARG_UNUSED(usage);
	akira_heap_free(block);
}

static void *setup(void)
{
	static NativeSymbol natives[] = {{"add", add, "(iI)I", NULL}};
	RuntimeInitArgs args = {
		.mem_alloc_type = Alloc_With_Allocator,
		.mem_alloc_option.allocator =
			{
				.malloc_func = allocate,
				.realloc_func = reallocate,
				.free_func = release,
			},
		.native_module_name = "test",
		.native_symbols = natives,
		.n_native_symbols = ARRAY_SIZE(natives),
	};

	zassert_true(wasm_runtime_full_init(&args));

	return NULL;
}

/* Runs the module to the end of its budget; how many rounds it got done. */
static int64_t rounds(int budget)
{
	/* WAMR writes into the bytes it is given. */
	uint8_t bytes[sizeof(rounds_module)];
	char error[128];
	wasm_module_t module;
	wasm_module_inst_t instance;
	wasm_exec_env_t env;
	wasm_function_inst_t function;

	memcpy(bytes, rounds_module, sizeof(bytes));
	module = wasm_runtime_load(bytes, sizeof(bytes), error, sizeof(error));
	zassert_not_null(module, "%s", error);
	instance = wasm_runtime_instantiate(module, 4096, 0, error, sizeof(error));
	zassert_not_null(instance, "%s", error);
	env = wasm_runtime_create_exec_env(instance, 4096);
	zassert_not_null(env);
	function = wasm_runtime_lookup_function(instance, "_start");
	zassert_not_null(function);

	sum = 0;
	wasm_runtime_set_instruction_count_limit(env, budget);
	zassert_false(wasm_runtime_call_wasm(env, function, 0, NULL));
	/* What rust/engine/src/error.rs looks for. */
	zassert_str_equal(wasm_runtime_get_exception(instance),
			  "Exception: instruction limit exceeded");

	wasm_runtime_destroy_exec_env(env);
	wasm_runtime_deinstantiate(instance);
	wasm_runtime_unload(module);

	return sum;
}

ZTEST_SUITE(metering, NULL, setup, NULL, NULL, NULL);

ZTEST(metering, test_the_same_module_ends_at_the_same_instruction)
{
	static const int thousands[] = {1, 2, 50};

	ARRAY_FOR_EACH(thousands, i) {
		for (int time = 0; time < 3; time++) {
			zassert_equal(rounds(1000 * thousands[i]), ROUNDS_PER_1000 * thousands[i]);
		}
	}
}

ZTEST(metering, test_the_budget_comes_from_kconfig)
{
	zassert_equal(akira_instruction_budget(), CONFIG_AKIRA_INSTRUCTION_BUDGET);
	zassert_true(akira_instruction_budget() > 0);
}
