/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The thread that lets the runtime look after its apps: watchdog and restarts. It is more urgent
 * than every app, or an app that never pauses would keep it from its work.
 */

#include <zephyr/kernel.h>

#include "akira.h"

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include <posix_board_if.h>

#include "native_sim/host.h"
#endif

static K_THREAD_STACK_DEFINE(tick_stack, CONFIG_AKIRA_TICK_STACK_SIZE);
static struct k_thread tick_thread;

BUILD_ASSERT(CONFIG_AKIRA_TICK_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "the watchdog must be more urgent than the apps");

/* A native_sim image that is told to end does so in order, as the virtual device. */
static void end_if_asked(void)
{
#if defined(CONFIG_BOARD_NATIVE_SIM)
	if (akira_host_stop_asked()) {
		akira_shutdown();
		posix_exit(0);
	}
#endif
}

static void tick_main(void *unused1, void *unused2, void *unused3)
{
	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		k_msleep(AKIRA_TICK_MS);
		akira_tick();
		end_if_asked();
	}
}

void akira_tick_open(void)
{
	k_tid_t tid = k_thread_create(&tick_thread, tick_stack, K_THREAD_STACK_SIZEOF(tick_stack),
				      tick_main, NULL, NULL, NULL, CONFIG_AKIRA_TICK_PRIORITY, 0,
				      K_NO_WAIT);

	k_thread_name_set(tid, "akira_tick");
#if defined(CONFIG_BOARD_NATIVE_SIM)
	akira_host_watch_stop();
#endif
}
