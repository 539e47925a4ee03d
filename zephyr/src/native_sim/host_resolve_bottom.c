/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The host's resolver. See host_resolve.h.
 */

#define _GNU_SOURCE

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host_resolve.h"

enum {
	FOUND = 0,
	GOING_ON = 1,
	NOT_FOUND = -1,
};

struct akira_host_lookup {
	char *name;
	uint32_t address;
	atomic_int state;
};

static void *look_up(void *argument)
{
	struct akira_host_lookup *lookup = argument;
	const struct addrinfo hints = {
		.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	int state = NOT_FOUND;

	if (getaddrinfo(lookup->name, NULL, &hints, &found) == 0) {
		lookup->address = ((struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr;
		state = FOUND;
		freeaddrinfo(found);
	}
	atomic_store(&lookup->state, state);

	return NULL;
}

struct akira_host_lookup *akira_host_resolve_begin(const char *name)
{
	struct akira_host_lookup *lookup = calloc(1, sizeof(*lookup));
	pthread_t thread;
	sigset_t all;
	sigset_t before;
	int failed;

	if (lookup == NULL) {
		return NULL;
	}
	lookup->name = strdup(name);
	atomic_init(&lookup->state, GOING_ON);
	if (lookup->name == NULL) {
		free(lookup);
		return NULL;
	}

	/* Signals are for the simulator's own threads. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&thread, NULL, look_up, lookup);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		free(lookup->name);
		free(lookup);
		return NULL;
	}
	(void)pthread_detach(thread);

	return lookup;
}

int akira_host_resolve_end(struct akira_host_lookup *lookup, uint32_t *address)
{
	int state = atomic_load(&lookup->state);

	if (state == GOING_ON) {
		return GOING_ON;
	}
	*address = lookup->address;
	free(lookup->name);
	free(lookup);

	return state;
}
