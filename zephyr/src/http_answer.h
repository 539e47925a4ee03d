/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers, written past Zephyr's server.
 */

#ifndef AKIRA_HTTP_ANSWER_H_
#define AKIRA_HTTP_ANSWER_H_

#include <zephyr/net/http/server.h>

#include "akira.h"

/**
 * @brief Send an answer whose end the server sends.
 *
 * The server's own status line lacks the space that the standard asks for after the status, so the
 * head is written here. The body goes piece by piece, one chunk each; the server adds the closing
 * one when its callback returns without an answer.
 */
void akira_http_answer(struct http_client_ctx *client, struct akira_http_exchange *exchange,
		       const struct akira_http_reply *reply);

/**
 * @brief Send a whole answer now, with `Connection: close`.
 *
 * The server ends an answer only after the request's last byte. A client that stops sending once it
 * sees an error would then wait for the end of that error. The caller closes the connection in its
 * own time.
 */
void akira_http_answer_now(struct http_client_ctx *client, struct akira_http_exchange *exchange,
			   const struct akira_http_reply *reply);

/** Tell a client that waits for it to send its body. */
void akira_http_continue(struct http_client_ctx *client);

#endif /* AKIRA_HTTP_ANSWER_H_ */
