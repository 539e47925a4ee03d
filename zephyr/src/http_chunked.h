/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Bodies in the chunked transfer coding.
 */

#ifndef AKIRA_HTTP_CHUNKED_H_
#define AKIRA_HTTP_CHUNKED_H_

#include <stdbool.h>

#include <zephyr/net/http/server.h>

#include "akira.h"

/** A decoder, for one request. */
struct akira_chunked {
	struct http_parser parser;
	struct akira_http_exchange *rust;
	bool started;
};

/** Prepare for a request whose body goes to @p rust. */
void akira_chunked_begin(struct akira_chunked *chunked, struct akira_http_exchange *rust);

/**
 * @brief Take what the server's callback was called for, and hand on what is body of it.
 *
 * Must be called in every callback of the request, since the coding is followed byte by byte.
 *
 * @retval true It was taken.
 * @retval false It cannot be taken apart.
 */
bool akira_chunked_take(struct akira_chunked *chunked, struct http_client_ctx *client,
			const struct http_request_ctx *request);

#endif /* AKIRA_HTTP_CHUNKED_H_ */
