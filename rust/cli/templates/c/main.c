/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Counts how often the app was started, in the device's key-value store, and says so in its log.
 */

#include "akira.h"
#include "akira_line.h"
#include "akira_types.h"

static struct akira_line line;

void _start(void)
{
	uint32_t starts = 0;

	/* -ENOENT at the first start: nothing is stored yet. */
	akira_storage_kv_get(AKIRA_TEXT("starts"), &starts, sizeof(starts));
	starts++;
	if (akira_storage_kv_set(AKIRA_TEXT("starts"), &starts, sizeof(starts)) < 0) {
		akira_log_error(AKIRA_TEXT("cannot store the count"));
		akira_app_exit(1);
	}

	akira_line_text(&line, "Hello from @NAME@, start number ");
	akira_line_number(&line, starts);
	akira_line_log(&line);
}
