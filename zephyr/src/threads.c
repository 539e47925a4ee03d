/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * App threads, events and mutexes.
 *
 * One thread object and one stack per slot, made at start and joined before the slot is used again.
 * App threads are preemptible and share the processor in time slices; the HTTP server's thread is
 * more urgent than all of them (see http.c).
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/atomic.h>

#include <akira/platform.h>
#include "akira.h"

#define SLOTS            AKIRA_SLOTS
#define EVENTS           AKIRA_EVENTS
#define APP_PRIORITY_TOP 10
#define JOIN_STEP_MS     20

BUILD_ASSERT(CONFIG_AKIRA_APP_PRIORITY_FIRST + APP_PRIORITY_TOP <= CONFIG_NUM_PREEMPT_PRIORITIES,
	     "CONFIG_NUM_PREEMPT_PRIORITIES leaves no room for ten app priorities");

static K_THREAD_STACK_ARRAY_DEFINE(app_stacks, SLOTS, CONFIG_AKIRA_APP_STACK_SIZE);
static struct k_thread app_threads[SLOTS];

/* What is known of a slot's thread. */
struct app_slot {
	/* The thread object is in use: from start to a join that saw its end. */
	bool used;
	/* Counts the threads that the slot has had, so that a join knows the one it began with. */
	uint32_t generation;
};

static struct app_slot app_slots[SLOTS];
/* Guards app_slots; held for a few instructions, never over a wait. */
static struct k_spinlock app_lock;

static struct k_sem events[EVENTS];
static struct k_mutex mutexes[CONFIG_AKIRA_MAX_MUTEXES];
static ATOMIC_DEFINE(mutex_taken, CONFIG_AKIRA_MAX_MUTEXES);

/* Events and mutexes may be used by any start-up code, so they are ready before it. */
static int threads_init(void)
{
	ARRAY_FOR_EACH(events, i) {
		k_sem_init(&events[i], 0, 1);
	}
	ARRAY_FOR_EACH(mutexes, i) {
		k_mutex_init(&mutexes[i]);
	}

	return 0;
}

SYS_INIT(threads_init, PRE_KERNEL_1, CONFIG_KERNEL_INIT_PRIORITY_OBJECTS);

static void app_thread_main(void *job, void *unused1, void *unused2)
{
	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);

	akira_run_job(job);
}

int akira_thread_start(uint32_t slot, uint8_t priority, void *job)
{
	k_spinlock_key_t key;
	bool busy;
	k_tid_t thread;
	char name[] = "akira_app_0";

	if (slot >= SLOTS || priority < 1 || priority > APP_PRIORITY_TOP) {
		return -EINVAL;
	}
	if (!akira_thread_join(slot, 0)) {
		return -EBUSY;
	}

	key = k_spin_lock(&app_lock);
	busy = app_slots[slot].used;
	if (!busy) {
		app_slots[slot].used = true;
		app_slots[slot].generation++;
	}
	k_spin_unlock(&app_lock, key);
	if (busy) {
		return -EBUSY;
	}

	/* 10 is the most urgent app priority, and in Zephyr less is more urgent. */
	thread = k_thread_create(
		&app_threads[slot], app_stacks[slot], K_THREAD_STACK_SIZEOF(app_stacks[slot]),
		app_thread_main, job, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_AKIRA_APP_PRIORITY_FIRST + APP_PRIORITY_TOP - priority), 0,
		K_FOREVER);
	name[sizeof(name) - 2] += slot;
	(void)k_thread_name_set(thread, name);
	k_thread_start(thread);

	return 0;
}

bool akira_thread_join(uint32_t slot, uint32_t timeout_ms)
{
	k_timepoint_t end = sys_timepoint_calc(K_MSEC(timeout_ms));
	struct app_slot asked;
	k_spinlock_key_t key;

	if (slot >= SLOTS) {
		return true;
	}

	key = k_spin_lock(&app_lock);
	asked = app_slots[slot];
	k_spin_unlock(&app_lock, key);
	if (!asked.used) {
		return true;
	}

	while (true) {
		k_timeout_t left = sys_timepoint_timeout(end);
		bool last = sys_timepoint_expired(end);
		bool ended;

		/*
		 * In steps, because another join may see the end first, and the next start make a
		 * new thread of the same object, which is not the one that is asked about.
		 */
		if (!K_TIMEOUT_EQ(left, K_NO_WAIT) && left.ticks > K_MSEC(JOIN_STEP_MS).ticks) {
			left = K_MSEC(JOIN_STEP_MS);
		}
		ended = k_thread_join(&app_threads[slot], left) == 0;

		key = k_spin_lock(&app_lock);
		if (!app_slots[slot].used || app_slots[slot].generation != asked.generation) {
			ended = true;
		} else if (ended) {
			app_slots[slot].used = false;
		}
		k_spin_unlock(&app_lock, key);

		if (ended || last) {
			return ended;
		}
	}
}

int akira_thread_slot(void)
{
	k_tid_t current = k_current_get();

	return IS_ARRAY_ELEMENT(app_threads, current) ? (int)ARRAY_INDEX(app_threads, current) : -1;
}

bool akira_event_wait(uint32_t event, uint64_t timeout_ms)
{
	/* A span that the kernel's timeouts cannot hold is as good as for ever. */
	k_timeout_t timeout = timeout_ms > INT64_MAX / CONFIG_SYS_CLOCK_TICKS_PER_SEC
				      ? K_FOREVER
				      : K_MSEC(timeout_ms);

	return event < EVENTS && k_sem_take(&events[event], timeout) == 0;
}

void akira_event_signal(uint32_t event)
{
	if (event < EVENTS) {
		k_sem_give(&events[event]);
	}
}

void akira_event_reset(uint32_t event)
{
	if (event < EVENTS) {
		k_sem_reset(&events[event]);
	}
}

int akira_mutex_new(void)
{
	ARRAY_FOR_EACH(mutexes, i) {
		if (!atomic_test_and_set_bit(mutex_taken, i)) {
			return (int)i;
		}
	}

	return -1;
}

void akira_mutex_delete(int mutex)
{
	atomic_clear_bit(mutex_taken, mutex);
}

/* Zephyr's mutexes nest; the Rust side's promise is that nobody gets the data twice. */
static bool held_by_caller(int mutex)
{
	return mutexes[mutex].owner == k_current_get();
}

void akira_mutex_lock(int mutex)
{
	static const char text[] = "a thread locked a mutex that it holds already";

	if (held_by_caller(mutex)) {
		akira_panic(text, sizeof(text) - 1);
	}
	(void)k_mutex_lock(&mutexes[mutex], K_FOREVER);
}

bool akira_mutex_try_lock(int mutex)
{
	return !held_by_caller(mutex) && k_mutex_lock(&mutexes[mutex], K_NO_WAIT) == 0;
}

void akira_mutex_unlock(int mutex)
{
	(void)k_mutex_unlock(&mutexes[mutex]);
}

bool akira_mutex_is_locked(int mutex)
{
	return mutexes[mutex].owner != NULL;
}
