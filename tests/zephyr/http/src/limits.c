/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Clients that are slow, silent, too many or gone.
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

ZTEST(http, test_a_head_that_does_not_end)
{
	static const char line[] = "X-Filler: 0123456789012345678901234567890123456789\r\n";
	int fd = dial();

	say_text(fd, "GET /x HTTP/1.1\r\n");
	for (size_t sent = 0; sent < 2 * CONFIG_AKIRA_HTTP_HEAD_LIMIT; sent += sizeof(line) - 1) {
		if (zsock_send(fd, line, sizeof(line) - 1, 0) < 0) {
			break;
		}
	}
	expect_status(fd, 431);
	zsock_close(fd);
	zassert_equal(seen.begun, 0);
}

ZTEST(http, test_a_body_that_stops_coming)
{
	int fd = dial();

	say_text(fd, "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nhello");
	k_msleep(CONFIG_AKIRA_HTTP_BODY_PAUSE * MSEC_PER_SEC);
	expect_status(fd, 408);
	zassert_true(seen.stalled);
	zassert_true(is_ended(fd, 1000));
	zsock_close(fd);
}

ZTEST(http, test_a_body_that_trickles)
{
	int fd = dial();
	int i;

	say_text(fd, "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n");
	for (i = 0; i < 100 && !seen.stalled; i++) {
		(void)zsock_send(fd, "x", 1, 0);
		k_msleep(100);
	}
	zassert_true(seen.stalled, "bytes of their own do not keep a request alive");
	zsock_close(fd);
}

ZTEST(http, test_a_head_that_trickles)
{
	static const char request[] =
		"GET /x HTTP/1.1\r\nX-Filler: 0123456789012345678901234567890";
	int fd = dial();
	int64_t since = k_uptime_get();

	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		if (zsock_send(fd, &request[i], 1, 0) < 0 || is_ended(fd, 100)) {
			break;
		}
	}
	zassert_true(k_uptime_get() - since < 3 * CONFIG_AKIRA_HTTP_HEAD_TIME * MSEC_PER_SEC);
	zassert_equal(seen.begun, 0);
	zsock_close(fd);
}

ZTEST(http, test_a_connection_without_a_request)
{
	int fd = dial();

	zassert_true(is_ended(fd, 3 * CONFIG_AKIRA_HTTP_IDLE_TIME * MSEC_PER_SEC));
	zsock_close(fd);

	fd = dial();
	say_text(fd, "GET /x HTTP/1.1\r\n" HOST "\r\n");
	expect_status(fd, 200);
	zassert_true(is_ended(fd, 3 * CONFIG_AKIRA_HTTP_IDLE_TIME * MSEC_PER_SEC));
	zsock_close(fd);
}

/* Silent clients have every place; whoever asks gets one, and requests under way keep theirs. */
ZTEST(http, test_silent_clients_make_room)
{
	int fds[CONFIG_HTTP_SERVER_MAX_CLIENTS];
	int fd = dial();

	say_text(fd, "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na");
	ARRAY_FOR_EACH(fds, i) {
		fds[i] = dial();
	}
	for (int i = 0; i < 3; i++) {
		int other = dial();

		say_text(other, "GET /x HTTP/1.1\r\n" HOST "\r\n");
		expect_status(other, 200);
		zsock_close(other);
	}
	say_text(fd, "b");
	expect_status(fd, 200);
	zassert_str_equal(seen.body, "b");
	zsock_close(fd);
	ARRAY_FOR_EACH(fds, i) {
		zsock_close(fds[i]);
	}
}

ZTEST(http, test_more_clients_than_places)
{
	int fds[2 * CONFIG_HTTP_SERVER_MAX_CLIENTS];

	ARRAY_FOR_EACH(fds, i) {
		fds[i] = dial();
		say_text(fds[i], "GET /x HTTP/1.1\r\n" HOST "\r\n");
	}
	ARRAY_FOR_EACH(fds, i) {
		expect_status(fds[i], 200);
		zsock_close(fds[i]);
	}
}

ZTEST(http, test_a_client_that_goes_away_frees_its_exchange)
{
	for (int i = 0; i < 3 * CONFIG_HTTP_SERVER_MAX_CLIENTS; i++) {
		int fd = dial();

		say_text(fd, "PUT /x HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhello");
		k_msleep(5);
		zsock_close(fd);
	}
	expect_nothing_open();
	zassert_equal(seen.begun, 3 * CONFIG_HTTP_SERVER_MAX_CLIENTS);
	zassert_equal(seen.finished, 0, "nothing may be carried out");
}

ZTEST(http, test_exchanges_may_be_open_at_once)
{
	int fds[CONFIG_HTTP_SERVER_MAX_CLIENTS];

	ARRAY_FOR_EACH(fds, i) {
		fds[i] = dial();
		say_text(fds[i], "PUT /x HTTP/1.1\r\nContent-Length: 2\r\n\r\na");
		k_msleep(5);
	}
	zassert_equal(seen.begun, CONFIG_HTTP_SERVER_MAX_CLIENTS);
	zassert_equal(seen.ended, 0);
	ARRAY_FOR_EACH(fds, i) {
		say_text(fds[i], "b");
		expect_status(fds[i], 200);
		zsock_close(fds[i]);
	}
}
