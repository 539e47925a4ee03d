/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP API on Zephyr's HTTP server.
 *
 * Every request, whatever its path, comes to one dynamic resource, the service's fallback; method,
 * path and answer are the Rust side's business.
 *
 * A dynamic resource of Zephyr's server belongs to one client at a time, others get a bare 409. So
 * the fallback is let go after every call, and each client with an open exchange holds a resource
 * of its own instead, whose path no request can have. It is there for the server's notice that the
 * client went away, which goes to what a client holds.
 *
 * All callbacks come on the server's one thread, so there is nothing to lock here.
 */

#include <errno.h>
#include <stdlib.h>
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
#include "http_chunked.h"

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/host.h"
#include "native_sim/options.h"
#endif

#define CLIENTS      CONFIG_HTTP_SERVER_MAX_CLIENTS
#define OPEN_WAIT_MS 3000
#define OPEN_STEP_MS 10

/* HEAD is answered by Zephyr's server itself when it is allowed, so it is not. */
#define METHODS                                                                                    \
	(BIT(HTTP_GET) | BIT(HTTP_PUT) | BIT(HTTP_POST) | BIT(HTTP_DELETE) | BIT(HTTP_PATCH))

BUILD_ASSERT(CONFIG_AKIRA_HTTP_PRIORITY < CONFIG_AKIRA_APP_PRIORITY_FIRST,
	     "the HTTP server must be more urgent than apps");

HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_authorization, "Authorization");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_content_length, "Content-Length");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_transfer_encoding, "Transfer-Encoding");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_expect, "Expect");

/* Where an exchange is. */
enum stage {
	/* None is open. */
	FREE,
	/* The body, or its end, is still to come. */
	BODY,
	/* Answered early; the rest of the body is thrown away, then the connection is closed. */
	DRAINING,
};

struct exchange {
	/* The resource that the client holds while the exchange is open. */
	struct http_resource_detail_dynamic hold;
	struct akira_http_exchange *rust;
	enum stage stage;
	/* What the client has yet to send by its Content-Length, unless the body is chunked. */
	uint64_t body_left;
	bool is_chunked;
	struct akira_chunked chunked;
	/* Bytes thrown away. */
	size_t drained;
};

static int on_request(struct http_client_ctx *client, enum http_data_status status,
		      const struct http_request_ctx *request, struct http_response_ctx *response,
		      void *user_data);
static int on_gone(struct http_client_ctx *client, enum http_data_status status,
		   const struct http_request_ctx *request, struct http_response_ctx *response,
		   void *user_data);

#define EXCHANGE(i, _)                                                                             \
	[i] = {.hold = {                                                                           \
		       .common = {.type = HTTP_RESOURCE_TYPE_DYNAMIC},                             \
		       .cb = on_gone,                                                              \
		       .user_data = &exchanges[i],                                                 \
	       }}

static struct exchange exchanges[CLIENTS] = {LISTIFY(CLIENTS, EXCHANGE, (,))};

static struct http_resource_detail_dynamic api = {
	.common =
		{
			.type = HTTP_RESOURCE_TYPE_DYNAMIC,
			.bitmask_of_supported_http_methods = METHODS,
			.content_type = "application/json",
		},
	.cb = on_request,
};

static uint16_t port = CONFIG_AKIRA_HTTP_PORT;

HTTP_SERVICE_DEFINE(akira_api, CONFIG_AKIRA_HTTP_HOST, &port, CLIENTS, CLIENTS, NULL, &api.common);

/* A path with a space in it: a request line cannot have one. */
#define HOLD(i, _) HTTP_RESOURCE_DEFINE(akira_hold_##i, akira_api, " " #i, &exchanges[i].hold)

LISTIFY(CLIENTS, HOLD, (;));

/* Zephyr's server thread; it has no accessor, and no setting for its priority. */
extern const k_tid_t http_server_tid;

static const char *header_value(const struct http_request_ctx *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0) {
			return request->headers[i].value;
		}
	}

	return NULL;
}

static struct exchange *exchange_of(const struct http_client_ctx *client)
{
	ARRAY_FOR_EACH_PTR(exchanges, exchange) {
		if (exchange->stage != FREE && exchange->hold.holder == client) {
			return exchange;
		}
	}

	return NULL;
}

static void release(struct exchange *exchange)
{
	if (exchange->rust != NULL) {
		akira_http_end(exchange->rust);
	}
	exchange->rust = NULL;
	exchange->stage = FREE;
	exchange->hold.holder = NULL;
}

static int on_gone(struct http_client_ctx *client, enum http_data_status status,
		   const struct http_request_ctx *request, struct http_response_ctx *response,
		   void *user_data)
{
	ARG_UNUSED(client);
	ARG_UNUSED(status);
	ARG_UNUSED(request);
	ARG_UNUSED(response);

	release(user_data);

	return 0;
}

