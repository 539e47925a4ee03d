/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the parser of Zephyr's HTTP server finds in the API's requests, told to http.c.
 */

#ifndef AKIRA_HTTP_PARSER_H_
#define AKIRA_HTTP_PARSER_H_

#include <stddef.h>
#include <stdint.h>

#include <zephyr/net/http/server.h>

#include "http_connection.h"

/** A request's head is complete: path, headers and method are in @p client. In http.c. */
void akira_http_on_head(struct akira_connection *connection, struct http_client_ctx *client);

/** A piece of a request's body, without any coding. In http.c. */
void akira_http_on_body(struct akira_connection *connection, const uint8_t *data, size_t len);

#endif /* AKIRA_HTTP_PARSER_H_ */
