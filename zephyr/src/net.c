/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * TCP sockets for apps: a pool of Zephyr's sockets, of which none ever blocks.
 *
 * A name is looked up on a thread of this file, one at a time, because Zephyr's resolvers block for
 * seconds and an app that waits must be able to stop. The app's thread then goes on from what was
 * found. A socket that is closed during its look-up is freed by whoever comes last.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>
#include <zephyr/posix/fcntl.h>
#include <zephyr/sys/atomic.h>

#include <akira/platform.h>
#include "errnos.h"
#include "net_resolve.h"

#define SOCKETS  CONFIG_AKIRA_NET_SOCKETS
#define HOST_MAX 253
#define BACKLOG  4
/*
 * Beside those of apps: console (3), HTTP server (its clients, its listener, an event, event
 * streams). A TLS socket has another beneath it.
 */
#if defined(CONFIG_AKIRA_HTTP)
#define OTHERS                                                                                     \
	(3 + 1 +                                                                                   \
	 (1 + CONFIG_HTTP_SERVER_MAX_CLIENTS + 4) * (IS_ENABLED(CONFIG_AKIRA_HTTP_TLS) ? 2 : 1))
#else
#define OTHERS 3
#endif

BUILD_ASSERT(CONFIG_ZVFS_OPEN_MAX >= SOCKETS + OTHERS,
	     "raise CONFIG_ZVFS_OPEN_MAX, or lower CONFIG_AKIRA_NET_SOCKETS");

enum stage {
	/* The name is being looked up. */
	RESOLVING,
	/* The connection is being made. */
	CONNECTING,
	/* Connected, or listening. */
	OPEN,
	/* There is no connection, for the reason in `error`. */
	FAILED,
};

struct socket {
	enum stage stage;
	/* Zephyr's number, or -1. */
	int fd;
	/* An errno of this C library's. */
	int error;
	/* For the look-up: the name, on the module's heap, and the port. */
	char *name;
	uint16_t port;
	struct in_addr address;
	struct k_work work;
	struct k_sem resolved;
	/* The look-up is over, or the socket was closed before. Set once by each, see net_unref().
	 */
	atomic_t users;
};

static struct socket sockets[SOCKETS];
static ATOMIC_DEFINE(taken, SOCKETS);

/* Numbers of sockets whose names are to be looked up; there is room for all of them. */
K_MSGQ_DEFINE(lookups, sizeof(int), SOCKETS, __alignof__(int));

static struct socket *socket_of(int sock)
{
	return sock >= 0 && sock < SOCKETS && atomic_test_bit(taken, sock) ? &sockets[sock] : NULL;
}

/* Takes a socket of the pool. */
static int take(void)
{
	ARRAY_FOR_EACH(sockets, i) {
		if (!atomic_test_and_set_bit(taken, i)) {
			sockets[i] = (struct socket){.fd = -1, .users = ATOMIC_INIT(1)};
			k_sem_init(&sockets[i].resolved, 0, 1);
			return (int)i;
		}
	}

	return -1;
}

/* The app, or the look-up, is done with it; the last of them gives it back. */
static void leave(struct socket *socket)
{
	if (atomic_dec(&socket->users) == 1) {
		atomic_clear_bit(taken, ARRAY_INDEX(sockets, socket));
	}
}

static void fail(struct socket *socket, int error)
{
	if (socket->fd >= 0) {
		(void)zsock_close(socket->fd);
		socket->fd = -1;
	}
	socket->error = error;
	socket->stage = FAILED;
}

static int unblock(int fd)
{
	int flags = zsock_fcntl(fd, F_GETFL, 0);

	return flags < 0 ? -1 : zsock_fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* A socket of Zephyr's that does not block, or -1 with errno set. */
static int open_fd(void)
{
	int fd = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

	if (fd >= 0 && unblock(fd) < 0) {
		int error = errno;

		(void)zsock_close(fd);
		errno = error;
		return -1;
	}

	return fd;
}

/* Begins to connect to the address; a failure is told by the next wait. */
static void dial(struct socket *socket)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(socket->port),
		.sin_addr = socket->address,
	};

	socket->fd = open_fd();
	if (socket->fd < 0) {
		fail(socket, errno);
	} else if (zsock_connect(socket->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		socket->stage = OPEN;
	} else if (errno == EINPROGRESS) {
		socket->stage = CONNECTING;
	} else {
		fail(socket, errno);
	}
}

