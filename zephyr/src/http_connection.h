/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The connections of the HTTP API, and how long each may take.
 */

#ifndef AKIRA_HTTP_CONNECTION_H_
#define AKIRA_HTTP_CONNECTION_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/net/http/service.h>

#include "akira.h"

/** Where a connection is. */
enum akira_phase {
	/** No byte of the next request has come. */
	AKIRA_IDLE,
	/** A request's head is coming. */
	AKIRA_HEAD,
	/** A request's body is coming, or its answer going. */
	AKIRA_BODY,
	/** The request is answered; the rest of its body is thrown away. */
	AKIRA_DRAINING,
};

/** One client's connection, with the request that is under way. */
struct akira_connection {
	/** The socket, or -1 for a place that is free. */
	int fd;
	/** The client's address as it goes over the network, and its length; 0 if unknown. */
	uint8_t peer[16];
	size_t peer_len;
	enum akira_phase phase;
	/** Uptime in ms: when the phase began, and when the last byte came. */
	int64_t since;
	int64_t heard;
	/** When the count of the body's bytes began, and the count. */
	int64_t counted_since;
	size_t counted;

	/** The Rust side of the request under way, or NULL. */
	struct akira_http_exchange *exchange;
	/** The event stream that the request opens, or NULL. */
	struct akira_stream *stream;
	/** The answer was sent, so that what the server has to say is left out. */
	bool answered;
	/** The answer goes without its body. */
	bool is_head;
	/** The connection ends with the answer. */
	bool closes;
	/** The client speaks HTTP/1.0, and does not know chunks. */
	bool is_old;
	/** Bytes thrown away. */
	size_t drained;
};

/** The API's service of Zephyr's server. */
extern const struct http_service_desc akira_api;

/** The connection with that socket, or NULL. */
struct akira_connection *akira_connection_of(int fd);

/** Let a connection's next phase begin. */
void akira_connection_enter(struct akira_connection *connection, enum akira_phase phase);

/** Let go of a connection whose socket somebody else has from now on. */
void akira_connection_leave(struct akira_connection *connection);

/**
 * @brief The request under way has taken too long.
 *
 * Called before the connection is closed; in http.c.
 */
void akira_http_overdue(struct akira_connection *connection);

/** The client is gone, or is being sent away; in http.c. */
void akira_http_gone(struct akira_connection *connection);

#endif /* AKIRA_HTTP_CONNECTION_H_ */
