/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The connections of the HTTP API: what Zephyr's server does with their sockets.
 *
 * The server tells nobody who has connected and who has gone, restarts its only time-out with every
 * byte, and lets clients that say nothing keep all of its places. So the socket functions that it
 * calls are wrapped by the linker, and what its thread does with the API's sockets is watched here:
 * clients are known from accept to close, each phase of a request has its time, and when all places
 * are taken the client that has been idle longest is sent away for one that waits.
 *
 * Whom to send away is told to the server as a hang-up in the result of its poll, which is the one
 * place where it closes a connection in an orderly way.
 *
 * Everything here happens on the server's thread, so there is nothing to lock.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/http/server.h>
#include <zephyr/net/socket.h>
#include <zephyr/sys/util.h>

#include "http_connection.h"

#define CLIENTS CONFIG_HTTP_SERVER_MAX_CLIENTS
/* An event, the listeners, the clients: what the server polls. */
#define POLLED  (1 + CONFIG_HTTP_SERVER_NUM_SERVICES + CLIENTS)

#define HEAD_MS  (CONFIG_AKIRA_HTTP_HEAD_TIME * MSEC_PER_SEC)
#define IDLE_MS  (CONFIG_AKIRA_HTTP_IDLE_TIME * MSEC_PER_SEC)
#define PAUSE_MS (CONFIG_AKIRA_HTTP_BODY_PAUSE * MSEC_PER_SEC)
#define DRAIN_MS (10 * MSEC_PER_SEC)
/* How often connections are looked at while nothing happens, and while all places are busy. */
#define SWEEP_MS 500
#define BUSY_MS  50
#define HELLO_MS 100
/* What a client has for its first word before it is sent away for another. */
#define GRACE_MS 100
/* Bytes of a body in a row that are taken without a look at the other clients. */
#define TURN     (64 * CONFIG_HTTP_SERVER_CLIENT_BUFFER_SIZE)

/* Zephyr's server thread; it has no accessor. */
extern const k_tid_t http_server_tid;

int __real_z_impl_zsock_accept(int sock, struct sockaddr *addr, socklen_t *addrlen);
int __wrap_z_impl_zsock_accept(int sock, struct sockaddr *addr, socklen_t *addrlen);
int __real_z_impl_zsock_close(int sock);
int __wrap_z_impl_zsock_close(int sock);
ssize_t __real_z_impl_zsock_recvfrom(int sock, void *buf, size_t max_len, int flags,
				     struct sockaddr *src_addr, socklen_t *addrlen);
ssize_t __wrap_z_impl_zsock_recvfrom(int sock, void *buf, size_t max_len, int flags,
				     struct sockaddr *src_addr, socklen_t *addrlen);
int __real_z_impl_zvfs_poll(struct zsock_pollfd *fds, int nfds, int timeout);
int __wrap_z_impl_zvfs_poll(struct zsock_pollfd *fds, int nfds, int timeout);

#define FREE(i, _) [i] = {.fd = -1}

static struct akira_connection connections[CLIENTS] = {LISTIFY(CLIENTS, FREE, (,))};

static bool on_server(void)
{
	return k_current_get() == http_server_tid;
}

struct akira_connection *akira_connection_of(int fd)
{
	ARRAY_FOR_EACH_PTR(connections, connection) {
		if (fd >= 0 && connection->fd == fd) {
			return connection;
		}
	}

	return NULL;
}

void akira_connection_enter(struct akira_connection *connection, enum akira_phase phase)
{
	connection->phase = phase;
	connection->since = k_uptime_get();
	connection->counted_since = connection->since;
	connection->counted = 0;
}

void akira_connection_leave(struct akira_connection *connection)
{
	connection->fd = -1;
}

static void set_peer(struct akira_connection *connection, const struct sockaddr *address)
{
	switch (address->sa_family) {
	case AF_INET:
		connection->peer_len = sizeof(struct in_addr);
		memcpy(connection->peer, &net_sin(address)->sin_addr, connection->peer_len);
		break;
	case AF_INET6:
		connection->peer_len = sizeof(struct in6_addr);
		memcpy(connection->peer, &net_sin6(address)->sin6_addr, connection->peer_len);
		break;
	default:
		connection->peer_len = 0;
		break;
	}
}

/*
 * A TLS socket is accepted together with its handshake, for which the server's thread waits. A
 * client that has connected begins with it at once; one that does not gets no more than that.
 */
