/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What Zephyr's HTTP server says itself, in the form of the API's errors or not at all.
 *
 * What is no HTTP never gets to http.c: the server answers it alone, in plain text, with 500. It
 * also ends each answer of the API in its own way, which is not needed. It has no hook for either,
 * so its function for sending is wrapped by the linker.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/http/status.h>

#include "akira.h"
#include "http_answer.h"
#include "http_connection.h"

#define ERROR(code, message) "{\"error\":{\"code\":\"" code "\",\"message\":\"" message "\"}}"

int __real_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len);
int __wrap_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len);

static void refuse(struct akira_connection *connection, const struct http_parser *parser)
{
	static const struct akira_http_header headers[] = {
		{.name = "Content-Type", .value = "application/json"},
		{.name = "Cache-Control", .value = "no-store"},
		{.name = "X-Content-Type-Options", .value = "nosniff"},
	};
	struct akira_http_reply reply = {
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
	};
	const char *body;

	if (parser->http_errno == HPE_HEADER_OVERFLOW) {
		reply.status = HTTP_431_REQUEST_HEADER_FIELDS_TOO_LARGE;
		body = ERROR("bad_request", "The request's head is too long for this device; "
					    "send fewer or shorter headers.");
	} else if (parser->http_errno != HPE_OK) {
		reply.status = HTTP_400_BAD_REQUEST;
		body = ERROR("bad_request", "This is not a request that this device can read; "
					    "send HTTP/1.1.");
	} else {
		reply.status = HTTP_503_SERVICE_UNAVAILABLE;
		body = ERROR("no_memory", "There is not enough memory for this now. Stop an app, "
					  "then try again.");
	}

	reply.body = (const uint8_t *)body;
	reply.body_len = strlen(body);
	connection->is_head = false;
	connection->closes = true;
	(void)akira_http_answer(connection, NULL, &reply);
}

int __wrap_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len)
{
	struct akira_connection *connection;

	if (client->service != &akira_api) {
		return __real_http_server_sendall(client, data, len);
	}

	connection = akira_connection_of(client->fd);
	if (connection != NULL && !connection->answered) {
		refuse(connection, &client->parser);
	}

	return 0;
}
