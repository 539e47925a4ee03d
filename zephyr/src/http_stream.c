/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Event streams that are open: one thread that sends each client its messages.
 *
 * The thread sleeps while there is no stream. No client holds up another: nothing blocks but the
 * wait for all of them, and what a client does not take stays in the runtime, which keeps a bounded
 * part of it.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>
#include <zephyr/sys/byteorder.h>

#include "http_frame.h"
#include "http_stream.h"

#define STREAMS  4
/* How often the runtime is asked for messages. */
#define POLL_MS  50
/* How long a client may take nothing of what there is for it, and to answer a close. */
#define STALL_MS (10 * MSEC_PER_SEC)
#define CLOSE_MS (2 * MSEC_PER_SEC)

/* Why a connection is closed (RFC 6455, 7.4.1). */
#define CLOSE_NORMAL   1000
#define CLOSE_PROTOCOL 1002
#define CLOSE_POLICY   1008
#define CLOSE_TOO_BIG  1009

struct client {
	/* The socket; a place without one is free. */
	int fd;
	struct akira_stream *stream;
	/* What the client says. */
	struct akira_frame_reader reader;
	/* What is being sent: a frame's head, then what it holds. */
	uint8_t head[AKIRA_FRAME_HEAD_MAX + AKIRA_FRAME_CONTROL_MAX];
	size_t head_len;
	const char *text;
	size_t text_len;
	size_t sent;
	/* Since when the client takes nothing, or is asked to go. */
	int64_t since;
	/* A close frame is sent, or being sent; what comes after it is its answer. */
	bool closing;
};

static struct client clients[STREAMS];
/* Of who is a client; the server's thread adds, the thread of the streams removes. */
static ATOMIC_DEFINE(taken, STREAMS);
/* Set when `fd` and `stream` of a taken place are. */
static ATOMIC_DEFINE(ready, STREAMS);
static K_SEM_DEFINE(added, 0, 1);

bool akira_stream_serve(struct akira_stream *stream, int fd)
{
	for (int i = 0; i < STREAMS; i++) {
		if (atomic_test_and_set_bit(taken, i)) {
			continue;
		}
		clients[i] = (struct client){.fd = fd, .stream = stream};
		atomic_set_bit(ready, i);
		k_sem_give(&added);
		return true;
	}

	return false;
}

static void drop(int i)
{
	struct client *client = &clients[i];

	akira_stream_close(client->stream);
	(void)zsock_close(client->fd);
	atomic_clear_bit(ready, i);
	atomic_clear_bit(taken, i);
}

static bool is_sending(const struct client *client)
{
	return client->head_len > 0;
}

static void begin_frame(struct client *client, enum akira_frame_kind kind, const void *data,
			size_t len)
{
	client->head_len = akira_frame_head(client->head, kind, len);
	client->sent = 0;
	client->since = k_uptime_get();
	if (kind == AKIRA_FRAME_TEXT) {
		client->text = data;
		client->text_len = len;
		return;
	}
	/* The data of a control frame is short, and the reader's buffer will be used again. */
	memcpy(&client->head[client->head_len], data, len);
	client->head_len += len;
	client->text_len = 0;
}

static void begin_close(struct client *client, uint16_t code)
{
	uint8_t data[sizeof(code)];

	sys_put_be16(code, data);
	begin_frame(client, AKIRA_FRAME_CLOSE, data, sizeof(data));
	client->closing = true;
}

/* Sends what there is, as far as the client takes it; false when it is gone. */
static bool send_on(struct client *client)
{
	while (is_sending(client)) {
		bool in_head = client->sent < client->head_len;
		size_t done = in_head ? client->sent : client->sent - client->head_len;
		const void *from = in_head ? (const char *)client->head : client->text;
		size_t len = in_head ? client->head_len : client->text_len;
		ssize_t sent = 0;

		if (done < len) {
			sent = zsock_send(client->fd, (const char *)from + done, len - done,
					  ZSOCK_MSG_DONTWAIT);
		}
		if (sent < 0) {
			return errno == EAGAIN || errno == EWOULDBLOCK;
		}
		if (sent > 0) {
			client->since = k_uptime_get();
		}
		client->sent += (size_t)sent;
		if (client->sent == client->head_len + client->text_len) {
			client->head_len = 0;
		}
	}

	return true;
}

