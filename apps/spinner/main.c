/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Misbehaves on purpose: after one log line it loops for ever, calls nothing, sleeps never and
 * answers no stop request. A device must be able to end it and to run other apps beside it.
 */

#include "akira.h"

static const char text[] = "spinning; only the device can stop me";

void _start(void)
{
	akira_log(text, sizeof(text) - 1);

	/* Volatile, or the compiler may take a loop without effects away. */
	for (volatile unsigned int turns = 0;; turns++) {
	}
}
