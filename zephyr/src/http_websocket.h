/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The event stream over WebSocket (RFC 6455).
 */

#ifndef AKIRA_HTTP_WEBSOCKET_H_
#define AKIRA_HTTP_WEBSOCKET_H_

#include <stdbool.h>

#include <zephyr/net/http/server.h>

#include "http_connection.h"

#if defined(CONFIG_AKIRA_HTTP_EVENTS)

/**
 * @brief Take a request to change to WebSocket.
 *
 * @retval true The connection has a stream, and the server will change it over; or an exchange,
 *         which refuses it.
 * @retval false The request is one like any other.
 */
bool akira_websocket_open(struct akira_connection *connection, struct http_client_ctx *client,
			  const struct akira_http_head *head);

/** Drop the stream of a connection that has not been changed over. */
void akira_websocket_abandon(struct akira_connection *connection);

#else

static inline bool akira_websocket_open(struct akira_connection *connection,
					struct http_client_ctx *client,
					const struct akira_http_head *head)
{
	return false;
}

static inline void akira_websocket_abandon(struct akira_connection *connection)
{
}

#endif

#endif /* AKIRA_HTTP_WEBSOCKET_H_ */
