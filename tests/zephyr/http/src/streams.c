/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Event streams over WebSocket.
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

/* Opens a stream and reads the head of the answer to that. */
static int listen_to(const char *message, size_t len, int messages)
{
	static const char end[] = "\r\n\r\n";
	char answer[256] = {0};
	int fd = dial();

	seen.message = message;
	seen.message_len = len;
	seen.messages = messages;
	say_text(fd, "GET /api/v1/events HTTP/1.1\r\n" HOST "Connection: keep-alive, Upgrade\r\n"
		     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		     "Sec-WebSocket-Key: abc\r\n\r\n");
	for (size_t i = 0; strstr(answer, end) == NULL; i++) {
		zassert_true(i < sizeof(answer) - 1, "%s", answer);
		zassert_equal(zsock_recv(fd, &answer[i], 1, 0), 1, "%s", answer);
	}
	zassert_equal(strncmp(answer, "HTTP/1.1 101 ", 13), 0, "%s", answer);
	zassert_not_null(strstr(answer, "Sec-WebSocket-Accept: proof of abc\r\n"));

	return fd;
}

static void hear_bytes(int fd, void *out, size_t len)
{
	for (size_t got = 0; got < len;) {
		struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};
		ssize_t more;

		zassert_equal(zsock_poll(&poll, 1, 2000), 1, "%zu of %zu", got, len);
		more = zsock_recv(fd, (char *)out + got, len - got, 0);
		zassert_true(more > 0, "%zu of %zu", got, len);
		got += more;
	}
}

static void expect_close(int fd, uint16_t code)
{
	uint8_t frame[4];

	hear_bytes(fd, frame, sizeof(frame));
	zassert_equal(frame[0], 0x88);
	zassert_equal(frame[1], 2);
	zassert_equal(frame[2] << 8 | frame[3], code, "%u", frame[2] << 8 | frame[3]);
}

static void expect_no_streams(void)
{
	for (int i = 0; i < 300 && seen.streams > 0; i++) {
		k_msleep(10);
	}
	zassert_equal(seen.streams, 0);
}

ZTEST(http, test_a_stream_tells_pongs_and_ends)
{
	static const uint8_t ping[] = {0x89, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2};
	static const uint8_t noise[] = {0x82, 0x83, 0, 0, 0, 0, 1, 2, 3};
	static const uint8_t bye[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
	uint8_t frame[8];
	int fd = listen_to("tell", 4, 3);

	for (int i = 0; i < 3; i++) {
		hear_bytes(fd, frame, 6);
		zassert_mem_equal(frame, "\x81\x04tell", 6);
	}
	say(fd, (const char *)noise, sizeof(noise));
	/* Byte by byte, as TCP may bring it. */
	for (size_t i = 0; i < sizeof(ping); i++) {
		say(fd, (const char *)&ping[i], 1);
		k_msleep(2);
	}
	hear_bytes(fd, frame, 4);
	zassert_mem_equal(frame, "\x8a\x02hi", 4);
	say(fd, (const char *)bye, sizeof(bye));
	expect_close(fd, 1000);
	zsock_close(fd);
	expect_no_streams();
	zassert_equal(seen.begun, 0, "a stream is no exchange");
}

ZTEST(http, test_long_messages_of_a_stream)
{
	static const size_t lens[] = {125, 126, 65535, 65536, 200000};
	static char message[200000];
	static char heard[sizeof(message) + 10];

	memset(message, 'm', sizeof(message));
	ARRAY_FOR_EACH(lens, i) {
		size_t head = lens[i] < 126 ? 2 : lens[i] < 65536 ? 4 : 10;
		int fd = listen_to(message, lens[i], 1);

		hear_bytes(fd, heard, head + lens[i]);
		zassert_equal((uint8_t)heard[0], 0x81);
		zassert_mem_equal(&heard[head], message, lens[i]);
		zsock_close(fd);
		expect_no_streams();
	}
}

ZTEST(http, test_what_a_client_of_a_stream_may_not_say)
{
	static const struct {
		const char *frame;
		size_t len;
		uint16_t code;
	} frames[] = {
		{"\x81\x02hi", 4, 1002},
		{"\xc1\x80"
		 "mask",
		 6, 1002},
		{"\x83\x80"
		 "mask",
		 6, 1002},
		{"\x8b\x80"
		 "mask",
		 6, 1002},
		{"\x09\x80"
		 "mask",
		 6, 1002},
		{"\x89\xfe\x00\x80"
		 "mask",
		 8, 1002},
		{"\x82\xfe\x04\x01"
		 "mask",
		 8, 1009},
		{"\x82\xff", 2, 1009},
	};

	ARRAY_FOR_EACH_PTR(frames, wrong) {
		int fd = listen_to(NULL, 0, 0);

		say(fd, wrong->frame, wrong->len);
		expect_close(fd, wrong->code);
		zsock_close(fd);
		expect_no_streams();
	}
}

/* A stream whose token has ended is ended, and a client that says nothing is not waited for. */
ZTEST(http, test_a_stream_that_is_over)
{
	int fd = listen_to(NULL, 0, 0);

	seen.over = true;
	expect_close(fd, 1008);
	expect_no_streams();
	zassert_true(is_ended(fd, 1000));
	zsock_close(fd);
}

ZTEST(http, test_a_stream_that_is_refused)
{
	static const char request[] =
		"GET /api/v1/events HTTP/1.1\r\n" HOST "Connection: Upgrade\r\n"
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: abc\r\n\r\n";
	int fd = dial();

	seen.refuse_after = 0;
	for (int i = 0; i < 2; i++) {
		say_text(fd, request);
		expect_status(fd, 413);
	}
	seen.refuse_after = SIZE_MAX;
	say_text(fd, "GET /api/v1/events HTTP/1.1\r\n" HOST "\r\n");
	expect_status(fd, 200);
	zassert_str_equal(seen.path, "/api/v1/events", "a request like any other");
	zsock_close(fd);
}

/* A client that takes nothing costs nobody else anything. */
ZTEST(http, test_a_stream_that_nobody_reads)
{
	static char message[60000];
	uint8_t frame[4];
	int deaf = listen_to(message, sizeof(message), 1000);
	int fd = listen_to(message, sizeof(message), 1000);

	k_msleep(200);
	hear_bytes(fd, frame, sizeof(frame));
	zsock_close(fd);
	fd = dial();
	say_text(fd, "GET /x HTTP/1.1\r\n" HOST "\r\n");
	expect_status(fd, 200);
	zsock_close(fd);
	zsock_close(deaf);
	expect_no_streams();
}
