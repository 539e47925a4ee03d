/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers that do not wait for the end of the request's body. See http_answer.h.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/socket.h>

#include "http_answer.h"

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

static bool send_text(int fd, const char *text)
{
	return send_all(fd, text, strlen(text));
}

void akira_http_answer_now(struct http_client_ctx *client, const struct akira_http_reply *reply)
{
	char line[96];
	int fd = client->fd;
	bool sent;

	(void)snprintk(line, sizeof(line),
		       "HTTP/1.1 %u \r\nConnection: close\r\nContent-Length: %zu\r\n",
		       reply->status, reply->body_len);
	sent = send_text(fd, line);
	for (size_t i = 0; i < reply->header_count && sent; i++) {
		sent = send_text(fd, reply->headers[i].name) && send_text(fd, ": ") &&
		       send_text(fd, reply->headers[i].value) && send_text(fd, "\r\n");
	}
	if (sent && send_text(fd, "\r\n")) {
		(void)send_all(fd, reply->body, reply->body_len);
	}

	/* So that the server adds no answer of its own when the connection is closed. */
	client->http1_headers_sent = true;
}

void akira_http_continue(struct http_client_ctx *client)
{
	(void)send_text(client->fd, "HTTP/1.1 100 Continue\r\n\r\n");
}
