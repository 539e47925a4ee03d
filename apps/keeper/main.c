/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * A file keeper. At each start it checks every file that it finds in its folder against the
 * checksum at the file's end, writes four files anew, lists them, renames one, deletes one, and
 * checks again.
 *
 * A file is written under a name of its own and then renamed, so that whenever the power goes, each
 * name has a whole file or none. What a cut left under the other name is deleted at the next start.
 */

#include <stdbool.h>

#include "akira.h"
#include "akira_line.h"
#include "akira_types.h"
#include "crc32.h"

#define FILES   4
#define SUM_LEN 4

static const char *const names[FILES] = {"alpha", "beta", "gamma", "delta"};
static const uint32_t sizes[FILES] = {100, 1000, 4096, 10000};

static const char unfinished[] = "unfinished";

static struct akira_line line;
static uint8_t part[512];

static void fail(const char *what, const char *name, int32_t error)
{
	akira_line_text(&line, what);
	akira_line_char(&line, ' ');
	akira_line_text(&line, name);
	akira_line_text(&line, ": error ");
	akira_line_number(&line, error);
	akira_log_error(line.text, line.len);
	akira_app_exit(1);
}

static int32_t check(int32_t result, const char *what, const char *name)
{
	if (result < 0) {
		fail(what, name, result);
	}
	return result;
}

static void write_all(int32_t file, const void *data, uint32_t len, const char *name)
{
	/* A write that takes less than it was given has found the storage full. */
	if (check(akira_fs_write(file, data, len), "writing", name) != (int32_t)len) {
		fail("writing", name, AKIRA_ENOSPC);
	}
}

/* Writes a file of random bytes that ends with their checksum. */
static void write_file(const char *name, uint32_t size)
{
	int32_t file =
		check(akira_fs_open(unfinished, sizeof(unfinished) - 1,
				    AKIRA_OPEN_WRITE | AKIRA_OPEN_CREATE | AKIRA_OPEN_TRUNCATE),
		      "opening", name);
	uint32_t sum = 0;

	while (size > 0) {
		uint32_t len = size < sizeof(part) ? size : sizeof(part);

		check(akira_random(part, len), "random bytes for", name);
		sum = crc32(sum, part, len);
		write_all(file, part, len, name);
		size -= len;
	}
	write_all(file, &sum, SUM_LEN, name);
	check(akira_fs_close(file), "closing", name);
	check(akira_fs_rename(unfinished, sizeof(unfinished) - 1, name, akira_length(name)),
	      "renaming to", name);
}

/* Whether a file is as it was written. */
static bool is_whole(const char *name)
{
	uint32_t len = akira_length(name);
	uint32_t left = (uint32_t)check(akira_fs_stat(name, len), "looking at", name);
	int32_t file;
	uint32_t sum = 0;
	uint32_t expected = 0;

	if (left < SUM_LEN) {
		return false;
	}
	left -= SUM_LEN;
	file = check(akira_fs_open(name, len, AKIRA_OPEN_READ), "opening", name);
	while (left > 0) {
		uint32_t want = left < sizeof(part) ? left : sizeof(part);
		int32_t got = check(akira_fs_read(file, part, want), "reading", name);

		if (got == 0) {
			break;
		}
		sum = crc32(sum, part, (uint32_t)got);
		left -= (uint32_t)got;
	}
	check(akira_fs_read(file, &expected, SUM_LEN), "reading", name);
	check(akira_fs_close(file), "closing", name);
	return left == 0 && sum == expected;
}

/* Lists the folder and checks each file. Gives how many there are; a broken one ends the app. */
static int32_t check_all(void)
{
	static char name[AKIRA_PATH_MAX + 1];
	int32_t count = 0;
	int32_t len;

	while ((len = akira_fs_list("", 0, count, name, sizeof(name) - 1)) >= 0) {
		name[len] = '\0';
		akira_line_text(&line, name);
		akira_line_text(&line, is_whole(name) ? " is whole" : " is broken");
		if (!is_whole(name)) {
			akira_log_error(line.text, line.len);
			akira_app_exit(2);
		}
		akira_line_log(&line);
		count++;
	}
	if (len != AKIRA_ENOENT) {
		fail("listing", "the folder", len);
	}
	return count;
}

static void say(int32_t number, const char *what)
{
	akira_line_number(&line, number);
	akira_line_text(&line, what);
	akira_line_log(&line);
}

void _start(void)
{
	int32_t result = akira_fs_delete(unfinished, sizeof(unfinished) - 1);

	if (result < 0 && result != AKIRA_ENOENT) {
		fail("deleting", unfinished, result);
	}
	say(check_all(), " files were there");

	for (int32_t i = 0; i < FILES; i++) {
		write_file(names[i], sizes[i]);
	}
	check(akira_fs_rename(AKIRA_TEXT("alpha"), AKIRA_TEXT("omega")), "renaming", "alpha");
	check(akira_fs_delete(AKIRA_TEXT("beta")), "deleting", "beta");
	result = akira_fs_stat(AKIRA_TEXT("beta"));
	if (result != AKIRA_ENOENT) {
		fail("beta should be gone", "", result);
	}
	say(check_all(), " files are there and whole");
}
