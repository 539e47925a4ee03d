/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The parser of Zephyr's HTTP server, with an ear on it.
 *
 * The server hands on what it has received rather than what its parser has found in it: bodies with
 * the chunked coding still in them, and the beginning of the next request with the end of this one.
 * Worse, it lets its parser run over all that it has, so that of requests which arrive together it
 * merges the paths. It answers OPTIONS, HEAD and some others by itself.
 *
 * So three of its functions are wrapped by the linker. The API's requests have further callbacks at
 * the parser, which take head and body where they are found; the parser stops at the end of each
 * request, and the server goes on from there; and to the server every request is a POST, the one
 * kind that it always passes on, and with an account of whether the request is complete.
 *
 * HTTP/2 is not offered: the API is HTTP/1.1, which every client can.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/parser.h>
#include <zephyr/net/http/server.h>

#include "http_parser.h"

int __real_enter_http1_request(struct http_client_ctx *client);
int __wrap_enter_http1_request(struct http_client_ctx *client);
int __real_enter_http2_request(struct http_client_ctx *client);
int __wrap_enter_http2_request(struct http_client_ctx *client);
size_t __real_http_parser_execute(struct http_parser *parser,
				  const struct http_parser_settings *settings, const char *data,
				  size_t len);
size_t __wrap_http_parser_execute(struct http_parser *parser,
				  const struct http_parser_settings *settings, const char *data,
				  size_t len);

/* The server's own callbacks, the same for all its clients. */
static http_cb server_on_head;
static http_data_cb server_on_body;
static http_cb server_on_end;

static struct http_client_ctx *client_of(struct http_parser *parser)
{
	return CONTAINER_OF(parser, struct http_client_ctx, parser);
}

static int on_head(struct http_parser *parser)
{
	struct http_client_ctx *client = client_of(parser);
	struct akira_connection *connection = akira_connection_of(client->fd);
	int ret = server_on_head(parser);

	if (connection == NULL) {
		return -ENOTCONN;
	}
	akira_http_on_head(connection, client);

	/* Its answer is known by now to end the connection or not. */
	if (connection->closes) {
		parser->flags |= F_CONNECTION_CLOSE;
	}
	/* See http_websocket.c. No other upgrade is made. */
	parser->upgrade = connection->stream != NULL;
	client->http2_upgrade = parser->upgrade;
	client->websocket_upgrade = false;
	parser->method = HTTP_POST;

	return ret;
}

static int on_body(struct http_parser *parser, const char *at, size_t length)
{
	struct akira_connection *connection = akira_connection_of(client_of(parser)->fd);

	if (connection != NULL) {
		akira_http_on_body(connection, (const uint8_t *)at, length);
	}

	return server_on_body(parser, at, length);
}

static int on_end(struct http_parser *parser)
{
	int ret = server_on_end(parser);

	http_parser_pause(parser, 1);

	return ret;
}

int __wrap_enter_http1_request(struct http_client_ctx *client)
{
	struct akira_connection *connection;
	int ret = __real_enter_http1_request(client);

	if (client->service != &akira_api) {
		return ret;
	}

	server_on_head = client->parser_settings.on_headers_complete;
	server_on_body = client->parser_settings.on_body;
	server_on_end = client->parser_settings.on_message_complete;
	client->parser_settings.on_headers_complete = on_head;
	client->parser_settings.on_body = on_body;
	client->parser_settings.on_message_complete = on_end;
	client->websocket_upgrade = false;
	client->http2_upgrade = false;

	connection = akira_connection_of(client->fd);
	if (connection != NULL) {
		connection->answered = false;
		/* Of requests that arrive together, only the first began with a byte's arrival. */
		if (connection->phase != AKIRA_HEAD) {
			akira_connection_enter(connection, AKIRA_HEAD);
		}
	}

	return ret;
}

int __wrap_enter_http2_request(struct http_client_ctx *client)
{
	return client->service == &akira_api ? -ENOTCONN : __real_enter_http2_request(client);
}

size_t __wrap_http_parser_execute(struct http_parser *parser,
				  const struct http_parser_settings *settings, const char *data,
				  size_t len)
{
	size_t parsed = __real_http_parser_execute(parser, settings, data, len);

	if (settings->on_message_complete == on_end && parser->http_errno == HPE_PAUSED) {
		http_parser_pause(parser, 0);
	}

	return parsed;
}