static int await_handshake(int fd)
{
	struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};

	if (fd < 0 || zsock_poll(&poll, 1, HELLO_MS) > 0) {
		return fd;
	}
	(void)zsock_close(fd);
	errno = ETIMEDOUT;

	return -1;
}

int __wrap_z_impl_zsock_accept(int sock, struct sockaddr *addr, socklen_t *addrlen)
{
	int fd = __real_z_impl_zsock_accept(sock, addr, addrlen);

	if (fd < 0 || !on_server()) {
		return fd;
	}
	if (sock != *akira_api.fd) {
		/* The socket beneath that of TLS; other services have theirs in the open. */
		return IS_ENABLED(CONFIG_AKIRA_HTTP_TLS) ? await_handshake(fd) : fd;
	}

	ARRAY_FOR_EACH_PTR(connections, connection) {
		if (connection->fd >= 0) {
			continue;
		}

		*connection = (struct akira_connection){.fd = fd};
		connection->heard = k_uptime_get();
		akira_connection_enter(connection, AKIRA_IDLE);
		set_peer(connection, addr);
		/*
		 * An answer may leave in pieces. Held back until the client acknowledges the
		 * first, each answer would take 40 ms longer.
		 */
		(void)zsock_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		break;
	}

	return fd;
}

/*
 * Takes what the client has sent and nobody will read: closed with it unread, the connection is
 * reset, and the client loses the answer that it has not read yet.
 */
static void drain(int fd)
{
	uint8_t scrap[256];
	size_t left = CONFIG_AKIRA_HTTP_DRAIN_LIMIT;
	ssize_t got;

	do {
		got = __real_z_impl_zsock_recvfrom(fd, scrap, sizeof(scrap), ZSOCK_MSG_DONTWAIT,
						   NULL, NULL);
		left -= MIN(left, (size_t)MAX(got, 0));
	} while (got > 0 && left > 0);
}

int __wrap_z_impl_zsock_close(int sock)
{
	struct akira_connection *connection = on_server() ? akira_connection_of(sock) : NULL;

	if (connection != NULL) {
		akira_http_gone(connection);
		akira_connection_leave(connection);
		drain(sock);
	}

	return __real_z_impl_zsock_close(sock);
}

ssize_t __wrap_z_impl_zsock_recvfrom(int sock, void *buf, size_t max_len, int flags,
				     struct sockaddr *src_addr, socklen_t *addrlen)
{
	struct akira_connection *connection = on_server() ? akira_connection_of(sock) : NULL;
	ssize_t got;

	if (connection == NULL) {
		got = __real_z_impl_zsock_recvfrom(sock, buf, max_len, flags, src_addr, addrlen);
		/*
		 * The socket below TLS: its client hung up without a word of TLS. Zephyr would take
		 * that for data that has not come yet, and ask again until poll's time is over.
		 */
		if (IS_ENABLED(CONFIG_AKIRA_HTTP_TLS) && on_server() && got == 0 && max_len > 0) {
			errno = ECONNRESET;
			got = -1;
		}
		return got;
	}

	/* The server has polled. To ask again whether there is something costs more than to read.
	 */
	got = __real_z_impl_zsock_recvfrom(sock, buf, max_len, flags | ZSOCK_MSG_DONTWAIT, src_addr,
					   addrlen);
	if (got > 0) {
		connection->heard = k_uptime_get();
		connection->counted += got;
		if (connection->phase == AKIRA_IDLE) {
			akira_connection_enter(connection, AKIRA_HEAD);
		}
	}

	return got;
}

/* Whether a body comes more slowly than any link that is worth the wait. */
static bool trickles(struct akira_connection *connection, int64_t now)
{
	if (now - connection->counted_since < PAUSE_MS) {
		return false;
	}
	if (connection->counted < CONFIG_AKIRA_HTTP_BODY_PAUSE * CONFIG_AKIRA_HTTP_BODY_RATE) {
		return true;
	}
	connection->counted_since = now;
	connection->counted = 0;

	return false;
}

/* Whether a connection's time is over; bytes that wait to be read are no pause. */
static bool is_overdue(struct akira_connection *connection, int64_t now, bool has_data)
{
	switch (connection->phase) {
	case AKIRA_IDLE:
		return !has_data && now - connection->since >= IDLE_MS;
	case AKIRA_HEAD:
		return now - connection->since >= HEAD_MS;
	case AKIRA_BODY:
		return (!has_data && now - connection->heard >= PAUSE_MS) ||
		       trickles(connection, now);
	default:
		return now - connection->since >= DRAIN_MS;
	}
}

