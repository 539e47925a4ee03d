/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the Rust side exports, for tests of the shims that stand in for it. In an image it is
 * written by cbindgen from rust/zephyr.
 */

#ifndef AKIRA_AKIRA_H_
#define AKIRA_AKIRA_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AKIRA_SLOTS            4
#define AKIRA_EVENTS           8
#define AKIRA_HTTP_MAX_HEADERS 12
#define AKIRA_WEBSOCKET_ACCEPT 29

struct akira_http_exchange;
struct akira_stream;

struct akira_http_head {
	const char *method;
	const char *path;
	const char *authorization;
	const char *host;
	const char *origin;
	const char *content_type;
	const char *if_none_match;
	const uint8_t *peer;
	size_t peer_len;
	bool secure;
	int64_t content_length;
	bool unclear;
	bool unknown_coding;
	uint8_t http_version;
};

struct akira_http_header {
	const char *name;
	const char *value;
};

struct akira_http_reply {
	uint16_t status;
	const struct akira_http_header *headers;
	size_t header_count;
	const uint8_t *body;
	size_t body_len;
	bool more;
};

void akira_run_job(void *job);
void akira_input_event(uint32_t kind, uint32_t code, int32_t value);
void akira_rf_received(const void *packet, size_t len, int16_t rssi_dbm);
struct akira_http_exchange *akira_http_begin(const struct akira_http_head *head);
bool akira_http_wants_body(const struct akira_http_exchange *exchange);
void akira_http_chunk(struct akira_http_exchange *exchange, const uint8_t *data, size_t len);
void akira_http_stalled(struct akira_http_exchange *exchange);
void akira_http_finish(struct akira_http_exchange *exchange, struct akira_http_reply *reply);
bool akira_http_next(struct akira_http_exchange *exchange, const uint8_t **data, size_t *len);
void akira_http_end(struct akira_http_exchange *exchange);
struct akira_stream *akira_stream_open(const struct akira_http_head *head,
				       struct akira_http_exchange **refused);
bool akira_stream_next(struct akira_stream *stream, const char **text, size_t *len);
bool akira_stream_is_over(const struct akira_stream *stream);
void akira_stream_close(struct akira_stream *stream);
bool akira_websocket_accept(const char *key, char *out);

#endif /* AKIRA_AKIRA_H_ */
