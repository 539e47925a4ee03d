/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * TCP sockets of apps. Their peers are sockets of Zephyr's in the same image.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/net/socket.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

#define PATIENCE_MS 3000
#define HERE        "127.0.0.1"

/* As Linux numbers them, whatever this image's C library does. */
#define EBADF_L        -9
#define EAGAIN_L       -11
#define EINVAL_L       -22
#define ENFILE_L       -23
#define EADDRINUSE_L   -98
#define ECONNRESET_L   -104
#define ECONNREFUSED_L -111
#define EHOSTUNREACH_L -113

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

static struct sockaddr_in address_of(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s4_addr = {127, 0, 0, 1},
	};

	return address;
}

/* A port that was free a moment ago; another each time. */
static uint16_t some_port(void)
{
	static uint16_t next;

	if (next == 0) {
		zassert_ok(akira_random(&next, sizeof(next)));
	}
	next++;

	return 20000 + next % 10000;
}

/* A peer that listens, and its port. */
static int open_peer(uint16_t *port)
{
	int fd = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

	zassert_true(fd >= 0);
	for (int i = 0; i < 100; i++) {
		struct sockaddr_in address = address_of(some_port());

		if (zsock_bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		    zsock_listen(fd, 2) == 0) {
			*port = ntohs(address.sin_port);
			return fd;
		}
	}
	zassert_unreachable("no free port");

	return -1;
}

/* An app's socket that listens, and its port. */
static int open_listener(uint16_t *port)
{
	for (int i = 0; i < 100; i++) {
		int sock;

		*port = some_port();
		if (akira_net_listen(*port, &sock) == 0) {
			return sock;
		}
	}
	zassert_unreachable("no free port");

	return -1;
}

static int begin(const char *host, uint16_t port)
{
	int sock = -1;

	zassert_ok(akira_net_connect(host, strlen(host), port, &sock));
	zassert_true(sock >= 0);

	return sock;
}

/* What becomes of a connection. */
static int outcome(int sock)
{
	return akira_net_wait(sock, true, PATIENCE_MS);
}

static int take_peer(int listener)
{
	struct zsock_pollfd poll = {.fd = listener, .events = ZSOCK_POLLIN};
	int fd;

	zassert_equal(zsock_poll(&poll, 1, PATIENCE_MS), 1);
	fd = zsock_accept(listener, NULL, NULL);
	zassert_true(fd >= 0);

	return fd;
}

/* A connection: the app's end, and the peer's in @p fd. */
static int connected(int *fd)
{
	uint16_t port;
	int listener = open_peer(&port);
	int sock = begin(HERE, port);

	zassert_equal(outcome(sock), 1);
	*fd = take_peer(listener);
	zassert_ok(zsock_close(listener));

	return sock;
}

static void expect(int sock, const char *text)
{
	char got[64];
	size_t len = 0;

	while (len < strlen(text)) {
		int32_t more;

		zassert_equal(akira_net_wait(sock, false, PATIENCE_MS), 1);
		more = akira_net_recv(sock, &got[len], sizeof(got) - len);
		zassert_true(more > 0, "%d", more);
		len += more;
	}
	zassert_equal(len, strlen(text));
	zassert_mem_equal(got, text, len);
}

static void peer_expect(int fd, const char *text)
{
	char got[64];
	size_t len = 0;

	while (len < strlen(text)) {
		struct zsock_pollfd poll = {.fd = fd, .events = ZSOCK_POLLIN};
		ssize_t more;

		zassert_equal(zsock_poll(&poll, 1, PATIENCE_MS), 1);
		more = zsock_recv(fd, &got[len], sizeof(got) - len, ZSOCK_MSG_DONTWAIT);
		zassert_true(more > 0);
		len += more;
	}
	zassert_equal(len, strlen(text));
	zassert_mem_equal(got, text, len);
}

static void peer_say(int fd, const char *text)
{
	zassert_equal(zsock_send(fd, text, strlen(text), 0), strlen(text));
}

#if defined(CONFIG_DNS_RESOLVER)

#define DNS_HEAD    12
#define DNS_NO_NAME 3

