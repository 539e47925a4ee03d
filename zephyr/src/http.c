/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP API on Zephyr's HTTP server.
 *
 * Every request, whatever its path, comes to one dynamic resource, the service's fallback; method,
 * path and answer are the Rust side's business. Head and body are taken where the server's parser
 * finds them (http_parser.c); the resource's callback is the place to answer.
 *
 * All of it happens on the server's one thread, so there is nothing to lock here.
 */

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/http/service.h>
#include <zephyr/net/socket.h>
#include <zephyr/sys/util.h>

#include <akira/platform.h>
#include "akira.h"
#include "http_answer.h"
#include "http_api.h"
#include "http_connection.h"
#include "http_parser.h"
#include "http_tls.h"
#include "http_websocket.h"

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/host.h"
#include "native_sim/options.h"
#endif

#define CLIENTS      CONFIG_HTTP_SERVER_MAX_CLIENTS
#define OPEN_WAIT_MS 3000
#define OPEN_STEP_MS 10
/* Clients that wait for a place; on native_sim the host's sockets keep them. */
#define BACKLOG      COND_CODE_1(CONFIG_BOARD_NATIVE_SIM, (128), (CLIENTS))

BUILD_ASSERT(CONFIG_AKIRA_HTTP_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "the HTTP server must be more urgent than apps");
BUILD_ASSERT(CONFIG_HTTP_SERVER_MAX_STREAMS == 1, "HTTP/2 is not offered");

HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_authorization, "Authorization");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_host, "Host");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_origin, "Origin");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_content_type, "Content-Type");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_if_none_match, "If-None-Match");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_transfer_encoding, "Transfer-Encoding");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_expect, "Expect");

static int on_request(struct http_client_ctx *client, enum http_data_status status,
		      const struct http_request_ctx *request, struct http_response_ctx *response,
		      void *user_data);

static struct http_resource_detail_dynamic api = {
	.common =
		{
			.type = HTTP_RESOURCE_TYPE_DYNAMIC,
			/* What http_parser.c makes of them all. */
			.bitmask_of_supported_http_methods = BIT(HTTP_POST),
		},
	.cb = on_request,
};

static uint16_t port = CONFIG_AKIRA_HTTP_PORT;

#if defined(CONFIG_AKIRA_HTTP_TLS)
static const sec_tag_t sec_tags[] = {CONFIG_AKIRA_HTTP_TLS_TAG};

HTTPS_SERVICE_DEFINE_EMPTY(akira_api, CONFIG_AKIRA_HTTP_HOST, &port, CLIENTS, BACKLOG, NULL,
			   &api.common, sec_tags, sizeof(sec_tags));
#else
HTTP_SERVICE_DEFINE_EMPTY(akira_api, CONFIG_AKIRA_HTTP_HOST, &port, CLIENTS, BACKLOG, NULL,
			  &api.common);
#endif

/* Zephyr's server thread; it has no accessor, and no setting for its priority. */
extern const k_tid_t http_server_tid;

/* A header's value; NULL when it is not there, and @p twice when it is there more than once. */
static const char *header_value(const struct http_header_capture_ctx *captured, const char *name,
				bool *twice)
{
	const char *value = NULL;

	for (size_t i = 0; i < captured->count; i++) {
		if (strcasecmp(captured->headers[i].name, name) == 0) {
			*twice = *twice || value != NULL;
			value = captured->headers[i].value;
		}
	}

	return value;
}

void akira_http_on_head(struct akira_connection *connection, struct http_client_ctx *client)
{
	const struct http_header_capture_ctx *captured = &client->header_capture_ctx;
	const struct http_parser *parser = &client->parser;
	bool unclear = captured->status == HTTP_HEADER_STATUS_DROPPED;
	bool guess = false;
	const char *authorization = header_value(captured, "Authorization", &guess);
	bool coded = header_value(captured, "Transfer-Encoding", &unclear) != NULL;
	/* The parser knows this one coding, and takes what it does not know for no body. */
	bool chunked = (parser->flags & F_CHUNKED) != 0;
	struct akira_http_head head = {
		.method = http_method_str(parser->method),
		.path = (const char *)client->url_buffer,
		/* Which of several counts would be a guess. */
		.authorization = guess ? NULL : authorization,
		.host = header_value(captured, "Host", &unclear),
		.origin = header_value(captured, "Origin", &unclear),
		.content_type = header_value(captured, "Content-Type", &unclear),
		.if_none_match = header_value(captured, "If-None-Match", &unclear),
		.peer = connection->peer_len > 0 ? connection->peer : NULL,
		.peer_len = connection->peer_len,
		.secure = IS_ENABLED(CONFIG_AKIRA_HTTP_TLS),
		.content_length =
			parser->content_length <= INT64_MAX ? (int64_t)parser->content_length : -1,
		.unknown_coding = coded && !chunked,
		.http_version = parser->http_major * 10 + parser->http_minor,
	};

	head.unclear = unclear;
	connection->drained = 0;
	connection->is_head = parser->method == HTTP_HEAD;
	connection->is_old = head.http_version < 11;
	connection->closes = http_should_keep_alive(parser) == 0;
	akira_connection_enter(connection, AKIRA_BODY);

	if (client->websocket_upgrade && parser->upgrade && parser->method == HTTP_GET &&
	    !head.unclear && akira_websocket_open(connection, client, &head)) {
		return;
	}

	connection->exchange = akira_http_begin(&head);
	if (connection->exchange != NULL && header_value(captured, "Expect", &guess) != NULL &&
	    akira_http_wants_body(connection->exchange)) {
		akira_http_continue(connection);
	}
}