static void resolver_main(void *unused1, void *unused2, void *unused3)
{
	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		struct socket *socket;
		int number;

		(void)k_msgq_get(&lookups, &number, K_FOREVER);
		socket = &sockets[number];
		/* Not for one that was closed while others were looked up. */
		if (atomic_get(&socket->users) > 1) {
			socket->error = akira_net_resolve(socket->name, &socket->address);
		}
		akira_heap_free(socket->name);
		k_sem_give(&socket->resolved);
		leave(socket);
	}
}

K_THREAD_DEFINE(akira_net, CONFIG_AKIRA_NET_STACK_SIZE, resolver_main, NULL, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_AKIRA_NET_PRIORITY), 0, 0);

static bool is_address(const char *host, size_t len, struct in_addr *address)
{
	char text[NET_IPV4_ADDR_LEN];

	if (len >= sizeof(text)) {
		return false;
	}
	memcpy(text, host, len);
	text[len] = '\0';

	return zsock_inet_pton(AF_INET, text, address) == 1;
}

int akira_net_connect(const char *host, size_t len, uint16_t port, int *sock)
{
	struct socket *socket;
	int number;

	if (len == 0 || len > HOST_MAX || memchr(host, '\0', len) != NULL || port == 0) {
		return -EINVAL;
	}
	number = take();
	if (number < 0) {
		return akira_errno(ENFILE);
	}

	socket = &sockets[number];
	socket->port = port;
	if (is_address(host, len, &socket->address)) {
		dial(socket);
		*sock = number;
		return 0;
	}

	socket->name = akira_heap_alloc(len + 1, 1);
	if (socket->name == NULL) {
		leave(socket);
		return akira_errno(ENOMEM);
	}
	memcpy(socket->name, host, len);
	socket->name[len] = '\0';
	socket->stage = RESOLVING;
	atomic_inc(&socket->users);
	(void)k_msgq_put(&lookups, &number, K_NO_WAIT);
	*sock = number;

	return 0;
}

static int listen_on(int fd, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	if (IS_ENABLED(CONFIG_BOARD_NATIVE_SIM)) {
		address.sin_addr = (struct in_addr){.s4_addr = {127, 0, 0, 1}};
	}
	/* So that an app can listen again right after it did; not every network can be told. */
	(void)zsock_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));

	if (zsock_bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		return -1;
	}

	return zsock_listen(fd, BACKLOG);
}

int akira_net_listen(uint16_t port, int *sock)
{
	struct socket *socket;
	int number;

	if (port == 0) {
		return -EINVAL;
	}
	number = take();
	if (number < 0) {
		return akira_errno(ENFILE);
	}

	socket = &sockets[number];
	socket->fd = open_fd();
	if (socket->fd < 0 || listen_on(socket->fd, port) < 0) {
		int error = errno;

		akira_net_close(number);
		return akira_errno(error);
	}
	socket->stage = OPEN;
	*sock = number;

	return 0;
}

/* Polls; what has become of the socket, 0 when @p timeout_ms ran out, or -1 with errno set. */
static int poll_for(const struct socket *socket, short events, uint32_t timeout_ms)
{
	struct zsock_pollfd poll = {.fd = socket->fd, .events = events};
	int ret = zsock_poll(&poll, 1, (int)MIN(timeout_ms, INT32_MAX));

	return ret <= 0 ? ret : poll.revents;
}

