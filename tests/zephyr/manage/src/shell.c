/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The shell's command, typed into a shell without a terminal.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>
#include <zephyr/shell/shell_dummy.h>
#include <zephyr/ztest.h>

#include "runtime.h"

static const struct shell *sh;

/* Types a line; what the shell says about it. */
static const char *type(const char *line, int *result)
{
	size_t len;

	shell_backend_dummy_clear_output(sh);
	last_command[0] = '\0';
	*result = shell_execute_cmd(sh, line);

	return shell_backend_dummy_get_output(sh, &len);
}

static void *begin(void)
{
	sh = shell_backend_dummy_get_ptr();
	WAIT_FOR(shell_ready(sh), 1000000, k_msleep(10));
	zassert_true(shell_ready(sh));

	return NULL;
}

ZTEST_SUITE(shell, NULL, begin, NULL, NULL, NULL);

ZTEST(shell, test_words_go_to_the_runtime_and_lines_come_back)
{
	static const char *const lines[] = {"apps",      "status",      "ota",        "audit",
					    "audit 5",   "start app00", "stop app01", "restart x",
					    "log app02", "log app02 7", "start app0", "rollback x"};
	int result;

	ARRAY_FOR_EACH_PTR(lines, line) {
		char typed[48];
		const char *said;

		(void)snprintf(typed, sizeof(typed), "akira %s", *line);
		said = type(typed, &result);
		zassert_ok(result, "%s: %s", *line, said);
		zassert_str_equal(last_command, *line);
		zassert_not_null(strstr(said, "first line"), "%s", said);
		zassert_not_null(strstr(said, "second line"), "%s", said);
	}
}

ZTEST(shell, test_what_goes_wrong_is_told)
{
	const char *said;
	int result;

	said = type("akira start nobody", &result);
	zassert_not_equal(result, 0);
	zassert_not_null(strstr(said, "There is no app named nobody."), "%s", said);
}

ZTEST(shell, test_wrong_words_never_reach_the_runtime)
{
	static const char *const lines[] = {"akira start", "akira stop a b",  "akira apps x",
					    "akira log",   "akira log a 1 2", "akira rollback"};
	int result;

	ARRAY_FOR_EACH_PTR(lines, line) {
		(void)type(*line, &result);
		zassert_not_equal(result, 0, "%s", *line);
		zassert_str_equal(last_command, "", "%s", *line);
	}
}