/* Hangs up on those whose time is over; how many of them had nothing else to be told. */
static int end_overdue(struct zsock_pollfd *fds, int nfds)
{
	int64_t now = k_uptime_get();
	int ended = 0;

	for (int i = 0; i < nfds; i++) {
		struct akira_connection *connection = akira_connection_of(fds[i].fd);

		if (connection == NULL || !is_overdue(connection, now, fds[i].revents != 0)) {
			continue;
		}
		akira_http_overdue(connection);
		ended += fds[i].revents == 0 ? 1 : 0;
		fds[i].revents |= ZSOCK_POLLHUP;
	}

	return ended;
}

/* Hangs up on the client that has been idle longest without a whole request. */
static bool make_room(struct zsock_pollfd *fds, int nfds)
{
	struct akira_connection *oldest = NULL;
	struct zsock_pollfd *found = NULL;
	int64_t latest = k_uptime_get() - GRACE_MS;

	for (int i = 0; i < nfds; i++) {
		struct akira_connection *connection = akira_connection_of(fds[i].fd);

		if (connection == NULL || fds[i].revents != 0 || connection->phase > AKIRA_HEAD ||
		    connection->since > latest) {
			continue;
		}
		if (oldest == NULL || connection->since < oldest->since) {
			oldest = connection;
			found = &fds[i];
		}
	}
	if (found == NULL) {
		return false;
	}
	found->revents = ZSOCK_POLLHUP;

	return true;
}

/* The server's entry for the API's listener, or NULL. */
static struct zsock_pollfd *listener_of(struct zsock_pollfd *fds, int nfds)
{
	for (int i = 1; i < nfds; i++) {
		if (fds[i].fd >= 0 && fds[i].fd == *akira_api.fd) {
			return &fds[i];
		}
	}

	return NULL;
}

/*
 * While a client sends a body, most polls are for its next piece. To ask for that alone costs a
 * fraction of asking all sockets; the others have their turn when it pauses, and every TURN bytes.
 */
static bool go_on(struct zsock_pollfd *fds, int nfds)
{
	static size_t turn;
	static int last = -1;
	struct akira_connection *connection = akira_connection_of(last);
	int ready = 0;

	if (connection != NULL && connection->phase == AKIRA_BODY && turn < TURN &&
	    zsock_ioctl(last, ZFD_IOCTL_FIONREAD, &ready) == 0 && ready > 0) {
		turn += MIN((size_t)ready, CONFIG_HTTP_SERVER_CLIENT_BUFFER_SIZE);
		for (int i = 0; i < nfds; i++) {
			fds[i].revents = fds[i].fd == last ? ZSOCK_POLLIN : 0;
		}
		return true;
	}

	turn = 0;
	last = -1;
	ARRAY_FOR_EACH_PTR(connections, other) {
		if (other->fd >= 0 && other->phase == AKIRA_BODY) {
			last = other->fd;
		}
	}

	return false;
}

int __wrap_z_impl_zvfs_poll(struct zsock_pollfd *fds, int nfds, int timeout)
{
	struct zsock_pollfd *listener;
	bool crowded = false;

	if (!on_server() || nfds != POLLED) {
		return __real_z_impl_zvfs_poll(fds, nfds, timeout);
	}

	listener = listener_of(fds, nfds);
	if (go_on(fds, nfds)) {
		return 1;
	}

	while (true) {
		/* The server looks away from its listener while it has no place. */
		bool full = listener != NULL && listener->events == 0;
		int wait = crowded ? BUSY_MS : SWEEP_MS;
		int ret;

		if (full && !crowded) {
			listener->events = ZSOCK_POLLIN;
		}
		ret = __real_z_impl_zvfs_poll(fds, nfds, wait);
		if (full && !crowded) {
			listener->events = 0;
			if (ret > 0 && listener->revents != 0) {
				listener->revents = 0;
				ret -= 1;
				/* Whoever waits must not keep the thread busy. */
				crowded = !make_room(fds, nfds);
				ret += crowded ? 0 : 1;
			}
		} else {
			crowded = false;
		}
		if (ret < 0) {
			return ret;
		}
		ret += end_overdue(fds, nfds);
		if (ret > 0) {
			return ret;
		}
	}
}
