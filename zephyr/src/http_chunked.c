/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Bodies in the chunked transfer coding.
 *
 * Zephyr's server checks the coding but passes the body on with the coding in it, and takes the
 * coding's bytes for headers while it looks for the body's first byte. So the bytes are parsed once
 * more here, with the same parser, set to where a chunk begins.
 *
 * Where the body begins in the server's buffer is not told. It is behind an empty line, but the
 * part of the head that holds it may have come with an earlier packet, except for its last bytes.
 * So each possible place is tried, and the one is taken from which parsing ends as the server's own
 * parser ended: in the same state, within the same chunk, with as many bytes of body.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/parser.h>
#include <zephyr/net/http/parser_state.h>
#include <zephyr/net/http/server.h>

#include "http_chunked.h"

/* One run of the parser. */
struct run {
	struct http_parser parser;
	/* Where the body goes; NULL in a trial. */
	struct akira_http_exchange *rust;
	size_t body_len;
};

static int on_body(struct http_parser *parser, const char *at, size_t length)
{
	struct run *run = CONTAINER_OF(parser, struct run, parser);

	run->body_len += length;
	if (run->rust != NULL) {
		akira_http_chunk(run->rust, (const uint8_t *)at, length);
	}

	return 0;
}

static bool parse(struct run *run, const unsigned char *data, size_t len)
{
	struct http_parser_settings settings;

	http_parser_settings_init(&settings);
	settings.on_body = on_body;
	run->body_len = 0;

	return len == 0 ||
	       (http_parser_execute(&run->parser, &settings, (const char *)data, len) == len &&
		run->parser.http_errno == HPE_OK);
}

/* A parser of the same request, at the beginning of its first chunk. */
static void rewind_to_body(struct http_parser *parser, const struct http_parser *server)
{
	*parser = *server;
	parser->state = s_chunk_size_start;
	parser->flags &= ~F_TRAILING;
	parser->nread = 0;
	parser->content_length = 0;
}

/* Whether two parsers are at the same place of the coding. */
static bool same_place(const struct http_parser *a, const struct http_parser *b)
{
	return a->state == b->state &&
	       (a->state != s_chunk_data || a->content_length == b->content_length);
}

/* Whether a body that begins at @p start explains where the server's parser is. */
static bool fits(struct http_client_ctx *client, const unsigned char *start,
		 const unsigned char *end)
{
	struct run trial = {0};

	rewind_to_body(&trial.parser, &client->parser);

	return parse(&trial, start, end - start) && same_place(&trial.parser, &client->parser) &&
	       trial.body_len == (size_t)client->http1_frag_data_len;
}

static const unsigned char *find_body(struct http_client_ctx *client, const unsigned char *end)
{
	static const char empty_line[] = "\r\n\r\n";
	const size_t full = sizeof(empty_line) - 1;
	const unsigned char *buffer = client->buffer;

	/* The end of an empty line whose beginning came before; longest first. */
	for (size_t tail = full - 1; tail > 0; tail--) {
		if ((size_t)(end - buffer) >= tail &&
		    memcmp(buffer, &empty_line[full - tail], tail) == 0 &&
		    fits(client, buffer + tail, end)) {
			return buffer + tail;
		}
	}
	for (const unsigned char *at = buffer; at + full <= end; at++) {
		if (memcmp(at, empty_line, full) == 0) {
			return fits(client, at + full, end) ? at + full : NULL;
		}
	}

	return NULL;
}

void akira_chunked_begin(struct akira_chunked *chunked, struct akira_http_exchange *rust)
{
	chunked->rust = rust;
	chunked->started = false;
}

bool akira_chunked_take(struct akira_chunked *chunked, struct http_client_ctx *client,
			const struct http_request_ctx *request)
{
	/* The server reads into an empty buffer, and parses all that it has read at once. */
	const unsigned char *start = client->buffer;
	const unsigned char *end = request->data + request->data_len;
	struct run run = {.rust = chunked->rust};
	bool taken;

	if (!chunked->started) {
		start = find_body(client, end);
		if (start == NULL) {
			return false;
		}
		rewind_to_body(&chunked->parser, &client->parser);
		chunked->started = true;
	}

	run.parser = chunked->parser;
	taken = parse(&run, start, end - start);
	chunked->parser = run.parser;

	/* The server keeps to itself what comes together with a part of a trailer. */
	return taken && same_place(&run.parser, &client->parser);
}
