/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * The smallest useful app: greets, says who it is, counts ten lines half a second apart and ends.
 * It asks for no capability, because logging, time and sleep need none.
 */

#include "akira.h"
#include "akira_line.h"

#define LINES    10
#define PAUSE_MS 500

static struct akira_line line;
static char info[256];

void _start(void)
{
	int32_t len;

	akira_line_text(&line, "Hello from WebAssembly");
	akira_line_log(&line);

	len = akira_app_info(info, sizeof(info));
	if (len > 0) {
		akira_line_text(&line, "I am ");
		akira_line_bytes(&line, info, (uint32_t)len);
		akira_line_log(&line);
	}

	for (int32_t i = 1; i <= LINES; i++) {
		akira_line_text(&line, "line ");
		akira_line_number(&line, i);
		akira_line_text(&line, " of ");
		akira_line_number(&line, LINES);
		akira_line_text(&line, ", ");
		akira_line_number(&line, akira_time_ms());
		akira_line_text(&line, " ms since boot");
		akira_line_log(&line);
		akira_sleep_ms(PAUSE_MS);
	}

	akira_line_text(&line, "Goodbye");
	akira_line_log(&line);
}
