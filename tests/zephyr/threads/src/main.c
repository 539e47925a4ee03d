/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * App threads, events and mutexes.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

/* What a test's job does on the app's thread. */
struct job {
	void (*run)(struct job *job);
	int slot;
	int priority;
	volatile uint32_t rounds;
	volatile bool stop;
	int mutex;
	bool got;
};

void akira_run_job(void *job)
{
	struct job *this = job;

	this->slot = akira_thread_slot();
	this->priority = k_thread_priority_get(k_current_get());
	this->run(this);
}

static void nothing(struct job *job)
{
	ARG_UNUSED(job);
}

static void spin(struct job *job)
{
	while (!job->stop) {
		k_busy_wait(100);
		job->rounds++;
	}
}

static void wait_for_event(struct job *job)
{
	job->got = akira_event_wait(job->slot, UINT64_MAX);
}

static void try_mutex(struct job *job)
{
	job->got = akira_mutex_try_lock(job->mutex);
	if (job->got) {
		akira_mutex_unlock(job->mutex);
	}
}

static void lock_mutex(struct job *job)
{
	akira_mutex_lock(job->mutex);
	job->got = true;
	akira_mutex_unlock(job->mutex);
}

ZTEST_SUITE(threads, NULL, NULL, NULL, NULL, NULL);

ZTEST(threads, test_every_slot_runs_its_job_and_can_be_used_again)
{
	zassert_equal(akira_thread_slot(), -1, "this is no app's thread");
	for (int round = 0; round < 20; round++) {
		struct job jobs[AKIRA_SLOTS] = {0};

		for (int slot = 0; slot < AKIRA_SLOTS; slot++) {
			jobs[slot].run = nothing;
			zassert_ok(akira_thread_start(slot, 5, &jobs[slot]));
		}
		for (int slot = 0; slot < AKIRA_SLOTS; slot++) {
			zassert_true(akira_thread_join(slot, 1000));
			zassert_true(akira_thread_join(slot, 0), "a joined slot counts as ended");
			zassert_equal(jobs[slot].slot, slot);
		}
	}
}

ZTEST(threads, test_a_slot_in_use_is_refused)
{
	struct job job = {.run = spin};
	struct job other = {.run = nothing, .slot = -2};

	zassert_ok(akira_thread_start(0, 5, &job));
	zassert_equal(akira_thread_start(0, 5, &other), -EBUSY);
	zassert_false(akira_thread_join(0, 20));
	job.stop = true;
	zassert_true(akira_thread_join(0, 1000));
	zassert_equal(other.slot, -2, "a refused job must not run");
}

static K_THREAD_STACK_DEFINE(joiner_stack, 2048);
static struct k_thread joiner;

static void join_from_below(void *slot, void *result, void *unused)
{
	ARG_UNUSED(unused);
	*(int *)result = akira_thread_join(POINTER_TO_UINT(slot), 60000) ? 1 : -1;
}

/* A join is about the thread that runs when it begins, also when the slot is soon used again. */
ZTEST(threads, test_a_join_does_not_wait_for_the_slots_next_thread)
{
	struct job first = {.run = spin};
	struct job second = {.run = spin};
	struct job third = {.run = nothing, .slot = -2};
	int result = 0;

	zassert_ok(akira_thread_start(1, 5, &first));
	/* Less urgent than this thread, so that it wakes after the slot is used again. */
	k_thread_create(&joiner, joiner_stack, K_THREAD_STACK_SIZEOF(joiner_stack), join_from_below,
			UINT_TO_POINTER(1), &result, NULL, K_PRIO_PREEMPT(3), 0, K_NO_WAIT);
	k_msleep(50);
	zassert_equal(result, 0, "it waits for the first");

	first.stop = true;
	zassert_true(akira_thread_join(1, 1000));
	zassert_ok(akira_thread_start(1, 5, &second));
	k_msleep(100);
	zassert_equal(result, 1, "the first has ended");
	zassert_equal(akira_thread_start(1, 5, &third), -EBUSY, "the second runs");
	zassert_equal(third.slot, -2);

	second.stop = true;
	zassert_true(akira_thread_join(1, 1000));
	zassert_ok(k_thread_join(&joiner, K_SECONDS(1)));
}

