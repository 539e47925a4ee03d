/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Command-line options of a native_sim image: --akira-port and --akira-token.
 */

#include <stdbool.h>
#include <stddef.h>

#include <cmdline.h>
#include <posix_native_task.h>
#include <zephyr/arch/posix/posix_trace.h>

#include "options.h"

static char *token;
static unsigned int port;
static bool port_given;

static void port_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	port_given = true;
}

static void add_options(void)
{
	static struct args_struct_t options[] = {
		{.option = "akira-port",
		 .name = "port",
		 .type = 'u',
		 .dest = (void *)&port,
		 .call_when_found = port_found,
		 .descript = "TCP port of the HTTP API on 127.0.0.1; 0 takes a free one"},
		{.option = "akira-token",
		 .name = "token",
		 .type = 's',
		 .dest = (void *)&token,
		 .descript = "Admin token to set at the first boot, instead of a random one"},
		ARG_TABLE_ENDMARKER,
	};

	native_add_command_line_opts(options);
}

NATIVE_TASK(add_options, PRE_BOOT_1, 1);

const char *akira_option_token(void)
{
	return token;
}

uint16_t akira_option_port(uint16_t fallback)
{
	if (!port_given) {
		return fallback;
	}
	if (port > UINT16_MAX) {
		posix_print_error_and_exit("--akira-port=%u is no TCP port; give 0 to 65535\n",
					   port);
	}

	return (uint16_t)port;
}
