/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * Asks for no capability and tries everything. Each call is logged with what came back; the app
 * ends with 0 when the device refused all that it had to refuse, else with 1.
 */

#include <stdbool.h>

#include "akira.h"
#include "akira_line.h"

/* Addresses that are in no app's memory: behind its end, and so that pointer + length wraps. */
#define FAR_AWAY ((char *)0x7fff0000)
#define AT_WRAP  ((char *)0xfffffff0)

/* More than any memory quota. */
#define HUGE_SIZE 0x40000000

struct call {
	const char *name;
	int32_t result;
	int32_t expected;
};

static struct akira_line line;
static char buffer[64];
static char info_text[256];
static char long_text[1024];
static int32_t surprises;

static const char *error_name(int32_t result)
{
	switch (result) {
	case AKIRA_ENOENT:
		return " ENOENT";
	case AKIRA_EBADF:
		return " EBADF";
	case AKIRA_EACCES:
		return " EACCES";
	case AKIRA_EFAULT:
		return " EFAULT";
	case AKIRA_EINVAL:
		return " EINVAL";
	default:
		return "";
	}
}

static void report(const char *name, int32_t result, bool expected)
{
	akira_line_text(&line, "probe: ");
	akira_line_text(&line, name);
	akira_line_text(&line, " -> ");
	akira_line_number(&line, result);
	akira_line_text(&line, error_name(result));
	if (!expected) {
		akira_line_text(&line, " (unexpected)");
		surprises++;
	}
	akira_line_log(&line);
}

static void expect(const struct call *calls, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		report(calls[i].name, calls[i].result, calls[i].result == calls[i].expected);
	}
}

/*
 * Files without fs_read and fs_write: refused before any argument is looked at. Closing needs no
 * capability, but there is no handle to close.
 */
static void try_files(void)
{
	const struct call calls[] = {
		{"fs_open", akira_fs_open("a", 1, AKIRA_OPEN_READ), AKIRA_EACCES},
		{"fs_open to create", akira_fs_open("a", 1, AKIRA_OPEN_WRITE | AKIRA_OPEN_CREATE),
		 AKIRA_EACCES},
		{"fs_open outside", akira_fs_open("../../config/token", 18, AKIRA_OPEN_READ),
		 AKIRA_EACCES},
		{"fs_read", akira_fs_read(0, buffer, sizeof(buffer)), AKIRA_EACCES},
		{"fs_write", akira_fs_write(0, buffer, sizeof(buffer)), AKIRA_EACCES},
		{"fs_seek", akira_fs_seek(0, 0, AKIRA_SEEK_START), AKIRA_EACCES},
		{"fs_close", akira_fs_close(0), AKIRA_EBADF},
		{"fs_stat", akira_fs_stat("a", 1), AKIRA_EACCES},
		{"fs_stat far away", akira_fs_stat(FAR_AWAY, 8), AKIRA_EACCES},
		{"fs_delete", akira_fs_delete("a", 1), AKIRA_EACCES},
		{"fs_rename", akira_fs_rename("a", 1, "b", 1), AKIRA_EACCES},
		{"fs_list", akira_fs_list(".", 1, 0, buffer, sizeof(buffer)), AKIRA_EACCES},
	};

	expect(calls, sizeof(calls) / sizeof(calls[0]));
}

/* What needs no capability checks its pointers all the same. */
static void try_pointers(void)
{
	const struct call calls[] = {
		{"app_info far away", akira_app_info(FAR_AWAY, 64), AKIRA_EFAULT},
		{"app_info at the wrap", akira_app_info(AT_WRAP, 64), AKIRA_EFAULT},
		{"app_info without end", akira_app_info(buffer, 0xffffffff), AKIRA_EFAULT},
		{"log far away", akira_log(FAR_AWAY, 8), AKIRA_EFAULT},
		{"log_debug at the wrap", akira_log_debug(AT_WRAP, 64), AKIRA_EFAULT},
		{"log_error without end", akira_log_error(long_text, 0xffffffff), AKIRA_EFAULT},
	};

	expect(calls, sizeof(calls) / sizeof(calls[0]));
}

/* A text that is too long is cut, one that is no UTF-8 is repaired; neither is an error. */
static void try_log(void)
{
	for (uint32_t i = 0; i < sizeof(long_text); i++) {
		long_text[i] = 'x';
	}

	const struct call calls[] = {
		{"log of 1024 bytes", akira_log(long_text, sizeof(long_text)), 0},
		{"log of what is no text", akira_log("\xff\xfe\x01\n", 4), 0},
		{"log of nothing", akira_log(long_text, 0), 0},
	};

	expect(calls, sizeof(calls) / sizeof(calls[0]));
}

static void try_memory(void)
{
	int32_t block = akira_mem_alloc(HUGE_SIZE);

	report("mem_alloc of 1 GiB", block, block == 0);

	block = akira_mem_alloc(64);
	report("mem_alloc of 64 bytes", block != 0, block != 0);
	akira_mem_free(block);

	/* What was never handed out. */
	akira_mem_free(0);
	akira_mem_free(0x7fff0000);
	report("mem_free of what is not ours", 0, true);
}

void _start(void)
{
	int32_t info = akira_app_info(info_text, sizeof(info_text));

	report("app_info", info, info > 0);
	report("time_ms", 0, akira_time_ms() >= 0);
	try_files();
	try_pointers();
	try_log();
	try_memory();

	akira_line_text(&line, "probe: ");
	akira_line_number(&line, surprises);
	akira_line_text(&line, " surprises");
	akira_line_log(&line);
	akira_app_exit(surprises == 0 ? 0 : 1);
}