/* Opens an exchange for the request that has just begun. */
static struct exchange *begin(struct http_client_ctx *client,
			      const struct http_request_ctx *request)
{
	const char *length = header_value(request, "Content-Length");
	bool coded = header_value(request, "Transfer-Encoding") != NULL;
	/* The parser knows this one coding, and takes what it does not know for no body. */
	bool chunked = (client->parser.flags & F_CHUNKED) != 0;
	struct akira_http_head head = {
		.method = http_method_str(client->method),
		.path = (const char *)client->url_buffer,
		.authorization = header_value(request, "Authorization"),
		/* The server's parser has refused what is no number. */
		.content_length = length != NULL ? (int64_t)strtoll(length, NULL, 10) : -1,
		.unknown_coding = coded && !chunked,
		.http_version = client->parser.http_major * 10 + client->parser.http_minor,
	};

	/*
	 * An answer leaves in pieces, the last of them the server's. Held back until the client
	 * acknowledges the first, each answer would take 40 ms longer.
	 */
	(void)zsock_setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));

	ARRAY_FOR_EACH_PTR(exchanges, exchange) {
		if (exchange->stage != FREE) {
			continue;
		}

		exchange->rust = akira_http_begin(&head);
		if (exchange->rust == NULL) {
			return NULL;
		}
		exchange->stage = BODY;
		exchange->hold.holder = client;
		exchange->body_left = MAX(head.content_length, 0);
		exchange->drained = 0;
		exchange->is_chunked = chunked;
		akira_chunked_begin(&exchange->chunked, exchange->rust);

		if (header_value(request, "Expect") != NULL &&
		    akira_http_wants_body(exchange->rust)) {
			akira_http_continue(client);
		}
		return exchange;
	}

	/* As many exchanges as clients: cannot be reached. */
	return NULL;
}

/* Sends the answer at the end of the request. */
static void answer(struct http_client_ctx *client, struct exchange *exchange)
{
	struct akira_http_reply reply;

	akira_http_finish(exchange->rust, &reply);
	akira_http_answer(client, exchange->rust, &reply);
	release(exchange);
}

/* Sends the answer while the body is still coming. */
static void answer_early(struct http_client_ctx *client, struct exchange *exchange)
{
	struct akira_http_reply reply;

	akira_http_finish(exchange->rust, &reply);
	akira_http_answer_now(client, exchange->rust, &reply);
	akira_http_end(exchange->rust);
	exchange->rust = NULL;
	exchange->stage = DRAINING;
}

/* Hands the body's bytes of this call on. */
static void take_body(struct http_client_ctx *client, struct exchange *exchange,
		      const struct http_request_ctx *request)
{
	size_t len;

	if (!akira_http_wants_body(exchange->rust)) {
		return;
	}

	if (exchange->is_chunked) {
		if (!akira_chunked_take(&exchange->chunked, client, request)) {
			akira_http_refuse_coding(exchange->rust);
		}
		return;
	}

	/* The server passes on all that it has received, a next request included. */
	len = MIN(request->data_len, exchange->body_left);
	akira_http_chunk(exchange->rust, request->data, len);
	exchange->body_left -= len;
}

static int on_body(struct http_client_ctx *client, struct exchange *exchange, bool last,
		   const struct http_request_ctx *request)
{
	take_body(client, exchange, request);

	if (last) {
		answer(client, exchange);
	} else if (!akira_http_wants_body(exchange->rust)) {
		answer_early(client, exchange);
	}

	return 0;
}

static int on_request(struct http_client_ctx *client, enum http_data_status status,
		      const struct http_request_ctx *request, struct http_response_ctx *response,
		      void *user_data)
{
	struct exchange *exchange = exchange_of(client);
	/* For GET and DELETE the server says so even with a body still to come. */
	bool last = status == HTTP_SERVER_DATA_FINAL &&
		    client->parser_state == HTTP1_MESSAGE_COMPLETE_STATE;
	bool has_body = client->method != HTTP_GET && client->method != HTTP_DELETE;

	ARG_UNUSED(response);
	ARG_UNUSED(user_data);

	api.holder = NULL;

	if (client->current_stream != NULL) {
		/* HTTP/2; the API is HTTP/1.1, which every client can. */
		return -ENOTSUP;
	}

	if (exchange == NULL) {
		exchange = begin(client, request);
		if (exchange == NULL) {
			return -ENOMEM;
		}
	}

	switch (exchange->stage) {
	case BODY:
		if (has_body) {
			return on_body(client, exchange, last, request);
		}
		if (last) {
			answer(client, exchange);
			return 0;
		}
		/* A body where none belongs: answer, and close before the rest comes. */
		answer_early(client, exchange);
		return -ENOTCONN;
	case DRAINING:
		exchange->drained += request->data_len;
		/* The quietest of the errors that make the server close the connection. */
		return last || exchange->drained > CONFIG_AKIRA_HTTP_DRAIN_LIMIT ? -ENOTCONN : 0;
	default:
		return -EINVAL;
	}
}

uint16_t akira_http_port(void)
{
	return port;
}

int akira_http_open(void)
{
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
