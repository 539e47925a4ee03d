/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers, written past Zephyr's server. See http_answer.h.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/status.h>
#include <zephyr/net/socket.h>

#include "http_answer.h"

/* A head, and the body of a short answer behind it. */
#define BUFFER_SIZE 2048
/* Time without progress, and to begin with. */
#define STALL_MS    (CONFIG_AKIRA_HTTP_SEND_TIME * MSEC_PER_SEC)

/* An answer on its way. */
struct sender {
	int fd;
	int64_t since;
	size_t sent;
};

/* However little is left of the patience, a client gets this long to make room. */
#define LEAST_MS 250

/*
 * What waiting for slow clients may still cost the others, who wait with them on this one thread:
 * so much at once, and a quarter of the time in the long run.
 */
static struct {
	int64_t left_ms;
	int64_t at;
} patience = {.left_ms = STALL_MS};

/* Waits until the client takes more; false when it does not in time. */
static bool wait_for_room(int fd, int64_t most_ms)
{
	struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLOUT};
	int64_t began = k_uptime_get();
	int ready;

	patience.left_ms = MIN(patience.left_ms + (began - patience.at) / 4, STALL_MS);
	ready = zsock_poll(&poll, 1, (int)MIN(most_ms, MAX(patience.left_ms, LEAST_MS)));
	patience.at = k_uptime_get();
	patience.left_ms = MAX(patience.left_ms - (patience.at - began), 0);

	return ready > 0 && (poll.revents & (ZSOCK_POLLERR | ZSOCK_POLLHUP | ZSOCK_POLLNVAL)) == 0;
}

/* The end of the client's patience, or of ours with it. */
static int64_t deadline(const struct sender *sender)
{
	return sender->since + STALL_MS +
	       (int64_t)sender->sent * MSEC_PER_SEC / CONFIG_AKIRA_HTTP_BODY_RATE;
}

/*
 * Never blocks in a send: on native_sim that would stop the whole image, and elsewhere it would
 * wait without an end.
 */
static bool send_all(struct sender *sender, const void *data, size_t len)
{
	const uint8_t *next = data;

	while (len > 0) {
		ssize_t sent = zsock_send(sender->fd, next, len, ZSOCK_MSG_DONTWAIT);
		int64_t left;

		if (sent > 0) {
			next += sent;
			len -= (size_t)sent;
			sender->sent += (size_t)sent;
			continue;
		}
		if (sent == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
			return false;
		}

		left = deadline(sender) - k_uptime_get();
		if (left <= 0 || !wait_for_room(sender->fd, MIN(left, STALL_MS))) {
			return false;
		}
	}

	return true;
}

