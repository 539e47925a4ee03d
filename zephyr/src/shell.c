/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The command akira of Zephyr's shell. What it does and says comes from the runtime; names of apps
 * are completed.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>
#if defined(CONFIG_AKIRA_SHELL_CONSOLE)
#include <zephyr/shell/shell_uart.h>
#endif

#include "akira.h"
#include "shell_console.h"

static void print_line(void *context, const char *line, size_t len, bool is_error)
{
	const struct shell *sh = context;

	shell_fprintf(sh, is_error ? SHELL_ERROR : SHELL_NORMAL, "%.*s\n", (int)len, line);
}

/* The words from the command's name on are what the runtime takes. */
static int run(const struct shell *sh, size_t argc, char **argv)
{
	uint16_t status = akira_control((const char *const *)argv, argc, print_line, (void *)sh);

	return status == 0 ? 0 : -EINVAL;
}

/* The names of apps, one for each @p index. The shell keeps pointers while it completes a word. */
static void app_name(size_t index, struct shell_static_entry *entry)
{
	static char names[AKIRA_APPS_MAX][AKIRA_NAME_SIZE];
	struct akira_app app;

	entry->syntax = NULL;
	entry->handler = NULL;
	entry->subcmd = NULL;
	entry->help = NULL;
	if (index < ARRAY_SIZE(names) && akira_app_at(index, &app)) {
		memcpy(names[index], app.name, sizeof(names[index]));
		entry->syntax = names[index];
	}
}

SHELL_DYNAMIC_CMD_CREATE(app_names, app_name);

SHELL_STATIC_SUBCMD_SET_CREATE(
	commands, SHELL_CMD_ARG(apps, NULL, "The installed apps.", run, 1, 0),
	SHELL_CMD_ARG(audit, NULL, "[COUNT]: the last records of the audit log; 20 unless told.",
		      run, 1, 1),
	SHELL_CMD_ARG(log, &app_names,
		      "NAME [COUNT]: the last lines of an app's log; 20 unless told.", run, 2, 1),
	SHELL_CMD_ARG(ota, NULL,
		      "[test|confirm|revert]: the firmware's state; try, keep or leave an image.",
		      run, 1, 1),
	SHELL_CMD_ARG(reboot, NULL, "Restart the device.", run, 1, 0),
	SHELL_CMD_ARG(restart, &app_names, "NAME: stop an app if it runs, then start it.", run, 2,
		      0),
	SHELL_CMD_ARG(rollback, &app_names,
		      "NAME: put the version before an app's last update in place again.", run, 2,
		      0),
	SHELL_CMD_ARG(start, &app_names, "NAME: start an app.", run, 2, 0),
	SHELL_CMD_ARG(status, NULL, "Memory, storage and uptime.", run, 1, 0),
	SHELL_CMD_ARG(stop, &app_names, "NAME: stop an app.", run, 2, 0), SHELL_SUBCMD_SET_END);

SHELL_CMD_REGISTER(akira, &commands, "Apps and the device.", NULL);

#if defined(CONFIG_AKIRA_SHELL_CONSOLE)
bool akira_shell_console(const char *line, size_t len)
{
	const struct shell *sh = shell_backend_uart_get_ptr();

	/* Printing to a shell that has not started, or has been stopped, would wait for ever. */
	if (!DT_SAME_NODE(DT_CHOSEN(zephyr_console), DT_CHOSEN(zephyr_shell_uart)) ||
	    sh->ctx->state != SHELL_STATE_ACTIVE || k_is_in_isr()) {
		return false;
	}
	shell_fprintf(sh, SHELL_NORMAL, "%.*s\n", (int)len, line);

	return true;
}
#endif
