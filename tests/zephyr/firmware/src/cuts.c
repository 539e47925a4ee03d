/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The power is cut at each flash operation of an update: the simulator drops what comes after it,
 * and half of the write that it comes in. Whatever is left, MCUboot is told to swap an image only
 * when all of it is there, and the next update works.
 */

#include <string.h>

#include <zephyr/stats/stats.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "suite.h"

#define PIECE          512
/* Enough to see a block begin, go on and end twice. */
#define IMAGE          (2 * BLOCK + 3 * PIECE)
#define SEED           8
/* One call erases them all. */
#define TRAILER_BLOCKS 1
/* The image that was there before. */
#define OLD            9

static struct {
	struct stats_hdr *group;
	const char *name;
	uint32_t *value;
} search;

static int look(struct stats_hdr *header, void *argument, const char *name, uint16_t offset)
{
	ARG_UNUSED(argument);
	if (strcmp(name, search.name) == 0) {
		search.value = (uint32_t *)((uint8_t *)header + offset);
	}

	return 0;
}

static uint32_t *find(const char *group, const char *name)
{
	search.group = stats_group_find(group);
	search.name = name;
	search.value = NULL;
	zassert_not_null(search.group);
	zassert_ok(stats_walk(search.group, look, NULL));
	zassert_not_null(search.value, "%s", name);

	return search.value;
}

static uint32_t *writes;
static uint32_t *erases;
static uint32_t *max_writes;
static uint32_t *max_erases;
static uint32_t *max_len;

static void *setup(void)
{
	writes = find("flash_sim_stats", "flash_write_calls");
	erases = find("flash_sim_stats", "flash_erase_calls");
	max_writes = find("flash_sim_thresholds", "max_write_calls");
	max_erases = find("flash_sim_thresholds", "max_erase_calls");
	max_len = find("flash_sim_thresholds", "max_len");

	return NULL;
}

ZTEST_SUITE(firmware_cuts, NULL, setup, NULL, NULL, NULL);

/* The steps of an update; false when there are no more. Without power they may fail. */
static bool step(uint32_t number, bool powered)
{
	const uint32_t pieces = IMAGE / PIECE;
	uint8_t piece[PIECE];
	int ret;

	if (number == 0) {
		ret = akira_firmware_open(0);
	} else if (number <= pieces) {
		fill(piece, PIECE, (number - 1) * PIECE, SEED);
		ret = akira_firmware_write(piece, PIECE);
	} else if (number == pieces + 1) {
		ret = akira_firmware_flush();
	} else if (number == pieces + 2) {
		ret = akira_firmware_request_test();
	} else {
		return false;
	}
	zassert_true(ret == 0 || !powered, "step %u: %d", number, ret);

	return true;
}

static void power_on(void)
{
	*max_writes = 0;
	*max_erases = 0;
	*max_len = 0;
	*writes = 0;
	*erases = 0;
}

/* A slot that holds another image. */
static void put_old_image(bool pending)
{
	uint8_t piece[PIECE];

	erase_slots();
	for (uint32_t at = 0; at < IMAGE; at += PIECE) {
		fill(piece, PIECE, at, OLD);
		zassert_ok(flash_area_write(secondary, at, piece, PIECE));
	}
	if (pending) {
		zassert_ok(akira_firmware_request_test());
	}
}

/* Runs an update whose power goes when so many of each have been done, and part of a write. */
static void update_until(uint32_t write_count, uint32_t erase_count, bool torn)
{
	*writes = 0;
	*erases = 0;
	/* The simulator drops the write with this number, or its rest; all erases from it on. */
	*max_writes = write_count + 1;
	*max_erases = erase_count + 1;
	*max_len = torn ? 5 : 0;
	for (uint32_t i = 0; step(i, false); i++) {
	}
	power_on();
}

static void cut(uint32_t write_count, uint32_t erase_count, bool torn, bool pending)
{
	int swap;

	put_old_image(pending);
	update_until(write_count, erase_count, torn);

	/* Until the first erase it is the old image that waits. */
	swap = akira_firmware_swap();
	if (pending && erase_count == 0) {
		zassert_true(swap == AKIRA_FIRMWARE_SWAP_TEST && is_filled(IMAGE, OLD));
	} else {
		zassert_true(swap == AKIRA_FIRMWARE_SWAP_NONE ||
				     (swap == AKIRA_FIRMWARE_SWAP_TEST && is_filled(IMAGE, SEED)),
			     "%d after %u writes and %u erases", swap, write_count, erase_count);
	}

	for (uint32_t i = 0; step(i, true); i++) {
	}
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);
	zassert_true(is_filled(IMAGE, SEED));
}

/* Returns the number of cuts. */
static uint32_t cut_everywhere(bool pending)
{
	/* How many of both there are before each step, and after the last. */
	static uint32_t done[IMAGE / PIECE + 4][2];
	uint32_t steps = 0;
	uint32_t cuts = 0;

	put_old_image(pending);
	power_on();
	while (step(steps, true)) {
		steps++;
		done[steps][0] = *writes;
		done[steps][1] = *erases;
	}
	zassert_equal(akira_firmware_swap(), AKIRA_FIRMWARE_SWAP_TEST);
	zassert_true(*writes >= IMAGE / CONFIG_AKIRA_FIRMWARE_BUFFER_SIZE);
	zassert_equal(*erases, TRAILER_BLOCKS + 3, "the trailer, and each block once: %u", *erases);

	for (uint32_t i = 0; i < steps; i++) {
		/* Within a step what is erased is erased first. */
		for (uint32_t e = done[i][1]; e < done[i + 1][1]; e++) {
			cut(done[i][0], e, false, pending);
			cuts++;
		}
		for (uint32_t w = done[i][0]; w < done[i + 1][0]; w++) {
			cut(w, done[i + 1][1], false, pending);
			cut(w, done[i + 1][1], true, pending);
			cuts += 2;
		}
	}

	return cuts;
}

ZTEST(firmware_cuts, test_cuts_at_every_operation)
{
	uint32_t cuts = cut_everywhere(false);

	/* Over another image that waits for its test. */
	cuts += cut_everywhere(true);
	TC_PRINT("%u cuts, each recovered from\n", cuts);
	zassert_true(cuts >= 2 * (3 + 2 * IMAGE / PIECE));
}