static const char *reason(uint16_t status)
{
	static const struct {
		uint16_t status;
		const char *text;
	} reasons[] = {
		{HTTP_200_OK, "OK"},
		{HTTP_201_CREATED, "Created"},
		{HTTP_204_NO_CONTENT, "No Content"},
		{HTTP_304_NOT_MODIFIED, "Not Modified"},
		{HTTP_400_BAD_REQUEST, "Bad Request"},
		{HTTP_401_UNAUTHORIZED, "Unauthorized"},
		{HTTP_403_FORBIDDEN, "Forbidden"},
		{HTTP_404_NOT_FOUND, "Not Found"},
		{HTTP_405_METHOD_NOT_ALLOWED, "Method Not Allowed"},
		{HTTP_408_REQUEST_TIMEOUT, "Request Timeout"},
		{HTTP_409_CONFLICT, "Conflict"},
		{HTTP_411_LENGTH_REQUIRED, "Length Required"},
		{HTTP_412_PRECONDITION_FAILED, "Precondition Failed"},
		{HTTP_413_PAYLOAD_TOO_LARGE, "Payload Too Large"},
		{HTTP_422_UNPROCESSABLE_ENTITY, "Unprocessable Entity"},
		{HTTP_426_UPGRADE_REQUIRED, "Upgrade Required"},
		{HTTP_429_TOO_MANY_REQUESTS, "Too Many Requests"},
		{HTTP_431_REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large"},
		{HTTP_500_INTERNAL_SERVER_ERROR, "Internal Server Error"},
		{HTTP_501_NOT_IMPLEMENTED, "Not Implemented"},
		{HTTP_503_SERVICE_UNAVAILABLE, "Service Unavailable"},
		{HTTP_505_HTTP_VERSION_NOT_SUPPORTED, "HTTP Version Not Supported"},
		{HTTP_507_INSUFFICIENT_STORAGE, "Insufficient Storage"},
	};

	ARRAY_FOR_EACH_PTR(reasons, entry) {
		if (entry->status == status) {
			return entry->text;
		}
	}

	/* The standard lets it be empty. */
	return "";
}

/* Appends to a text of at most @p size bytes; what does not fit shows in the length. */
#define APPEND(text, len, size, ...)                                                               \
	((len) += (len) < (size) ? snprintk(&(text)[len], (size) - (len), __VA_ARGS__) : 0)

/* The head, and the body as far as it fits; how much of the body did, or -1. */
static ssize_t send_head(struct sender *sender, const struct akira_connection *connection,
			 const struct akira_http_reply *reply, bool chunked, bool has_body)
{
	char text[BUFFER_SIZE];
	size_t len = 0;
	size_t body_len = 0;

	APPEND(text, len, sizeof(text), "HTTP/1.1 %u %s\r\n", reply->status, reason(reply->status));
	for (size_t i = 0; i < reply->header_count; i++) {
		APPEND(text, len, sizeof(text), "%s: %s\r\n", reply->headers[i].name,
		       reply->headers[i].value);
	}
	if (connection->closes) {
		APPEND(text, len, sizeof(text), "Connection: close\r\n");
	}
	if (chunked) {
		/* The first chunk's size goes with the head. */
		APPEND(text, len, sizeof(text), "Transfer-Encoding: chunked\r\n\r\n");
		if (reply->body_len > 0 && has_body) {
			APPEND(text, len, sizeof(text), "%zx\r\n", reply->body_len);
		}
	} else if (reply->status == HTTP_204_NO_CONTENT || reply->status == HTTP_304_NOT_MODIFIED ||
		   reply->more) {
		APPEND(text, len, sizeof(text), "\r\n");
	} else {
		APPEND(text, len, sizeof(text), "Content-Length: %zu\r\n\r\n", reply->body_len);
	}

	/* The headers are a few known ones, so a head that does not fit is a defect. */
	__ASSERT(len < sizeof(text), "BUFFER_SIZE is too small");
	if (len >= sizeof(text)) {
		return -1;
	}

	/* A short answer is one segment. */
	if (has_body) {
		body_len = MIN(reply->body_len, sizeof(text) - len);
		memcpy(&text[len], reply->body, body_len);
		len += body_len;
	}

	return send_all(sender, text, len) ? (ssize_t)body_len : -1;
}

/* One chunk (RFC 9112, 7.1). */
static bool send_chunk(struct sender *sender, const void *data, size_t len)
{
	char size[2 * sizeof(len) + sizeof("\r\n")];
	int size_len = snprintk(size, sizeof(size), "%zx\r\n", len);

	return send_all(sender, size, (size_t)size_len) && send_all(sender, data, len) &&
	       send_all(sender, "\r\n", 2);
}

bool akira_http_answer(struct akira_connection *connection, struct akira_http_exchange *exchange,
		       const struct akira_http_reply *reply)
{
	struct sender sender = {.fd = connection->fd, .since = k_uptime_get()};
	bool has_body = !connection->is_head && reply->status != HTTP_204_NO_CONTENT &&
			reply->status != HTTP_304_NOT_MODIFIED;
	bool chunked = reply->more && !connection->is_old;
	const uint8_t *piece;
	size_t len;
	ssize_t gone;
	bool sent;

	connection->answered = true;
	if (reply->more && !chunked) {
		/* The end of the connection is the end of the body. */
		connection->closes = true;
	}

	gone = send_head(&sender, connection, reply, chunked, has_body);
	if (gone < 0 || !has_body) {
		return gone >= 0;
	}

	sent = send_all(&sender, reply->body + gone, reply->body_len - gone);
	if (chunked && reply->body_len > 0) {
		sent = sent && send_all(&sender, "\r\n", 2);
	}
	while (sent && reply->more && akira_http_next(exchange, &piece, &len)) {
		sent = chunked ? send_chunk(&sender, piece, len) : send_all(&sender, piece, len);
	}
	if (chunked) {
		sent = sent && send_all(&sender, "0\r\n\r\n", 5);
	}

	return sent;
}

void akira_http_continue(struct akira_connection *connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct sender sender = {.fd = connection->fd, .since = k_uptime_get()};

	(void)send_all(&sender, text, sizeof(text) - 1);
}
