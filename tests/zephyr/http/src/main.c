/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP shim between Zephyr's server and what stands for the Rust side here: requests.
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

static void *setup(void)
{
	zassert_ok(akira_http_open());
	zassert_true(akira_http_port() != 0, "port 0 takes a free one, and tells which");

	return NULL;
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	memset(&seen, 0, sizeof(seen));
	seen.refuse_after = SIZE_MAX;
	seen.status = 200;
}

static void after(void *fixture)
{
	ARG_UNUSED(fixture);
	expect_nothing_open();
}

ZTEST_SUITE(http, NULL, setup, before, after, NULL);

ZTEST(http, test_head_reaches_the_runtime_and_the_answer_the_client)
{
	static char answer[1024];
	int fd = dial();

	for (int i = 1; i <= 3; i++) {
		say_text(fd, "DELETE /any/path?with=query HTTP/1.1\r\n" HOST
			     "Authorization: Bearer secret\r\n\r\n");
		zassert_true(hear(fd, answer, sizeof(answer)));
		zassert_not_null(strstr(answer, "HTTP/1.1 200 OK\r\n"));
		zassert_not_null(strstr(answer, "X-Test: yes\r\n"));
		zassert_not_null(strstr(answer, BODY));
		zassert_str_equal(seen.method, "DELETE");
		zassert_str_equal(seen.path, "/any/path?with=query");
		zassert_str_equal(seen.authorization, "Bearer secret");
		zassert_equal(seen.content_length, -1);
		zassert_equal(seen.finished, i, "the connection is kept");
	}
	zsock_close(fd);
}

ZTEST(http, test_an_answer_in_pieces)
{
	static char answer[1024];
	char *next = answer;
	int fd = dial();

	for (int i = 1; i <= 2; i++) {
		seen.pieces = 4;
		say_text(fd, "GET /pieces HTTP/1.1\r\n" HOST "\r\n");
		zassert_true(hear(fd, answer, sizeof(answer)), "%s", answer);
		next = strstr(answer, "\r\n\r\n");
		zassert_not_null(next);
		for (int piece = 0; piece < 5; piece++) {
			next = strstr(next, "\r\nb\r\n" BODY);
			zassert_not_null(next, "piece %d of %s", piece, answer);
			next++;
		}
		zassert_is_null(strstr(next, "\r\nb\r\n"));
		zassert_equal(seen.finished, i, "the connection is kept");
	}
	zsock_close(fd);
}

/* TCP may cut a request anywhere. */
static void split_everywhere(const char *request, int64_t content_length)
{
	size_t len = strlen(request);

	for (size_t at = 1; at < len; at++) {
		int fd = dial();

		say(fd, request, at);
		k_msleep(5);
		say(fd, &request[at], len - at);
		expect_status(fd, 200);
		zassert_equal(seen.content_length, content_length, "cut at %zu", at);
		zassert_str_equal(seen.body, "hello world", "cut at %zu", at);
		zassert_equal(seen.body_len, 11);
		zsock_close(fd);
	}
}

ZTEST(http, test_a_body_with_a_length_wherever_it_is_cut)
{
	split_everywhere("PUT /x HTTP/1.1\r\nContent-Length: 11\r\n\r\nhello world", 11);
}

ZTEST(http, test_a_chunked_body_wherever_it_is_cut)
{
	split_everywhere("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "5;ext=1\r\nhello\r\n1\r\n \r\n05\r\nworld\r\n0\r\n\r\n",
			 -1);
}

ZTEST(http, test_trailers_do_no_harm)
{
	split_everywhere("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "5\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
			 -1);
}

ZTEST(http, test_a_chunked_body_byte_by_byte)
{
	/* Chunks that look like the end of a head. */
	static const char request[] = "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
				      "8\r\n\r\n\r\n\r\n\r\n\r\n3\r\nend\r\n0\r\n\r\n";
	int fd = dial();

	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		say(fd, &request[i], 1);
		k_msleep(3);
	}
	expect_status(fd, 200);
	zassert_str_equal(seen.body, "\r\n\r\n\r\n\r\nend");
	zsock_close(fd);

	fd = dial();
	say_text(fd, request);
	expect_status(fd, 200);
	zassert_str_equal(seen.body, "\r\n\r\n\r\n\r\nend");
	zsock_close(fd);
}

