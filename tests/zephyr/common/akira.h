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
#define AKIRA_APPS_MAX         16
#define AKIRA_NAME_SIZE        32
#define AKIRA_VERSION_SIZE     33
#define AKIRA_STATE_SIZE       12
#define AKIRA_DEVICE_NAME_SIZE 32
#define AKIRA_HTTP_MAX_HEADERS 12
#define AKIRA_WEBSOCKET_ACCEPT 29
#define AKIRA_UPLOAD_APP       0
#define AKIRA_UPLOAD_FIRMWARE  1

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

typedef void (*akira_print)(void *context, const char *line, size_t len, bool is_error);

struct akira_app {
	char name[AKIRA_NAME_SIZE];
	char version[AKIRA_VERSION_SIZE];
	char previous[AKIRA_VERSION_SIZE];
	char state[AKIRA_STATE_SIZE];
	uint32_t size;
	uint32_t memory_used;
	uint32_t memory_quota;
};

uint16_t akira_control(const char *const *words, size_t count, akira_print print, void *context);
uint16_t akira_app_uninstall(const char *name, akira_print print, void *context);
bool akira_app_at(size_t index, struct akira_app *app);

struct akira_link *akira_link_open(void);
void akira_link_receive(struct akira_link *link, const uint8_t *data, size_t len);
size_t akira_link_transmit(struct akira_link *link, uint8_t *out, size_t size);
void akira_link_tick(struct akira_link *link);
void akira_link_close(struct akira_link *link);

uint16_t akira_admit_admin(const uint8_t *token, size_t len, const uint8_t *peer, size_t peer_len,
			   akira_print print, void *context);

struct akira_upload *akira_upload_begin(uint32_t sink, uint64_t size, const uint8_t *sha256,
					uint16_t *status, akira_print print, void *context);
uint16_t akira_upload_chunk(struct akira_upload *upload, uint64_t offset, const uint8_t *data,
			    size_t len, uint64_t *received, akira_print print, void *context);
uint16_t akira_upload_end(struct akira_upload *upload, char *name, akira_print print,
			  void *context);
void akira_upload_abort(struct akira_upload *upload);

struct akira_image {
	char version[AKIRA_VERSION_SIZE];
	uint8_t sha256[32];
	bool pending;
	bool confirmed;
	bool active;
	bool permanent;
};

bool akira_image_at(uint32_t slot, struct akira_image *image);
uint16_t akira_image_set(const uint8_t *sha256, bool confirm, akira_print print, void *context);

bool akira_is_data_path(const char *path, bool top);
bool akira_network_name(char *name);

#endif /* AKIRA_AKIRA_H_ */
