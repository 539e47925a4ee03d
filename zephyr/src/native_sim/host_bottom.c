/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's side of native_sim's shims. See host.h.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nsi_tasks.h>

#include "host.h"

int akira_host_random(void *out, size_t len)
{
	uint8_t *next = out;

	while (len > 0) {
		ssize_t got = getrandom(next, len, 0);

		if (got <= 0) {
			return -1;
		}
		next += got;
		len -= (size_t)got;
	}

	return 0;
}

int akira_host_read_file(const char *path, char *out, size_t size)
{
	size_t len = 0;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		return -1;
	}
	while (len < size) {
		got = read(fd, &out[len], size - len);
		if (got <= 0) {
			break;
		}
		len += (size_t)got;
	}
	(void)close(fd);

	return got == 0 && len < size ? (int)len : -1;
}

uint16_t akira_host_free_port(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	uint16_t port = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
		port = ntohs(address.sin_port);
	}
	if (fd >= 0) {
		(void)close(fd);
	}

	return port;
}

/*
 * The native simulator ends on SIGTERM and SIGINT, but takes a wait that one of them interrupts for
 * an error: with apps running it would most often end with "Error on: nce_sem_rewait" and status 1.
 * Waits that are restarted see no interruption, and the simulator looks for the signal soon enough.
 */
static void restart_waits(void)
{
	static const int signals[] = {SIGTERM, SIGINT};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action;

		if (sigaction(signals[i], NULL, &action) == 0) {
			action.sa_flags |= SA_RESTART;
			(void)sigaction(signals[i], &action, NULL);
		}
	}
}

NSI_TASK(restart_waits, PRE_BOOT_3, 500);

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

void akira_host_watch_stop(void)
{
	/* The second signal ends the process in any case. */
	struct sigaction action = {
		.sa_handler = ask_to_stop,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
}

bool akira_host_stop_asked(void)
{
	return stop_asked != 0;
}

void akira_host_cut_power(const char *text)
{
	/* Nothing can be done about a text that does not come out. */
	if (write(STDERR_FILENO, text, strlen(text)) < 0) {
		(void)text;
	}
	(void)kill(getpid(), SIGKILL);
	for (;;) {
		(void)pause();
	}
}
