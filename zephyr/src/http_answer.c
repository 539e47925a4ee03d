/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers, written past Zephyr's server. See http_answer.h.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/socket.h>

#include "http_answer.h"

#define HEAD_SIZE 256

static bool send_all(int fd, const void *data, size_t len)
{
	const uint8_t *next = data;

	while (len > 0) {
		ssize_t sent = zsock_send(fd, next, len, 0);

		if (sent <= 0) {
			return false;
		}
		next += sent;
		len -= (size_t)sent;
	}

	return true;
}

static const char *reason(uint16_t status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 411:
		return "Length Required";
	case 413:
		return "Content Too Large";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 501:
		return "Not Implemented";
	case 503:
		return "Service Unavailable";
	case 505:
		return "HTTP Version Not Supported";
	case 507:
		return "Insufficient Storage";
	default:
		/* The standard lets it be empty. */
		return "";
	}
}

/* Status line, the reply's headers and @p framing, which ends the head. */
static bool send_head(int fd, const struct akira_http_reply *reply, const char *framing)
{
	char head[HEAD_SIZE];
	size_t len;

	len = snprintk(head, sizeof(head), "HTTP/1.1 %u %s\r\n", reply->status,
		       reason(reply->status));
	for (size_t i = 0; i < reply->header_count && len < sizeof(head); i++) {
		len += snprintk(&head[len], sizeof(head) - len, "%s: %s\r\n",
				reply->headers[i].name, reply->headers[i].value);
	}
	if (len < sizeof(head)) {
		len += snprintk(&head[len], sizeof(head) - len, "%s", framing);
	}

	/* The headers are a few known ones, so a head that does not fit is a defect. */
	__ASSERT(len < sizeof(head), "HEAD_SIZE is too small");

	return len < sizeof(head) && send_all(fd, head, len);
}

/* One chunk (RFC 9112, 7.1). */
static bool send_chunk(int fd, const void *data, size_t len)
{
	char size[2 * sizeof(len) + sizeof("\r\n")];
	int size_len = snprintk(size, sizeof(size), "%zx\r\n", len);

	return send_all(fd, size, (size_t)size_len) && send_all(fd, data, len) &&
	       send_all(fd, "\r\n", 2);
}

void akira_http_answer(struct http_client_ctx *client, struct akira_http_exchange *exchange,
		       const struct akira_http_reply *reply)
{
	const uint8_t *piece;
	size_t len;
	char framing[64];
	int fd = client->fd;
	bool sent;

	/* The first chunk's size goes with the head: two segments less for a short answer. */
	if (reply->body_len > 0) {
		(void)snprintk(framing, sizeof(framing),
			       "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", reply->body_len);
	} else {
		(void)snprintk(framing, sizeof(framing), "Transfer-Encoding: chunked\r\n\r\n");
	}

	sent = send_head(fd, reply, framing);
	if (sent && reply->body_len > 0) {
		sent = send_all(fd, reply->body, reply->body_len) && send_all(fd, "\r\n", 2);
	}
	while (sent && reply->more && akira_http_next(exchange, &piece, &len)) {
		sent = send_chunk(fd, piece, len);
	}

	client->http1_headers_sent = true;
}

void akira_http_answer_now(struct http_client_ctx *client, struct akira_http_exchange *exchange,
			   const struct akira_http_reply *reply)
{
	const uint8_t *piece;
	size_t len;
	char framing[64];
	int fd = client->fd;
	bool sent;

	if (reply->more) {
		/* The end of the connection is the end of the body. */
		(void)snprintk(framing, sizeof(framing), "Connection: close\r\n\r\n");
	} else {
		(void)snprintk(framing, sizeof(framing),
			       "Connection: close\r\nContent-Length: %zu\r\n\r\n", reply->body_len);
	}

	sent = send_head(fd, reply, framing) && send_all(fd, reply->body, reply->body_len);
	while (sent && reply->more && akira_http_next(exchange, &piece, &len)) {
		sent = send_all(fd, piece, len);
	}

	/* So that the server adds no answer of its own when the connection is closed. */
	client->http1_headers_sent = true;
}

void akira_http_continue(struct http_client_ctx *client)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	(void)send_all(client->fd, text, sizeof(text) - 1);
}
