/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The event stream over WebSocket: from a request to change over to the handshake. What is said
 * afterwards is in http_stream.c.
 *
 * Zephyr's server can change over to WebSocket too, but answers 101 to whoever asks before anybody
 * is called, and its sockets for WebSocket block when they send and when they are closed. It also
 * changes over to HTTP/2, with a function that can be wrapped by the linker and finds nothing sent
 * yet; HTTP/2 is not offered, so that is the way taken. The runtime decides while the request is
 * still one, and a refusal is an answer like any other.
 */

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/socket.h>

#include "http_stream.h"
#include "http_websocket.h"

#define VERSION "13"
#define PATH    "/api/v1/events"

HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_websocket_key, "Sec-WebSocket-Key");
HTTP_SERVER_REGISTER_HEADER_CAPTURE(akira_websocket_version, "Sec-WebSocket-Version");

/* The server's, which no header declares. */
void http_server_release_client(struct http_client_ctx *client);

int __wrap_handle_http1_to_http2_upgrade(struct http_client_ctx *client);
int __real_handle_http1_to_http2_upgrade(struct http_client_ctx *client);

static bool is_events(const char *path)
{
	const size_t len = sizeof(PATH) - 1;

	return strncmp(path, PATH, len) == 0 && (path[len] == '\0' || path[len] == '?');
}

static const char *value_of(const struct http_client_ctx *client, const char *name)
{
	const struct http_header_capture_ctx *captured = &client->header_capture_ctx;

	for (size_t i = 0; i < captured->count; i++) {
		if (strcasecmp(captured->headers[i].name, name) == 0) {
			return captured->headers[i].value;
		}
	}

	return "";
}

bool akira_websocket_open(struct akira_connection *connection, struct http_client_ctx *client,
			  const struct akira_http_head *head)
{
	char accept[AKIRA_WEBSOCKET_ACCEPT];

	if (!is_events(head->path) ||
	    strcmp(value_of(client, "Sec-WebSocket-Version"), VERSION) != 0 ||
	    !akira_websocket_accept(value_of(client, "Sec-WebSocket-Key"), accept)) {
		return false;
	}

	connection->stream = akira_stream_open(head, &connection->exchange);

	return true;
}

void akira_websocket_abandon(struct akira_connection *connection)
{
	if (connection->stream != NULL) {
		akira_stream_close(connection->stream);
		connection->stream = NULL;
	}
}

static int change_over(struct akira_connection *connection, struct http_client_ctx *client)
{
	char accept[AKIRA_WEBSOCKET_ACCEPT];
	char answer[160];
	int fd = client->fd;
	int len;

	if (!akira_websocket_accept(value_of(client, "Sec-WebSocket-Key"), accept)) {
		return -EINVAL;
	}
	len = snprintk(answer, sizeof(answer),
		       "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
		       "Upgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		       accept);

	/* The first bytes to a client that waits for them: there is room, or it is gone. */
	connection->answered = true;
	if (zsock_send(fd, answer, len, ZSOCK_MSG_DONTWAIT) != len ||
	    !akira_stream_serve(connection->stream, fd)) {
		return -ENOTCONN;
	}

	/* From here on the socket and the stream are not the server's. */
	connection->stream = NULL;
	akira_connection_leave(connection);
	http_server_release_client(client);

	return 0;
}

int __wrap_handle_http1_to_http2_upgrade(struct http_client_ctx *client)
{
	struct akira_connection *connection = akira_connection_of(client->fd);

	if (client->service != &akira_api) {
		return __real_handle_http1_to_http2_upgrade(client);
	}

	return connection != NULL && connection->stream != NULL ? change_over(connection, client)
								: -ENOTCONN;
}
