/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Builds one log line from texts and numbers without a C library or a heap. What does not fit is
 * left out: a line never writes past its buffer.
 */

#ifndef AKIRA_LINE_H
#define AKIRA_LINE_H

#include <stdint.h>

#include "akira.h"

struct akira_line {
	uint32_t len;
	char text[160];
};

static inline void akira_line_char(struct akira_line *line, char c)
{
	if (line->len < sizeof(line->text)) {
		line->text[line->len++] = c;
	}
}

static inline void akira_line_text(struct akira_line *line, const char *text)
{
	while (*text != '\0') {
		akira_line_char(line, *text++);
	}
}

static inline void akira_line_bytes(struct akira_line *line, const char *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		akira_line_char(line, bytes[i]);
	}
}

static inline void akira_line_number(struct akira_line *line, int64_t number)
{
	char digits[20];
	uint32_t count = 0;
	/* Through unsigned, so that the smallest number has a magnitude too. */
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	if (number < 0) {
		akira_line_char(line, '-');
	}
	do {
		digits[count++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	while (count > 0) {
		akira_line_char(line, digits[--count]);
	}
}

/* A number with so many digits after the point, at most 6. */
static inline void akira_line_float(struct akira_line *line, float number, uint32_t decimals)
{
	int64_t unit = 1;
	int64_t scaled;

	for (uint32_t i = 0; i < decimals && i < 6; i++) {
		unit *= 10;
	}
	if (!(number > -2147483648.0f && number < 2147483648.0f)) {
		akira_line_text(line, "out of range");
		return;
	}
	if (number < 0) {
		akira_line_char(line, '-');
		number = -number;
	}
	scaled = (int64_t)((double)number * (double)unit + 0.5);
	akira_line_number(line, scaled / unit);
	if (unit > 1) {
		akira_line_char(line, '.');
	}
	for (unit /= 10; unit > 0; unit /= 10) {
		akira_line_char(line, (char)('0' + scaled / unit % 10));
	}
}

/* Writes the line to the app's log and empties it. */
static inline void akira_line_log(struct akira_line *line)
{
	akira_log(line->text, line->len);
	line->len = 0;
}

#endif /* AKIRA_LINE_H */
