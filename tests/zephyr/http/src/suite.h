/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the files of this suite share: the stand-in for the Rust side, and a client.
 */

#ifndef AKIRA_TEST_HTTP_SUITE_H_
#define AKIRA_TEST_HTTP_SUITE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST "Host: device\r\n"
#define BODY "{\"ok\":true}"

/* What the stand-in saw; `head` and `body` of the exchange that began last. */
struct seen {
	int begun;
	int finished;
	int ended;
	char method[16];
	char path[128];
	char authorization[64];
	char host[64];
	char origin[64];
	char content_type[64];
	char if_none_match[64];
	uint8_t peer[16];
	size_t peer_len;
	bool unclear;
	int64_t content_length;
	char body[256];
	size_t body_len;
	/* Refuse once that much of the body has come. */
	size_t refuse_after;
	bool stalled;
	/* What to answer with, and the paths in the order of their requests. */
	uint16_t status;
	char paths[128];
	/* Streams that are open, and what each tells. */
	int streams;
	int messages;
	const char *message;
	size_t message_len;
	bool over;
	/* How many more pieces like the first each answer has. */
	int pieces;
};

extern struct seen seen;

/** Connects to the API. */
int dial(void);

/** Sends bytes. */
void say(int fd, const char *data, size_t len);

/** Sends a text. */
void say_text(int fd, const char *text);

/** Reads until the end of an answer, of the connection, or of patience; false for the latter. */
bool hear(int fd, char *out, size_t size);

/** Reads what comes until the connection's end or for a while. */
size_t hear_all(int fd, char *out, size_t size);

/** Reads an answer, which must have that status and be JSON. */
void expect_status(int fd, int status);

/** How often a text has a part. */
int count_of(const char *text, const char *part);

/** Whether the other side ends the connection within a time. */
bool is_ended(int fd, int within_ms);

/** Whether every exchange was given back, once the server has noticed that the client is gone. */
void expect_nothing_open(void);

#endif /* AKIRA_TEST_HTTP_SUITE_H_ */
