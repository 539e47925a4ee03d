/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A client in the same image, which goes over the host's loopback.
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

int dial(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(akira_http_port()),
		.sin_addr.s4_addr = {127, 0, 0, 1},
	};
	int fd = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

	zassert_true(fd >= 0);
	zassert_ok(zsock_connect(fd, (struct sockaddr *)&address, sizeof(address)));

	return fd;
}

void say(int fd, const char *data, size_t len)
{
	zassert_equal(zsock_send(fd, data, len, 0), len);
}

void say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* Whether @p text is a whole answer, by its chunks or by its length. */
static bool is_whole(const char *text)
{
	const char *body = strstr(text, "\r\n\r\n");
	const char *length = strstr(text, "Content-Length: ");

	if (body == NULL) {
		return false;
	}
	if (length == NULL || length > body) {
		return strstr(body, "\r\n0\r\n\r\n") != NULL;
	}

	return strlen(body + 4) >= strtoul(length + sizeof("Content-Length: ") - 1, NULL, 10);
}

/* Reads until the end of an answer, of the connection, or of patience; false for the latter. */
bool hear(int fd, char *out, size_t size)
{
	size_t len = 0;

	memset(out, 0, size);
	while (!is_whole(out) && len < size - 1) {
		struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};
		ssize_t got;

		if (zsock_poll(&poll, 1, 2000) != 1) {
			return false;
		}
		got = zsock_recv(fd, &out[len], size - 1 - len, 0);
		if (got <= 0) {
			return true;
		}
		len += got;
	}

	return is_whole(out);
}

void expect_status(int fd, int status)
{
	static char answer[1024];
	char line[32];

	zassert_true(hear(fd, answer, sizeof(answer)), "no end: %s", answer);
	snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
	zassert_equal(strncmp(answer, line, strlen(line)), 0, "%s", answer);
	zassert_not_null(strstr(answer, "Content-Type: application/json\r\n"), "%s", answer);
}

/* Reads what comes until the connection's end or for a while. */
size_t hear_all(int fd, char *out, size_t size)
{
	size_t len = 0;

	memset(out, 0, size);
	while (len < size - 1) {
		struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};
		ssize_t got;

		if (zsock_poll(&poll, 1, 200) != 1) {
			break;
		}
		got = zsock_recv(fd, &out[len], size - 1 - len, 0);
		if (got <= 0) {
			break;
		}
		len += got;
	}

	return len;
}

int count_of(const char *text, const char *part)
{
	int count = 0;

	for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part)) {
		count++;
	}

	return count;
}

/* Whether the other side ends the connection within a time. */
bool is_ended(int fd, int within_ms)
{
	struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};
	char byte;

	return zsock_poll(&poll, 1, within_ms) == 1 && zsock_recv(fd, &byte, 1, 0) <= 0;
}

void expect_nothing_open(void)
{
	for (int i = 0; i < 100 && seen.begun != seen.ended; i++) {
		k_msleep(10);
	}
	zassert_equal(seen.begun, seen.ended, "%d begun, %d ended", seen.begun, seen.ended);
}