/* Goes on with a connection; true when the time was enough to make it or to fail. */
static bool go_on(struct socket *socket, k_timepoint_t until)
{
	k_timeout_t left = sys_timepoint_timeout(until);
	socklen_t len = sizeof(int);
	int error = 0;
	int ret;

	if (socket->stage == RESOLVING) {
		if (k_sem_take(&socket->resolved, left) < 0) {
			return false;
		}
		if (socket->error != 0) {
			fail(socket, socket->error);
		} else {
			dial(socket);
		}
		left = sys_timepoint_timeout(until);
	}
	if (socket->stage != CONNECTING) {
		return true;
	}

	ret = poll_for(socket, ZSOCK_POLLOUT, (uint32_t)k_ticks_to_ms_ceil64(left.ticks));
	if (ret == 0) {
		return false;
	}
	if (ret < 0) {
		fail(socket, errno);
	} else if (zsock_getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) {
		fail(socket, errno);
	} else if (error != 0) {
		fail(socket, error);
	} else if ((ret & ZSOCK_POLLOUT) == 0) {
		/* An end without a reason. */
		fail(socket, ECONNREFUSED);
	} else {
		socket->stage = OPEN;
	}

	return true;
}

int akira_net_wait(int sock, bool write, uint32_t timeout_ms)
{
	struct socket *socket = socket_of(sock);
	k_timepoint_t until = sys_timepoint_calc(K_MSEC(timeout_ms));
	bool was_open;
	int ret;

	if (socket == NULL) {
		return -EBADF;
	}
	was_open = socket->stage == OPEN;
	if (!was_open && !go_on(socket, until)) {
		return 0;
	}
	if (socket->stage == FAILED) {
		return akira_errno(socket->error);
	}
	if (write && !was_open) {
		return 1;
	}

	if (!was_open) {
		timeout_ms = (uint32_t)k_ticks_to_ms_ceil64(sys_timepoint_timeout(until).ticks);
	}
	ret = poll_for(socket, write ? ZSOCK_POLLOUT : ZSOCK_POLLIN, timeout_ms);

	/* Also for an error or the peer's end: the call that is waited for tells which. */
	return ret < 0 ? akira_errno(errno) : ret > 0;
}

/* Why nothing can be sent or received; 0 when it can. */
static int not_open(const struct socket *socket)
{
	if (socket == NULL) {
		return -EBADF;
	}
	switch (socket->stage) {
	case OPEN:
		return 0;
	case FAILED:
		return akira_errno(socket->error);
	default:
		return akira_errno(EAGAIN);
	}
}

int akira_net_accept(int listener, int *sock)
{
	struct socket *socket = socket_of(listener);
	int ret = not_open(socket);
	int number;
	int fd;

	if (ret < 0) {
		return ret;
	}
	number = take();
	if (number < 0) {
		return akira_errno(ENFILE);
	}

	fd = zsock_accept(socket->fd, NULL, NULL);
	if (fd >= 0 && unblock(fd) < 0) {
		ret = errno;
		(void)zsock_close(fd);
		errno = ret;
		fd = -1;
	}
	if (fd < 0) {
		leave(&sockets[number]);
		/* Who has gone again before being taken never was there. */
		return akira_errno(errno == ECONNABORTED ? EAGAIN : errno);
	}
	sockets[number].fd = fd;
	sockets[number].stage = OPEN;
	*sock = number;

	return 0;
}

int32_t akira_net_recv(int sock, void *out, size_t len)
{
	struct socket *socket = socket_of(sock);
	int ret = not_open(socket);
	ssize_t got;

	if (ret < 0) {
		return ret;
	}
	got = zsock_recv(socket->fd, out, MIN(len, INT32_MAX), ZSOCK_MSG_DONTWAIT);

	return got < 0 ? akira_errno(errno) : (int32_t)got;
}

int32_t akira_net_send(int sock, const void *data, size_t len)
{
	struct socket *socket = socket_of(sock);
	int ret = not_open(socket);
	ssize_t sent;

	if (ret < 0) {
		return ret;
	}
	sent = zsock_send(socket->fd, data, MIN(len, INT32_MAX), ZSOCK_MSG_DONTWAIT);

	return sent < 0 ? akira_errno(errno) : (int32_t)sent;
}

void akira_net_close(int sock)
{
	struct socket *socket = socket_of(sock);

	if (socket == NULL) {
		return;
	}
	if (socket->fd >= 0) {
		(void)zsock_close(socket->fd);
		socket->fd = -1;
	}
	leave(socket);
}