/* What the question asks for: "localhost", of the type A. */
static const uint8_t localhost[] = "\x09localhost\0\0\x01\0";

/* Answers as a name server does that knows one name. */
static void name_server(void *unused1, void *unused2, void *unused3)
{
	/* The name of the question; type A, class IN, one minute; four bytes of address. */
	static const uint8_t answer[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1};
	struct sockaddr_in address = address_of(53);
	uint8_t message[256];
	int fd = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);

	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	if (fd < 0 || zsock_bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		return;
	}
	for (;;) {
		struct sockaddr_in from;
		socklen_t from_len = sizeof(from);
		ssize_t len = zsock_recvfrom(fd, message, sizeof(message) - sizeof(answer), 0,
					     (struct sockaddr *)&from, &from_len);
		bool known = len >= (ssize_t)(DNS_HEAD + sizeof(localhost) - 1) &&
			     memcmp(&message[DNS_HEAD], localhost, sizeof(localhost) - 1) == 0;

		if (len < DNS_HEAD) {
			continue;
		}
		message[2] = 0x81;
		message[3] = known ? 0x80 : 0x80 | DNS_NO_NAME;
		message[7] = known ? 1 : 0;
		if (known) {
			memcpy(&message[len], answer, sizeof(answer));
			len += sizeof(answer);
		}
		(void)zsock_sendto(fd, message, len, 0, (struct sockaddr *)&from, from_len);
	}
}

K_THREAD_DEFINE(name_server_thread, 4096, name_server, NULL, NULL, NULL, 1, 0, 0);

#endif

ZTEST_SUITE(net, NULL, NULL, NULL, NULL, NULL);

ZTEST(net, test_bytes_go_both_ways)
{
	int fd;
	int sock = connected(&fd);

	for (int i = 0; i < 20; i++) {
		zassert_equal(akira_net_wait(sock, true, PATIENCE_MS), 1);
		zassert_equal(akira_net_send(sock, "ping", 4), 4);
		peer_expect(fd, "ping");
		peer_say(fd, "pong");
		expect(sock, "pong");
	}
	akira_net_close(sock);
	zsock_close(fd);
}

ZTEST(net, test_a_name)
{
	uint16_t port;
	int listener = open_peer(&port);
	int sock = begin("localhost", port);
	int fd;

	zassert_equal(akira_net_send(sock, "x", 1), EAGAIN_L, "not connected yet");
	zassert_equal(outcome(sock), 1);
	fd = take_peer(listener);
	peer_say(fd, "hello");
	expect(sock, "hello");
	akira_net_close(sock);
	zsock_close(fd);
	zsock_close(listener);
}

ZTEST(net, test_waiting_to_read_makes_the_connection)
{
	uint16_t port;
	int listener = open_peer(&port);
	int sock = begin("localhost", port);
	int fd;

	zassert_equal(akira_net_wait(sock, false, 100), 0);
	fd = take_peer(listener);
	peer_say(fd, "hello");
	expect(sock, "hello");
	akira_net_close(sock);
	zsock_close(fd);
	zsock_close(listener);
}

ZTEST(net, test_nobody_listens)
{
	uint16_t port;
	int listener = open_peer(&port);
	char byte;
	int sock;

	zassert_ok(zsock_close(listener));
	/* Zephyr's own stack closes after it has said so. */
	k_msleep(50);
	for (int i = 0; i < 2 * CONFIG_AKIRA_NET_SOCKETS; i++) {
		sock = begin(HERE, port);
		zassert_equal(outcome(sock), ECONNREFUSED_L);
		zassert_equal(akira_net_send(sock, "x", 1), ECONNREFUSED_L);
		zassert_equal(akira_net_recv(sock, &byte, 1), ECONNREFUSED_L);
		zassert_equal(akira_net_wait(sock, false, 0), ECONNREFUSED_L);
		akira_net_close(sock);
	}
}

ZTEST(net, test_no_such_host)
{
	int sock = begin("no such host", 80);

	zassert_equal(outcome(sock), EHOSTUNREACH_L);
	zassert_equal(akira_net_send(sock, "x", 1), EHOSTUNREACH_L);
	akira_net_close(sock);
}

