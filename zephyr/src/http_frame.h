/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * WebSocket frames (RFC 6455, 5), as a server that only tells writes and reads them. No I/O.
 */

#ifndef AKIRA_HTTP_FRAME_H_
#define AKIRA_HTTP_FRAME_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The longest head that is written, and the longest data of a control frame. */
#define AKIRA_FRAME_HEAD_MAX    10
#define AKIRA_FRAME_CONTROL_MAX 125
/** The longest data frame that a client may send. It is thrown away. */
#define AKIRA_FRAME_DATA_MAX    1024

enum akira_frame_kind {
	AKIRA_FRAME_CONTINUATION = 0,
	AKIRA_FRAME_TEXT = 1,
	AKIRA_FRAME_BINARY = 2,
	AKIRA_FRAME_CLOSE = 8,
	AKIRA_FRAME_PING = 9,
	AKIRA_FRAME_PONG = 10,
	/** No frame is complete yet. */
	AKIRA_FRAME_NONE = 16,
	/** What came is no frame that a client may send. */
	AKIRA_FRAME_BROKEN,
	/** It is longer than AKIRA_FRAME_DATA_MAX. */
	AKIRA_FRAME_TOO_LONG,
};

/** What a client sends, frame by frame. Begins as zeros. */
struct akira_frame_reader {
	/** Of the head, as far as it has come. */
	uint8_t head[8];
	uint8_t head_len;
	/** Data of the frame that has come. */
	size_t taken;
	/** The data of a control frame, unmasked. */
	uint8_t control[AKIRA_FRAME_CONTROL_MAX];
	uint8_t control_len;
};

/** Write the head of a frame with @p len bytes of data; its length. */
size_t akira_frame_head(uint8_t out[AKIRA_FRAME_HEAD_MAX], enum akira_frame_kind kind, size_t len);

/**
 * @brief Read on from @p next, which moves, to the end of a frame or to @p end.
 *
 * @return The frame's kind, AKIRA_FRAME_NONE, or what is wrong; then there is no going on.
 */
enum akira_frame_kind akira_frame_read(struct akira_frame_reader *reader, const uint8_t **next,
				       const uint8_t *end);

#endif /* AKIRA_HTTP_FRAME_H_ */