/* Takes what the client says; false when it is gone. */
static bool hear(struct client *client)
{
	uint8_t data[128];
	ssize_t got;

	/* What it says while an answer to it is being sent is read when that has gone. */
	while (!is_sending(client)) {
		const uint8_t *next = data;
		const uint8_t *end;

		got = zsock_recv(client->fd, data, sizeof(data), ZSOCK_MSG_DONTWAIT);
		if (got <= 0) {
			return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
		}
		end = data + got;
		while (next < end) {
			switch (akira_frame_read(&client->reader, &next, end)) {
			case AKIRA_FRAME_PING:
				/* A second one with the first is answered with it. */
				if (!is_sending(client)) {
					begin_frame(client, AKIRA_FRAME_PONG,
						    client->reader.control,
						    client->reader.control_len);
				}
				break;
			case AKIRA_FRAME_CLOSE:
				if (client->closing) {
					return false;
				}
				begin_close(client, CLOSE_NORMAL);
				break;
			case AKIRA_FRAME_BROKEN:
				if (!client->closing) {
					begin_close(client, CLOSE_PROTOCOL);
				}
				return true;
			case AKIRA_FRAME_TOO_LONG:
				if (!client->closing) {
					begin_close(client, CLOSE_TOO_BIG);
				}
				return true;
			default:
				break;
			}
		}
	}

	return true;
}

/* One turn of a client; false when it is over. */
static bool serve(struct client *client)
{
	const char *text;
	size_t len;

	if (!send_on(client) || !hear(client) || !send_on(client)) {
		return false;
	}
	while (!client->closing && !is_sending(client) &&
	       akira_stream_next(client->stream, &text, &len)) {
		begin_frame(client, AKIRA_FRAME_TEXT, text, len);
		if (!send_on(client)) {
			return false;
		}
	}
	if (!client->closing && !is_sending(client) && akira_stream_is_over(client->stream)) {
		begin_close(client, CLOSE_POLICY);
	}
	if (client->closing && k_uptime_get() - client->since >= CLOSE_MS) {
		return false;
	}

	return !is_sending(client) || k_uptime_get() - client->since < STALL_MS;
}

/* Waits until a client says something, takes something, or the runtime is to be asked. */
static void wait(void)
{
	struct zsock_pollfd fds[STREAMS];

	for (int i = 0; i < STREAMS; i++) {
		fds[i].fd = atomic_test_bit(ready, i) ? clients[i].fd : -1;
		fds[i].events = is_sending(&clients[i]) ? ZSOCK_POLLOUT : ZSOCK_POLLIN;
		fds[i].revents = 0;
	}
	if (zsock_poll(fds, STREAMS, POLL_MS) < 0) {
		k_msleep(POLL_MS);
	}
}

static void run(void *p1, void *p2, void *p3)
{
	ARG_UNUSED(p1);
	ARG_UNUSED(p2);
	ARG_UNUSED(p3);

	while (true) {
		bool any = false;

		for (int i = 0; i < STREAMS; i++) {
			if (!atomic_test_bit(ready, i)) {
				continue;
			}
			if (serve(&clients[i])) {
				any = true;
			} else {
				drop(i);
			}
		}
		if (any) {
			wait();
		} else {
			(void)k_sem_take(&added, K_FOREVER);
		}
	}
}

K_THREAD_DEFINE(akira_streams, CONFIG_AKIRA_HTTP_EVENTS_STACK_SIZE, run, NULL, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_AKIRA_HTTP_EVENTS_PRIORITY), 0, 0);
