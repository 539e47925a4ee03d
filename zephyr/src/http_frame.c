/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * WebSocket frames. See http_frame.h.
 */

#include <zephyr/sys/byteorder.h>
#include <zephyr/sys/util.h>

#include "http_frame.h"

#define FIN      BIT(7)
#define RESERVED (BIT(6) | BIT(5) | BIT(4))
#define MASKED   BIT(7)
#define MASK_LEN 4
/* Lengths that say where the length is. */
#define LEN_16   126
#define LEN_64   127

size_t akira_frame_head(uint8_t out[AKIRA_FRAME_HEAD_MAX], enum akira_frame_kind kind, size_t len)
{
	out[0] = FIN | (uint8_t)kind;
	if (len < LEN_16) {
		out[1] = (uint8_t)len;
		return 2;
	}
	if (len <= UINT16_MAX) {
		out[1] = LEN_16;
		sys_put_be16((uint16_t)len, &out[2]);
		return 4;
	}
	out[1] = LEN_64;
	sys_put_be64(len, &out[2]);

	return 10;
}

/* Where the head's mask begins, once two bytes of it are there. */
static size_t mask_at(const struct akira_frame_reader *reader)
{
	return (reader->head[1] & 0x7f) == LEN_16 ? 4 : 2;
}

static size_t data_len(const struct akira_frame_reader *reader)
{
	return mask_at(reader) == 4 ? sys_get_be16(&reader->head[2]) : reader->head[1] & 0x7f;
}

/* What can be said of a frame from its first two bytes. */
static enum akira_frame_kind judge(const struct akira_frame_reader *reader)
{
	uint8_t opcode = reader->head[0] & 0x0f;
	uint8_t len = reader->head[1] & 0x7f;
	bool is_control = (opcode & 8) != 0;

	/* No extension was agreed on, and a client masks (5.1). */
	if ((reader->head[0] & RESERVED) != 0 || (reader->head[1] & MASKED) == 0) {
		return AKIRA_FRAME_BROKEN;
	}
	/* Control frames are short and whole (5.5). */
	if (is_control && ((reader->head[0] & FIN) == 0 || len > AKIRA_FRAME_CONTROL_MAX)) {
		return AKIRA_FRAME_BROKEN;
	}
	if (is_control ? opcode > AKIRA_FRAME_PONG : opcode > AKIRA_FRAME_BINARY) {
		return AKIRA_FRAME_BROKEN;
	}

	return len == LEN_64 ? AKIRA_FRAME_TOO_LONG : AKIRA_FRAME_NONE;
}

/* Takes the frame's data; whether that is all of it. */
static bool take_data(struct akira_frame_reader *reader, const uint8_t **next, const uint8_t *end)
{
	const uint8_t *mask = &reader->head[mask_at(reader)];
	size_t len = data_len(reader);
	bool is_control = (reader->head[0] & 8) != 0;

	for (; reader->taken < len && *next < end; reader->taken++, (*next)++) {
		if (is_control) {
			reader->control[reader->taken] = **next ^ mask[reader->taken % MASK_LEN];
		}
	}

	return reader->taken == len;
}

enum akira_frame_kind akira_frame_read(struct akira_frame_reader *reader, const uint8_t **next,
				       const uint8_t *end)
{
	enum akira_frame_kind kind;

	while (reader->head_len < 2 || reader->head_len < mask_at(reader) + MASK_LEN) {
		if (*next == end) {
			return AKIRA_FRAME_NONE;
		}
		reader->head[reader->head_len++] = *(*next)++;
		if (reader->head_len == 2) {
			kind = judge(reader);
			if (kind != AKIRA_FRAME_NONE) {
				return kind;
			}
		}
	}
	if (data_len(reader) > AKIRA_FRAME_DATA_MAX) {
		return AKIRA_FRAME_TOO_LONG;
	}
	if (!take_data(reader, next, end)) {
		return AKIRA_FRAME_NONE;
	}

	kind = reader->head[0] & 0x0f;
	reader->control_len = (uint8_t)MIN(reader->taken, AKIRA_FRAME_CONTROL_MAX);
	reader->head_len = 0;
	reader->taken = 0;

	return kind;
}