void akira_http_on_body(struct akira_connection *connection, const uint8_t *data, size_t len)
{
	if (connection->exchange == NULL) {
		connection->drained += len;
	} else if (akira_http_wants_body(connection->exchange)) {
		akira_http_chunk(connection->exchange, data, len);
	}
}

static void end(struct akira_connection *connection)
{
	if (connection->exchange != NULL) {
		akira_http_end(connection->exchange);
		connection->exchange = NULL;
	}
}

static bool answer(struct akira_connection *connection)
{
	struct akira_http_reply reply;
	bool sent;

	akira_http_finish(connection->exchange, &reply);
	sent = akira_http_answer(connection, connection->exchange, &reply);
	end(connection);

	return sent;
}

static int on_request(struct http_client_ctx *client, enum http_data_status status,
		      const struct http_request_ctx *request, struct http_response_ctx *response,
		      void *user_data)
{
	struct akira_connection *connection = akira_connection_of(client->fd);
	bool last = status == HTTP_SERVER_DATA_FINAL;

	ARG_UNUSED(request);
	ARG_UNUSED(response);
	ARG_UNUSED(user_data);

	/* A resource belongs to one client at a time, others get a bare 409. This one is for all.
	 */
	api.holder = NULL;

	if (connection == NULL) {
		return -ENOTCONN;
	}
	if (connection->phase == AKIRA_DRAINING) {
		/* The quietest of the errors that make the server close the connection. */
		return last || connection->drained > CONFIG_AKIRA_HTTP_DRAIN_LIMIT ? -ENOTCONN : 0;
	}
	if (connection->exchange == NULL) {
		return -ENOMEM;
	}
	if (!last && akira_http_wants_body(connection->exchange)) {
		return 0;
	}

	/*
	 * A client that stops sending once it sees an error waits for the error's end, so that is
	 * sent at once. The rest of the body is thrown away; what follows it would be a guess.
	 */
	connection->closes = connection->closes || !last;
	if (!answer(connection)) {
		return -ENOTCONN;
	}
	akira_connection_enter(connection, last ? AKIRA_IDLE : AKIRA_DRAINING);

	return last && connection->closes ? -ENOTCONN : 0;
}

void akira_http_overdue(struct akira_connection *connection)
{
	if (connection->phase == AKIRA_BODY && connection->exchange != NULL) {
		akira_http_stalled(connection->exchange);
		connection->closes = true;
		(void)answer(connection);
	}
}

void akira_http_gone(struct akira_connection *connection)
{
	end(connection);
	akira_websocket_abandon(connection);
}

uint16_t akira_http_port(void)
{
	return port;
}

int akira_http_open(void)
{
	int ret = akira_tls_open();

	if (ret < 0) {
		return ret;
	}

#if defined(CONFIG_BOARD_NATIVE_SIM)
	port = akira_option_port(port);
	if (port == 0) {
		/* Offloaded sockets cannot tell which port they were given. */
		port = akira_host_free_port();
	}
#endif
	k_thread_priority_set(http_server_tid, K_PRIO_PREEMPT(CONFIG_AKIRA_HTTP_PRIORITY));

	if (http_server_start() < 0) {
		return -EALREADY;
	}

	/* The server opens its sockets on its own thread, and tries again when it cannot. */
	for (int waited = 0; *akira_api.fd < 0; waited += OPEN_STEP_MS) {
		if (waited >= OPEN_WAIT_MS) {
			(void)http_server_stop();
			return -EADDRINUSE;
		}
		k_msleep(OPEN_STEP_MS);
	}

	return 0;
}