ZTEST(threads, test_arguments_that_are_none)
{
	struct job job = {.run = nothing};

	zassert_equal(akira_thread_start(AKIRA_SLOTS, 5, &job), -EINVAL);
	zassert_equal(akira_thread_start(0, 0, &job), -EINVAL);
	zassert_equal(akira_thread_start(0, 11, &job), -EINVAL);
	zassert_true(akira_thread_join(AKIRA_SLOTS, 0));
	zassert_false(akira_event_wait(AKIRA_EVENTS, 0));
	akira_event_signal(AKIRA_EVENTS);
	akira_event_reset(AKIRA_EVENTS);
}

ZTEST(threads, test_priorities_are_preemptible_and_in_order)
{
	struct job low = {.run = nothing};
	struct job high = {.run = nothing};

	zassert_ok(akira_thread_start(0, 1, &low));
	zassert_ok(akira_thread_start(1, 10, &high));
	zassert_true(akira_thread_join(0, 1000));
	zassert_true(akira_thread_join(1, 1000));
	zassert_equal(high.priority, K_PRIO_PREEMPT(CONFIG_AKIRA_APP_PRIORITY_FIRST));
	zassert_equal(low.priority, high.priority + 9);
	zassert_true(high.priority >= 0, "an app must never be cooperative");
}

/* Four apps that never wait share the processor, and leave it to the device's threads. */
ZTEST(threads, test_busy_apps_share_the_processor)
{
	struct job jobs[AKIRA_SLOTS] = {0};
	int64_t start;

	for (int slot = 0; slot < AKIRA_SLOTS; slot++) {
		jobs[slot].run = spin;
		zassert_ok(akira_thread_start(slot, 5, &jobs[slot]));
	}
	start = k_uptime_get();
	k_msleep(1000);
	zassert_true(k_uptime_get() - start < 1100, "this thread was held up");
	for (int slot = 0; slot < AKIRA_SLOTS; slot++) {
		/* A quarter of a second would be 2500. */
		zassert_between_inclusive(jobs[slot].rounds, 1500, 3500, "slot %d", slot);
		jobs[slot].stop = true;
	}
	for (int slot = 0; slot < AKIRA_SLOTS; slot++) {
		zassert_true(akira_thread_join(slot, 1000));
	}
}

ZTEST(threads, test_events_are_binary_and_are_not_lost)
{
	struct job job = {.run = wait_for_event};

	akira_event_signal(7);
	akira_event_signal(7);
	zassert_true(akira_event_wait(7, 0), "a signal before the wait counts");
	zassert_false(akira_event_wait(7, 10), "but once");
	akira_event_signal(7);
	akira_event_reset(7);
	zassert_false(akira_event_wait(7, 0), "unless it was forgotten");

	zassert_ok(akira_thread_start(2, 5, &job));
	zassert_false(akira_thread_join(2, 20), "it waits");
	akira_event_signal(3);
	zassert_false(akira_thread_join(2, 20), "for its own event");
	akira_event_signal(2);
	zassert_true(akira_thread_join(2, 1000));
	zassert_true(job.got);
	akira_event_reset(3);
}

ZTEST(threads, test_mutexes_exclude)
{
	int mutex = akira_mutex_new();
	struct job try = {.run = try_mutex, .mutex = mutex};
	struct job lock = {.run = lock_mutex, .mutex = mutex};

	zassert_true(mutex >= 0);
	akira_mutex_lock(mutex);
	zassert_true(akira_mutex_is_locked(mutex));
	zassert_false(akira_mutex_try_lock(mutex), "not even for the thread that holds it");

	zassert_ok(akira_thread_start(0, 5, &try));
	zassert_ok(akira_thread_start(1, 5, &lock));
	zassert_true(akira_thread_join(0, 1000));
	zassert_false(try.got);
	zassert_false(akira_thread_join(1, 20), "it waits");
	akira_mutex_unlock(mutex);
	zassert_true(akira_thread_join(1, 1000));
	zassert_true(lock.got);
	zassert_false(akira_mutex_is_locked(mutex));
	akira_mutex_delete(mutex);
}

ZTEST(threads, test_mutexes_run_out_and_come_back)
{
	int taken[CONFIG_AKIRA_MAX_MUTEXES];

	for (int round = 0; round < 3; round++) {
		ARRAY_FOR_EACH(taken, i) {
			taken[i] = akira_mutex_new();
			zassert_true(taken[i] >= 0);
			for (size_t j = 0; j < i; j++) {
				zassert_not_equal(taken[i], taken[j]);
			}
		}
		zassert_equal(akira_mutex_new(), -1);
		ARRAY_FOR_EACH(taken, i) {
			akira_mutex_delete(taken[i]);
		}
	}
}
