/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers that do not wait for the end of the request's body.
 */

#ifndef AKIRA_HTTP_ANSWER_H_
#define AKIRA_HTTP_ANSWER_H_

#include <zephyr/net/http/server.h>

#include "akira.h"

/**
 * @brief Send a whole answer now, with `Connection: close`.
 *
 * Zephyr's server ends an answer only after the request's last byte. A client that stops sending
 * once it sees an error would then wait for the end of that error, so it is sent past the server.
 * The caller closes the connection in its own time.
 */
void akira_http_answer_now(struct http_client_ctx *client, const struct akira_http_reply *reply);

/** Tell a client that waits for it to send its body. */
void akira_http_continue(struct http_client_ctx *client);

#endif /* AKIRA_HTTP_ANSWER_H_ */
