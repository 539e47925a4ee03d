/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP shim between Zephyr's server and what stands for the Rust side here: a recorder. The
 * client is in the same image and goes over the host's loopback.
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

#define HOST "Host: device\r\n"
#define BODY "{\"ok\":true}"

/* What the stand-in saw; `head` and `body` of the exchange that began last. */
static struct {
	int begun;
	int finished;
	int ended;
	char method[16];
	char path[128];
	char authorization[64];
	int64_t content_length;
	char body[256];
	size_t body_len;
	/* Refuse once that much of the body has come. */
	size_t refuse_after;
	bool coding_refused;
	/* How many more pieces like the first each answer has. */
	int pieces;
} seen;

struct akira_http_exchange {
	bool refused;
	bool bad_coding;
	size_t taken;
};

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

struct akira_http_exchange *akira_http_begin(const struct akira_http_head *head)
{
	struct akira_http_exchange *exchange = calloc(1, sizeof(*exchange));

	seen.begun++;
	snprintf(seen.method, sizeof(seen.method), "%s", head->method);
	snprintf(seen.path, sizeof(seen.path), "%s", head->path);
	snprintf(seen.authorization, sizeof(seen.authorization), "%s",
		 head->authorization != NULL ? head->authorization : "none");
	seen.content_length = head->content_length;
	seen.body_len = 0;
	memset(seen.body, 0, sizeof(seen.body));
	exchange->refused =
		head->unknown_coding || head->http_version / 10 != 1 || seen.refuse_after == 0;

	return exchange;
}

bool akira_http_wants_body(const struct akira_http_exchange *exchange)
{
	return !exchange->refused;
}

void akira_http_chunk(struct akira_http_exchange *exchange, const uint8_t *data, size_t len)
{
	size_t room = sizeof(seen.body) - 1 - MIN(seen.body_len, sizeof(seen.body) - 1);

	memcpy(&seen.body[sizeof(seen.body) - 1 - room], data, MIN(len, room));
	seen.body_len += len;
	exchange->taken += len;
	exchange->refused = exchange->taken >= seen.refuse_after;
}

void akira_http_refuse_coding(struct akira_http_exchange *exchange)
{
	exchange->refused = true;
	exchange->bad_coding = true;
	seen.coding_refused = true;
}

void akira_http_finish(struct akira_http_exchange *exchange, struct akira_http_reply *reply)
{
	static const struct akira_http_header headers[] = {
		{.name = "Content-Type", .value = "application/json"},
		{.name = "X-Test", .value = "yes"},
	};

	seen.finished++;
	reply->status = exchange->refused ? 413 : 200;
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

static int dial(void)
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

static void say(int fd, const char *data, size_t len)
{
	zassert_equal(zsock_send(fd, data, len, 0), len);
}

static void say_text(int fd, const char *text)
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
static bool hear(int fd, char *out, size_t size)
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

static void expect_status(int fd, int status)
{
	static char answer[1024];
	char line[32];

	zassert_true(hear(fd, answer, sizeof(answer)), "no end: %s", answer);
	snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
	zassert_equal(strncmp(answer, line, strlen(line)), 0, "%s", answer);
	zassert_not_null(strstr(answer, "Content-Type: application/json\r\n"), "%s", answer);
}

/* Whether every exchange was given back, once the server has noticed that the client is gone. */
static void expect_nothing_open(void)
{
	for (int i = 0; i < 100 && seen.begun != seen.ended; i++) {
		k_msleep(10);
	}
	zassert_equal(seen.begun, seen.ended, "%d begun, %d ended", seen.begun, seen.ended);
}

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

/* Zephyr's server loses what comes with a part of a trailer: then better no body at all. */
ZTEST(http, test_trailers_do_no_harm)
{
	static const char request[] = "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
				      "5\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n";
	static char answer[1024];
	const size_t len = sizeof(request) - 1;
	int fd = dial();

	say_text(fd, request);
	expect_status(fd, 200);
	zassert_str_equal(seen.body, "hello world");
	zsock_close(fd);

	for (size_t first = 1; first < len - 1; first += 3) {
		for (size_t second = first + 1; second < len; second += 2) {
			fd = dial();
			say(fd, request, first);
			k_msleep(3);
			say(fd, &request[first], second - first);
			k_msleep(3);
			say(fd, &request[second], len - second);
			zassert_true(hear(fd, answer, sizeof(answer)));
			if (strncmp(answer, "HTTP/1.1 200 ", 13) == 0) {
				zassert_str_equal(seen.body, "hello world", "%zu %zu", first,
						  second);
			} else {
				zassert_equal(strncmp(answer, "HTTP/1.1 413 ", 13), 0, "%s",
					      answer);
				zassert_true(seen.coding_refused);
			}
			zsock_close(fd);
		}
	}
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
		{"OPTIONS /x HTTP/1.1\r\n" HOST "\r\n", 405},
		{"HEAD /x HTTP/1.1\r\n" HOST "\r\n", 405},
		{"GET /x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: pigeon\r\n\r\n", 400},
		{"GET /x HTTP/3.7\r\n" HOST "\r\n", 413},
	};

	ARRAY_FOR_EACH(requests, i) {
		int fd = dial();

		say_text(fd, requests[i].text);
		expect_status(fd, requests[i].status);
		zsock_close(fd);
	}
}

ZTEST(http, test_more_clients_than_places)
{
	int fds[2 * CONFIG_HTTP_SERVER_MAX_CLIENTS];

	ARRAY_FOR_EACH(fds, i) {
		fds[i] = dial();
	}
	ARRAY_FOR_EACH(fds, i) {
		say_text(fds[i], "GET /x HTTP/1.1\r\n" HOST "\r\n");
		expect_status(fds[i], 200);
		zsock_close(fds[i]);
	}
}
