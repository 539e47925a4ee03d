/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What stands for the Rust side: a recorder.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "http_api.h"
#include "suite.h"

struct seen seen;

struct akira_http_exchange {
	/* A method that has no body. */
	bool bodiless;
	bool refused;
	bool stalled;
	size_t taken;
};

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

#define keep(to, text) snprintf(to, sizeof(to), "%s", (text) != NULL ? (text) : "none")

struct akira_http_exchange *akira_http_begin(const struct akira_http_head *head)
{
	struct akira_http_exchange *exchange = calloc(1, sizeof(*exchange));

	keep(seen.host, head->host);
	keep(seen.origin, head->origin);
	keep(seen.content_type, head->content_type);
	keep(seen.if_none_match, head->if_none_match);
	seen.peer_len = head->peer_len;
	memcpy(seen.peer, head->peer, head->peer_len);
	seen.unclear = head->unclear;
	strncat(seen.paths, head->path, sizeof(seen.paths) - 1 - strlen(seen.paths));
	seen.begun++;
	snprintf(seen.method, sizeof(seen.method), "%s", head->method);
	snprintf(seen.path, sizeof(seen.path), "%s", head->path);
	snprintf(seen.authorization, sizeof(seen.authorization), "%s",
		 head->authorization != NULL ? head->authorization : "none");
	seen.content_length = head->content_length;
	seen.body_len = 0;
	memset(seen.body, 0, sizeof(seen.body));
	exchange->bodiless = strcmp(head->method, "GET") == 0;
	exchange->refused = head->unknown_coding || head->unclear || head->http_version / 10 != 1 ||
			    seen.refuse_after == 0;

	return exchange;
}

bool akira_http_wants_body(const struct akira_http_exchange *exchange)
{
	return !exchange->refused && !exchange->bodiless;
}

void akira_http_chunk(struct akira_http_exchange *exchange, const uint8_t *data, size_t len)
{
	size_t room = sizeof(seen.body) - 1 - MIN(seen.body_len, sizeof(seen.body) - 1);

	memcpy(&seen.body[sizeof(seen.body) - 1 - room], data, MIN(len, room));
	seen.body_len += len;
	exchange->taken += len;
	exchange->refused = exchange->taken >= seen.refuse_after;
}

void akira_http_stalled(struct akira_http_exchange *exchange)
{
	exchange->stalled = true;
	seen.stalled = true;
}

void akira_http_finish(struct akira_http_exchange *exchange, struct akira_http_reply *reply)
{
	static const struct akira_http_header headers[] = {
		{.name = "Content-Type", .value = "application/json"},
		{.name = "X-Test", .value = "yes"},
	};

	seen.finished++;
	reply->status = exchange->stalled ? 408 : exchange->refused ? 413 : seen.status;
	reply->headers = headers;
	reply->header_count = ARRAY_SIZE(headers);
	reply->body = (const uint8_t *)BODY;
	reply->body_len = sizeof(BODY) - 1;
	reply->more = seen.pieces > 0;
}

bool akira_http_next(struct akira_http_exchange *exchange, const uint8_t **data, size_t *len)
{
	ARG_UNUSED(exchange);
	if (seen.pieces == 0) {
		return false;
	}
	seen.pieces--;
	*data = (const uint8_t *)BODY;
	*len = sizeof(BODY) - 1;

	return true;
}

void akira_http_end(struct akira_http_exchange *exchange)
{
	seen.ended++;
	free(exchange);
}

/* A stream of as many messages as the test says. */
struct akira_stream {
	int told;
};

struct akira_stream *akira_stream_open(const struct akira_http_head *head,
				       struct akira_http_exchange **refused)
{
	if (seen.refuse_after == 0) {
		*refused = akira_http_begin(head);
		return NULL;
	}
	seen.streams++;

	return calloc(1, sizeof(struct akira_stream));
}

bool akira_stream_next(struct akira_stream *stream, const char **text, size_t *len)
{
	if (stream->told >= seen.messages) {
		return false;
	}
	stream->told++;
	*text = seen.message;
	*len = seen.message_len;

	return true;
}

bool akira_stream_is_over(const struct akira_stream *stream)
{
	ARG_UNUSED(stream);

	return seen.over;
}

void akira_stream_close(struct akira_stream *stream)
{
	seen.streams--;
	free(stream);
}

bool akira_websocket_accept(const char *key, char *out)
{
	snprintf(out, AKIRA_WEBSOCKET_ACCEPT, "proof of %s", key);

	return key[0] != '\0';
}