ZTEST(net, test_waiting_takes_as_long_as_it_may)
{
	int fd;
	int sock = connected(&fd);
	char byte;
	int64_t start = k_uptime_get();

	zassert_equal(akira_net_recv(sock, &byte, 1), EAGAIN_L);
	zassert_equal(akira_net_wait(sock, false, 0), 0);
	zassert_true(k_uptime_get() - start < 100);
	zassert_equal(akira_net_wait(sock, false, 200), 0);
	zassert_true(k_uptime_get() - start >= 200);
	akira_net_close(sock);
	zsock_close(fd);
}

ZTEST(net, test_the_peer_closes)
{
	int fd;
	int sock = connected(&fd);
	char byte;

	peer_say(fd, "bye");
	zsock_close(fd);
	expect(sock, "bye");
	for (int i = 0; i < 3; i++) {
		zassert_equal(akira_net_wait(sock, false, PATIENCE_MS), 1);
		zassert_equal(akira_net_recv(sock, &byte, 1), 0);
	}
	akira_net_close(sock);
}

ZTEST(net, test_a_full_connection)
{
	static char data[4096];
	int fd;
	int sock = connected(&fd);
	size_t sent = 0;
	size_t got = 0;
	int32_t ret;

	do {
		ret = akira_net_send(sock, data, sizeof(data));
		sent += MAX(ret, 0);
		k_msleep(ret > 0 ? 0 : 50);
	} while (ret > 0 || akira_net_wait(sock, true, 0) == 1);
	zassert_equal(ret, EAGAIN_L);
	zassert_equal(akira_net_wait(sock, true, 50), 0);

	while (got < sent) {
		ssize_t more = zsock_recv(fd, data, sizeof(data), 0);

		zassert_true(more > 0);
		got += more;
	}
	zassert_equal(akira_net_wait(sock, true, PATIENCE_MS), 1);
	zassert_equal(akira_net_send(sock, "more", 4), 4);
	peer_expect(fd, "more");
	akira_net_close(sock);
	zsock_close(fd);
}

static int dial(uint16_t port)
{
	struct sockaddr_in address = address_of(port);
	int fd = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	int ret;

	zassert_true(fd >= 0);
	ret = zsock_connect(fd, (struct sockaddr *)&address, sizeof(address));
	zassert_ok(ret, "errno %d", errno);

	return fd;
}

ZTEST(net, test_listening)
{
	uint16_t port;
	int listener = open_listener(&port);
	int other;
	int sock;

	zassert_equal(akira_net_accept(listener, &sock), EAGAIN_L);
	zassert_equal(akira_net_wait(listener, false, 50), 0);
	zassert_equal(akira_net_listen(port, &other), EADDRINUSE_L);

	for (int i = 0; i < 2 * CONFIG_AKIRA_NET_SOCKETS; i++) {
		int fd = dial(port);

		zassert_equal(akira_net_wait(listener, false, PATIENCE_MS), 1);
		zassert_ok(akira_net_accept(listener, &sock));
		zassert_equal(akira_net_send(sock, "welcome", 7), 7);
		peer_expect(fd, "welcome");
		peer_say(fd, "thanks");
		expect(sock, "thanks");
		akira_net_close(sock);
		zsock_close(fd);
		/* Zephyr's own stack remembers a connection, both of its ends here, for a while. */
		k_msleep(30);
	}
	akira_net_close(listener);

	/* Once more on the same port, with its old connections hardly gone. */
	k_msleep(100);
	zassert_ok(akira_net_listen(port, &listener));
	akira_net_close(listener);
}

