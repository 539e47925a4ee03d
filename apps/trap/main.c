/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Fails on purpose: logs one line and reads far outside its memory, which traps. The device must
 * mark it as failed, say why and free all it held.
 */

#include <stdint.h>

#include "akira.h"

static const char text[] = "about to read outside my memory";

void _start(void)
{
	/* Volatile, so that the address is not known when this is compiled. */
	volatile uintptr_t far = 0x7fff0000;

	akira_log(text, sizeof(text) - 1);
	akira_app_exit(*(volatile unsigned char *)far);
}
