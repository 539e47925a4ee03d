/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * WAMR as this module builds it: apps that loop for ever on all slots leave the device alive, and
 * are ended by wasm_runtime_terminate().
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "wasm_export.h"

/* (module (func (export "run") (loop (br 0)))) */
static const uint8_t loop_module[] = {
	0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00,
	0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00,
	0x00, 0x0a, 0x09, 0x01, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b,
};

struct app {
	uint8_t bytes[sizeof(loop_module)];
	wasm_module_t module;
	wasm_module_inst_t instance;
	volatile bool ended;
	bool returned;
	char exception[64];
};

static struct app apps[AKIRA_SLOTS];

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
	/* The usage is a small number; a block in its place would be a build without usages. */
	zassert_true(usage < 16, "WAMR was built with other allocator parameters");
	akira_heap_free(block);
}

void akira_run_job(void *job)
{
	struct app *app = job;
	wasm_exec_env_t env;
	wasm_function_inst_t function;

	zassert_true(wasm_runtime_init_thread_env());
	env = wasm_runtime_create_exec_env(app->instance, 4096);
	zassert_not_null(env);
	function = wasm_runtime_lookup_function(app->instance, "run");
	zassert_not_null(function);

	app->returned = wasm_runtime_call_wasm(env, function, 0, NULL);
	if (!app->returned) {
		strncpy(app->exception, wasm_runtime_get_exception(app->instance),
			sizeof(app->exception) - 1);
	}
	wasm_runtime_destroy_exec_env(env);
	wasm_runtime_destroy_thread_env();
	app->ended = true;
}

static void *setup(void)
{
	RuntimeInitArgs args = {
		.mem_alloc_type = Alloc_With_Allocator,
		.mem_alloc_option.allocator =
			{
				.malloc_func = allocate,
				.realloc_func = reallocate,
				.free_func = release,
			},
	};

	zassert_true(wasm_runtime_full_init(&args));

	return NULL;
}

static void start(uint32_t slot)
{
	struct app *app = &apps[slot];
	char error[128];

	memset(app, 0, sizeof(*app));
	/* WAMR writes into the bytes it is given. */
	memcpy(app->bytes, loop_module, sizeof(loop_module));
	app->module = wasm_runtime_load(app->bytes, sizeof(app->bytes), error, sizeof(error));
	zassert_not_null(app->module, "%s", error);
	app->instance = wasm_runtime_instantiate(app->module, 4096, 0, error, sizeof(error));
	zassert_not_null(app->instance, "%s", error);
	zassert_ok(akira_thread_start(slot, 5, app));
}

static void stop(uint32_t slot)
{
	struct app *app = &apps[slot];

	wasm_runtime_terminate(app->instance);
	zassert_true(akira_thread_join(slot, 1000), "slot %u did not end", slot);
	zassert_true(app->ended);
	zassert_false(app->returned);
	zassert_not_null(strstr(app->exception, "terminated"), "%s", app->exception);
	wasm_runtime_deinstantiate(app->instance);
	wasm_runtime_unload(app->module);
}

ZTEST_SUITE(wamr, NULL, setup, NULL, NULL, NULL);

ZTEST(wamr, test_version)
{
	uint32_t major;
	uint32_t minor;
	uint32_t patch;

	wasm_runtime_get_version(&major, &minor, &patch);
	zassert_equal(major, 2);
	zassert_equal(minor, 4);
}

ZTEST(wamr, test_four_loops_leave_the_device_alive_and_can_be_ended)
{
	for (int round = 0; round < 3; round++) {
		for (uint32_t slot = 0; slot < AKIRA_SLOTS; slot++) {
			start(slot);
		}
		/* Returns only if simulated time passes while they loop. */
		k_msleep(100);
		for (uint32_t slot = 0; slot < AKIRA_SLOTS; slot++) {
			zassert_false(apps[slot].ended);
			zassert_false(akira_thread_join(slot, 0));
		}

		/* One is ended while the others loop on. */
		stop(2);
		k_msleep(20);
		zassert_false(apps[0].ended);
		zassert_false(apps[1].ended);
		zassert_false(apps[3].ended);
		stop(0);
		stop(1);
		stop(3);
	}
}
