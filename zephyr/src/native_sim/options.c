/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Command-line options of a native_sim image. What an option cannot be ends the image.
 */

#include <stdbool.h>
#include <stddef.h>

#include <cmdline.h>
#include <posix_native_task.h>
#include <zephyr/arch/posix/posix_trace.h>

#include <akira/platform.h>
#include "policy.h"
#include "host.h"
#include "options.h"

static char *token;
static char *signatures;
static char *grant;
static char *firmware_key;
static unsigned int port;
static bool port_given;
static unsigned int rf_port;
static bool rf_port_given;
static unsigned int smp_port;
static bool smp_port_given;
static unsigned int health_seconds;
static bool health_seconds_given;
#ifdef CONFIG_AKIRA_FLASH_CUT
static unsigned int flash_cut;
static unsigned int flash_cut_part;
static bool flash_cut_part_given;
#endif

static void port_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	port_given = true;
}

static void rf_port_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	rf_port_given = true;
}

static void smp_port_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	smp_port_given = true;
}

static void health_seconds_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	health_seconds_given = true;
}

#ifdef CONFIG_AKIRA_FLASH_CUT
static void flash_cut_part_found(char *argument, int offset)
{
	(void)argument;
	(void)offset;
	flash_cut_part_given = true;
}
#endif

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
		{.option = "akira-rf-port",
		 .name = "port",
		 .type = 'u',
		 .dest = (void *)&rf_port,
		 .call_when_found = rf_port_found,
		 .descript = "UDP port on 127.255.255.255 that is the radio's air; without it, "
			     "packets go nowhere"},
		{.option = "akira-smp-port",
		 .name = "port",
		 .type = 'u',
		 .dest = (void *)&smp_port,
		 .call_when_found = smp_port_found,
		 .descript = "UDP port of SMP on 127.0.0.1, where the image has it"},
		{.option = "akira-signatures",
		 .name = "policy",
		 .type = 's',
		 .dest = (void *)&signatures,
		 .descript = "What becomes of apps without a trusted signature: off, warn or "
			     "require"},
		{.option = "akira-grant",
		 .name = "capabilities",
		 .type = 's',
		 .dest = (void *)&grant,
		 .descript = "The capabilities that apps can have at most, with commas between "
			     "them"},
		{.option = "akira-firmware-key",
		 .name = "file",
		 .type = 's',
		 .dest = (void *)&firmware_key,
		 .descript = "PEM file with the public key that firmware images are taken from, "
			     "instead of the build's"},
		{.option = "akira-health-seconds",
		 .name = "seconds",
		 .type = 'u',
		 .dest = (void *)&health_seconds,
		 .call_when_found = health_seconds_found,
		 .descript = "How long a boot must last to count as a good one, after which "
			     "firmware on trial is confirmed"},
#ifdef CONFIG_AKIRA_FLASH_CUT
		{.option = "akira-flash-cut",
		 .name = "number",
		 .type = 'u',
		 .dest = (void *)&flash_cut,
		 .descript = "Ends the process at that write or erase of the flash, from 1 on; 0 "
			     "at none"},
		{.option = "akira-flash-cut-part",
		 .name = "percent",
		 .type = 'u',
		 .dest = (void *)&flash_cut_part,
		 .call_when_found = flash_cut_part_found,
		 .descript = "How much of it is done then, 0 to 100"},
#endif
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

uint32_t akira_option_health_seconds(uint32_t fallback)
{
	if (!health_seconds_given) {
		return fallback;
	}
	if (health_seconds > 3600) {
		posix_print_error_and_exit("--akira-health-seconds=%u is too long; give 0 to "
					   "3600\n",
					   health_seconds);
	}

	return health_seconds;
}

uint16_t akira_option_rf_port(void)
{
	if (!rf_port_given) {
		return 0;
	}
	if (rf_port == 0 || rf_port > UINT16_MAX) {
		posix_print_error_and_exit("--akira-rf-port=%u is no UDP port; give 1 to 65535\n",
					   rf_port);
	}

	return (uint16_t)rf_port;
}

uint16_t akira_option_smp_port(uint16_t fallback)
{
	if (!smp_port_given) {
		return fallback;
	}
	if (smp_port == 0 || smp_port > UINT16_MAX) {
		posix_print_error_and_exit("--akira-smp-port=%u is no UDP port; give 1 to 65535\n",
					   smp_port);
	}

	return (uint16_t)smp_port;
}

uint32_t akira_option_signatures(uint32_t fallback)
{
	uint32_t policy = fallback;

	if (signatures != NULL && !akira_policy_signatures(signatures, &policy)) {
		posix_print_error_and_exit(
			"--akira-signatures=%s is no policy; give off, warn or require\n",
			signatures);
	}

	return policy;
}

uint32_t akira_option_grant(uint32_t fallback)
{
	uint32_t bits = fallback;

	if (grant != NULL && !akira_policy_capabilities(grant, &bits)) {
		posix_print_error_and_exit(
			"--akira-grant=%s names something that is no capability; give some of "
			"%s, with commas and no spaces\n",
			grant, AKIRA_CAPABILITY_NAMES);
	}

	return bits;
}

const char *akira_option_firmware_key(size_t *len)
{
	static char text[2048];
	int got;

	*len = 0;
	if (firmware_key == NULL) {
		return NULL;
	}
	got = akira_host_read_file(firmware_key, text, sizeof(text));
	if (got < 0) {
		posix_print_error_and_exit("--akira-firmware-key=%s cannot be read, or is longer "
					   "than any key\n",
					   firmware_key);
	}
	*len = (size_t)got;

	return text;
}

#ifdef CONFIG_AKIRA_FLASH_CUT
uint32_t akira_option_flash_cut(uint32_t *percent)
{
	if (!flash_cut_part_given) {
		flash_cut_part = 0;
	}
	if (flash_cut_part > 100) {
		posix_print_error_and_exit("--akira-flash-cut-part=%u is no part; give 0 to 100\n",
					   flash_cut_part);
	}
	*percent = flash_cut_part;

	return flash_cut;
}
#endif
