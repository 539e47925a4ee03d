/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * What the native API reads and writes, as C sees it: texts, and the records that the device writes
 * into a buffer. WebAssembly is little-endian, as those records are.
 */

#ifndef AKIRA_TYPES_H
#define AKIRA_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "akira.h"

/* A literal as the two arguments that a function wants: akira_log(AKIRA_TEXT("hello")). */
#define AKIRA_TEXT(literal) (literal), (sizeof(literal) - 1)

#define AKIRA_COUNT(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

/* What akira_input_next_event() writes. */
struct akira_input_event {
	/* AKIRA_INPUT_BUTTON and so on. */
	int32_t kind;
	int32_t code;
	int32_t value;
	/* Milliseconds since boot. */
	int32_t time_ms;
};

/* What akira_input_read_touch() writes. */
struct akira_touch {
	int32_t x;
	int32_t y;
};

/* What akira_rf_status() writes. */
struct akira_rf_status {
	uint32_t frequency_hz;
	int32_t power_dbm;
	/* Of the last packet; 0 when there was none yet. */
	int32_t rssi_dbm;
	/* Packets for this app that were dropped because it did not fetch them. */
	uint32_t dropped;
};

static inline uint32_t akira_length(const char *text)
{
	uint32_t length = 0;

	while (text[length] != '\0') {
		length++;
	}
	return length;
}

/* Takes the next input event; false when none came in time. */
static inline bool akira_next_event(struct akira_input_event *event, int32_t timeout_ms)
{
	return akira_input_next_event(event, sizeof(*event), timeout_ms) == 1;
}

/* Whether a button is down in the result of akira_input_read_buttons(). */
static inline bool akira_pressed(int32_t buttons, int32_t button)
{
	return buttons > 0 && (buttons & 1 << button) != 0;
}

#endif /* AKIRA_TYPES_H */
