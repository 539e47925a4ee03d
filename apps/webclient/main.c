/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Fetches one page by HTTP, logs its first lines and keeps it in the file page. To try it, serve a
 * folder on this machine:
 *
 *   python3 -m http.server 8000 --bind 127.0.0.1
 *
 * The address is http://127.0.0.1:8000/, or what is stored under the key url. A device lets the app
 * reach only what the manifest's scope names, whatever the address says; the app also tries a port
 * that is not in its scope, to show that.
 */

#include "akira.h"
#include "akira_line.h"
#include "akira_types.h"

#define SHOWN_LINES 5

static const char usual_url[] = "http://127.0.0.1:8000/";

static struct akira_line line;
static char url[256];
static char page[8192];

static void fail(const char *what, int32_t error)
{
	akira_line_text(&line, what);
	akira_line_text(&line, ": error ");
	akira_line_number(&line, error);
	akira_log_error(line.text, line.len);
	akira_app_exit(1);
}

static uint32_t choose_url(void)
{
	int32_t len = akira_storage_kv_get(AKIRA_TEXT("url"), url, sizeof(url));

	if (len > 0 && len <= (int32_t)sizeof(url)) {
		return (uint32_t)len;
	}
	for (uint32_t i = 0; i < sizeof(usual_url); i++) {
		url[i] = usual_url[i];
	}
	return sizeof(usual_url) - 1;
}

static void show(int32_t len)
{
	int32_t lines = 0;

	for (int32_t i = 0; i < len && lines < SHOWN_LINES; i++) {
		if (page[i] != '\n' && page[i] != '\r') {
			akira_line_char(&line, page[i]);
		} else if (line.len > 0) {
			akira_line_log(&line);
			lines++;
		}
	}
	if (line.len > 0) {
		akira_line_log(&line);
	}
}

static void keep(int32_t len)
{
	int32_t file = akira_fs_open(AKIRA_TEXT("page"),
				     AKIRA_OPEN_WRITE | AKIRA_OPEN_CREATE | AKIRA_OPEN_TRUNCATE);
	int32_t written = file < 0 ? file : akira_fs_write(file, page, (uint32_t)len);
	int32_t closed = file < 0 ? file : akira_fs_close(file);

	if (written != len || closed < 0) {
		fail("cannot keep the page", written < 0 ? written : closed);
	}
}

void _start(void)
{
	uint32_t url_len = choose_url();
	int32_t result = akira_net_connect(AKIRA_TEXT("127.0.0.1"), 1);

	if (result != AKIRA_EACCES) {
		fail("a port outside the scope was not refused", result);
	}

	akira_line_text(&line, "fetching ");
	akira_line_bytes(&line, url, url_len);
	akira_line_log(&line);

	result = akira_http_get(url, url_len, page, sizeof(page));
	if (result < 0) {
		fail("cannot fetch it", result);
	}
	akira_line_number(&line, result);
	akira_line_text(&line, " bytes");
	akira_line_log(&line);
	show(result);
	keep(result);
}