ZTEST(net, test_the_pool_is_bounded)
{
	int socks[CONFIG_AKIRA_NET_SOCKETS];
	uint16_t port;
	int listener;
	int extra;
	int fd;

	ARRAY_FOR_EACH(socks, i) {
		socks[i] = open_listener(&port);
	}
	zassert_equal(akira_net_connect(HERE, strlen(HERE), port, &extra), ENFILE_L);
	zassert_equal(akira_net_connect("localhost", 9, port, &extra), ENFILE_L);
	zassert_equal(akira_net_listen(some_port(), &extra), ENFILE_L);

	/* Who calls meanwhile is kept waiting. */
	listener = socks[CONFIG_AKIRA_NET_SOCKETS - 1];
	fd = dial(port);
	zassert_equal(akira_net_wait(listener, false, PATIENCE_MS), 1);
	zassert_equal(akira_net_accept(listener, &extra), ENFILE_L);
	akira_net_close(socks[0]);
	zassert_equal(akira_net_wait(listener, false, PATIENCE_MS), 1);
	zassert_ok(akira_net_accept(listener, &socks[0]));
	peer_say(fd, "at last");
	expect(socks[0], "at last");

	zsock_close(fd);
	ARRAY_FOR_EACH(socks, i) {
		akira_net_close(socks[i]);
	}
	listener = open_listener(&port);
	akira_net_close(listener);
}

/* Nobody waits for the look-up, and its socket comes back. */
ZTEST(net, test_closing_during_a_look_up)
{
	uint16_t port;
	int sock;

	for (int i = 0; i < 200; i++) {
		while (akira_net_connect("localhost", 9, 9, &sock) == ENFILE_L) {
			k_msleep(1);
		}
		akira_net_close(sock);
	}
	k_msleep(200);
	for (int i = 0; i < CONFIG_AKIRA_NET_SOCKETS; i++) {
		sock = open_listener(&port);
		zassert_equal(sock, i, "all are back");
	}
	for (int i = 0; i < CONFIG_AKIRA_NET_SOCKETS; i++) {
		akira_net_close(i);
	}
}

ZTEST(net, test_what_cannot_be)
{
	static const char long_name[300] = {[0 ... 298] = 'a'};
	char byte;
	int sock;

	zassert_equal(akira_net_connect("", 0, 80, &sock), EINVAL_L);
	zassert_equal(akira_net_connect(HERE, strlen(HERE), 0, &sock), EINVAL_L);
	zassert_equal(akira_net_connect("a\0b", 3, 80, &sock), EINVAL_L);
	zassert_equal(akira_net_connect(long_name, 254, 80, &sock), EINVAL_L);
	zassert_equal(akira_net_listen(0, &sock), EINVAL_L);
	for (int bad = -1; bad <= CONFIG_AKIRA_NET_SOCKETS; bad++) {
		zassert_equal(akira_net_wait(bad, true, 0), EBADF_L);
		zassert_equal(akira_net_recv(bad, &byte, 1), EBADF_L);
		zassert_equal(akira_net_send(bad, "x", 1), EBADF_L);
		zassert_equal(akira_net_accept(bad, &sock), EBADF_L);
		akira_net_close(bad);
	}
}

#if defined(CONFIG_NET_NATIVE_OFFLOADED_SOCKETS)

ZTEST(net, test_the_peer_breaks_off)
{
	int fd;
	int sock = connected(&fd);
	char byte;

	/* Linux resets a connection that is closed with bytes unread. */
	zassert_equal(akira_net_send(sock, "unread", 6), 6);
	k_msleep(20);
	zsock_close(fd);
	zassert_equal(akira_net_wait(sock, false, PATIENCE_MS), 1);
	zassert_equal(akira_net_recv(sock, &byte, 1), ECONNRESET_L);
	zassert_equal(akira_net_send(sock, "x", 1), ECONNRESET_L);
	akira_net_close(sock);
}

ZTEST(net, test_a_host_that_cannot_be_reached)
{
	int sock = begin("255.255.255.255", 80);

	zassert_equal(outcome(sock), EHOSTUNREACH_L);
	akira_net_close(sock);
}

/* On the host's loopback, but at another of its addresses. */
ZTEST(net, test_a_simulated_device_listens_at_one_address_only)
{
	uint16_t port;
	int listener = open_listener(&port);
	int sock = begin("127.0.0.2", port);

	zassert_equal(outcome(sock), ECONNREFUSED_L);
	akira_net_close(sock);
	akira_net_close(listener);
}

#endif
