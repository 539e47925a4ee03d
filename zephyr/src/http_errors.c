/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The errors of Zephyr's HTTP server itself, in the form of the API's.
 *
 * What is no HTTP, and methods that the API's resource does not list, never get to http.c: the
 * server answers them alone, in plain text, the former with 500. It has no hook for that, so its
 * function for sending is wrapped by the linker. All answers of the API go past that function; what
 * of HTTP/1 comes here with an error status is the server's own.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>

#include "akira.h"
#include "http_answer.h"

#define STATUS_LINE          "HTTP/1.1 "
#define ERROR(code, message) "{\"error\":{\"code\":\"" code "\",\"message\":\"" message "\"}}"

int __real_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len);
int __wrap_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len);

static void answer(struct http_client_ctx *client, int status)
{
	static const struct akira_http_header headers[] = {
		{.name = "Content-Type", .value = "application/json"},
		{.name = "Allow", .value = "GET, PUT, POST, DELETE"},
	};
	struct akira_http_reply reply = {
		.status = status,
		.headers = headers,
		.header_count = status == HTTP_405_METHOD_NOT_ALLOWED ? 2 : 1,
	};
	const char *body;

	if (client->parser.http_errno != HPE_OK || status == HTTP_426_UPGRADE_REQUIRED) {
		reply.status = HTTP_400_BAD_REQUEST;
		body = ERROR("bad_request", "This is not a request that this device can read; "
					    "send HTTP/1.1.");
	} else if (status == HTTP_405_METHOD_NOT_ALLOWED) {
		body = ERROR("method_not_allowed", "This method is not known here.");
	} else {
		body = ERROR("internal", "The device could not handle the request; try again.");
	}

	reply.body = (const uint8_t *)body;
	reply.body_len = client->parser.method == HTTP_HEAD ? 0 : strlen(body);
	akira_http_answer_now(client, NULL, &reply);
}

int __wrap_http_server_sendall(struct http_client_ctx *client, const void *data, size_t len)
{
	const size_t prefix = sizeof(STATUS_LINE) - 1;
	int status;

	if (len > prefix + 3 && memcmp(data, STATUS_LINE, prefix) == 0) {
		status = atoi((const char *)data + prefix);
		if (status >= HTTP_400_BAD_REQUEST) {
			answer(client, status);
			/* Makes the server close the connection; it sends nothing more. */
			return -ENOTCONN;
		}
	}

	return __real_http_server_sendall(client, data, len);
}