ZTEST(http, test_chunks_that_are_none)
{
	int fd = dial();

	say_text(fd, "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello");
	expect_status(fd, 400);
	zsock_close(fd);

	fd = dial();
	say_text(fd, "PUT /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n");
	expect_status(fd, 413);
	zassert_equal(seen.body_len, 0);
	zsock_close(fd);
}

/* The answer must be whole before the body is, and what follows must not become a request. */
ZTEST(http, test_a_body_refused_half_way)
{
	static char noise[2048];
	int fd = dial();

	seen.refuse_after = 100;
	memset(noise, 'x', sizeof(noise));
	say_text(fd, "PUT /x HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n");
	say(fd, noise, sizeof(noise));
	expect_status(fd, 413);
	for (int i = 0; i < 2 * CONFIG_AKIRA_HTTP_DRAIN_LIMIT / (int)sizeof(noise); i++) {
		if (zsock_send(fd, noise, sizeof(noise), 0) < 0) {
			break;
		}
		k_msleep(2);
	}
	zassert_equal(seen.begun, 1);
	zsock_close(fd);
}

ZTEST(http, test_a_client_that_expects_to_be_asked)
{
	static char answer[256];
	int fd = dial();

	say_text(fd, "PUT /x HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
	zassert_true(zsock_recv(fd, answer, sizeof(answer) - 1, 0) > 0);
	zassert_str_equal(answer, "HTTP/1.1 100 Continue\r\n\r\n");
	say_text(fd, "hello");
	expect_status(fd, 200);
	zassert_str_equal(seen.body, "hello");
	zsock_close(fd);

	seen.refuse_after = 0;
	fd = dial();
	say_text(fd, "PUT /x HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
	expect_status(fd, 413);
	zsock_close(fd);
}

ZTEST(http, test_a_body_where_none_belongs)
{
	int fd = dial();

	say_text(fd, "GET /x HTTP/1.1\r\nContent-Length: 50\r\n\r\nhello");
	expect_status(fd, 200);
	zassert_equal(seen.finished, 1);
	zassert_equal(seen.body_len, 0);
	zsock_close(fd);
}

/* The server's own refusals, in the API's form. */
ZTEST(http, test_what_is_no_request_of_the_api)
{
	static const struct {
		const char *text;
		int status;
	} requests[] = {
		{"this is no HTTP at all, and long enough\r\n\r\n", 400},
		{"GET /x HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400},
		{"GET /x HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
		{"PUT /x HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
		{"PUT /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"GET /x HTTP/3.7\r\n" HOST "\r\n", 413},
		{"GET /x HTTP/1.1\r\n" HOST HOST "\r\n", 413},
	};

	ARRAY_FOR_EACH(requests, i) {
		int fd = dial();

		say_text(fd, requests[i].text);
		expect_status(fd, requests[i].status);
		zsock_close(fd);
	}
}

/* Whatever a request asks for, the runtime decides; no upgrade is made that it does not know. */
ZTEST(http, test_every_method_reaches_the_runtime)
{
	static const char *const methods[] = {"OPTIONS", "PATCH", "TRACE", "PURGE", "CONNECT"};
	int fd;

	ARRAY_FOR_EACH(methods, i) {
		char request[96];

		snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\n" HOST "\r\n", methods[i],
			 i == 4 ? "x:1" : "/x");
		fd = dial();
		say_text(fd, request);
		expect_status(fd, 200);
		zassert_str_equal(seen.method, methods[i]);
		zsock_close(fd);
	}

	fd = dial();
	say_text(fd, "GET /x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
		     "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
	expect_status(fd, 200);
	say_text(fd, "GET /x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: pigeon\r\n\r\n");
	expect_status(fd, 200);
	zsock_close(fd);
}

ZTEST(http, test_answers_without_a_body)
{
	static char answer[1024];
	static const uint16_t statuses[] = {204, 304};
	int fd = dial();

	say_text(fd, "HEAD /x HTTP/1.1\r\n" HOST "\r\n");
	(void)hear_all(fd, answer, sizeof(answer));
	zassert_str_equal(seen.method, "HEAD");
	zassert_not_null(strstr(answer, "HTTP/1.1 200 OK\r\n"));
	zassert_not_null(strstr(answer, "Content-Length: 11\r\n"));
	zassert_is_null(strstr(answer, BODY));

	ARRAY_FOR_EACH(statuses, i) {
		seen.status = statuses[i];
		say_text(fd, "GET /x HTTP/1.1\r\n" HOST "\r\n");
		(void)hear_all(fd, answer, sizeof(answer));
		zassert_equal(strtoul(&answer[9], NULL, 10), statuses[i], "%s", answer);
		zassert_is_null(strstr(answer, "Content-Length"), "%s", answer);
		zassert_is_null(strstr(answer, BODY));
		zassert_str_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	}
	zsock_close(fd);
}

ZTEST(http, test_who_asks_and_what_browsers_tell)
{
	static const uint8_t loopback[] = {127, 0, 0, 1};
	int fd = dial();

	say_text(fd, "PUT /x HTTP/1.1\r\nHost: akira:8080\r\nOrigin: http://akira:8080\r\n"
		     "Content-Type: text/plain\r\nIf-None-Match: \"abc\"\r\n"
		     "Content-Length: 0\r\n\r\n");
	expect_status(fd, 200);
	zassert_str_equal(seen.host, "akira:8080");
	zassert_str_equal(seen.origin, "http://akira:8080");
	zassert_str_equal(seen.content_type, "text/plain");
	zassert_str_equal(seen.if_none_match, "\"abc\"");
	zassert_equal(seen.peer_len, sizeof(loopback));
	zassert_mem_equal(seen.peer, loopback, sizeof(loopback));
	zassert_false(seen.unclear);

	say_text(fd, "GET /x HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n");
	expect_status(fd, 200);
	zassert_str_equal(seen.authorization, "none", "which of two counts would be a guess");
	zassert_str_equal(seen.origin, "none");
	zsock_close(fd);
}

/* A header that decides something must not vanish because others take its room. */
ZTEST(http, test_a_header_that_has_no_room)
{
	static char request[1024];
	int fd = dial();
	size_t len;

	len = snprintf(request, sizeof(request), "GET /x HTTP/1.1\r\n" HOST "Origin: http://");
	memset(&request[len], 'x', CONFIG_HTTP_SERVER_MAX_HEADER_LEN);
	len += CONFIG_HTTP_SERVER_MAX_HEADER_LEN;
	snprintf(&request[len], sizeof(request) - len, "\r\n\r\n");
	say_text(fd, request);
	expect_status(fd, 413);
	zassert_true(seen.unclear);
	zsock_close(fd);
}

/* Requests that arrive together are as many requests, each with its own path and body. */
ZTEST(http, test_requests_that_arrive_together)
{
	static const char requests[] =
		"GET /one HTTP/1.1\r\n" HOST "\r\n"
		"PUT /two HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"
		"PUT /three HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\n0\r\n\r\n"
		"DELETE /four HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
	static char answers[2048];

	for (size_t at = 0; at < sizeof(requests) - 1; at += 7) {
		int fd = dial();

		seen.begun = 0;
		seen.ended = 0;
		memset(seen.paths, 0, sizeof(seen.paths));
		say(fd, requests, at);
		k_msleep(5);
		say(fd, &requests[at], sizeof(requests) - 1 - at);
		(void)hear_all(fd, answers, sizeof(answers));
		zassert_equal(seen.begun, 4, "cut at %zu", at);
		zassert_str_equal(seen.paths, "/one/two/three/four");
		zassert_equal(count_of(answers, "HTTP/1.1 200 OK\r\n"), 4, "%s", answers);
		zassert_equal(count_of(answers, BODY), 4, "%s", answers);
		zassert_equal(count_of(answers, "Connection: close\r\n"), 1, "%s", answers);
		zsock_close(fd);
	}
}
