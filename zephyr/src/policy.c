/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the device's owner has decided about apps: by Kconfig, and for a native_sim image on its
 * command line.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/util.h>

#include <akira/platform.h>
#include "policy.h"

#if defined(CONFIG_BOARD_NATIVE_SIM)
#include "native_sim/options.h"
#endif

/* The part of @p list up to a comma or the end. */
static size_t name_len(const char *list)
{
	return strcspn(list, ",");
}

/* The list after the name at its begin; NULL when that was the last. */
static const char *next_name(const char *list)
{
	list += name_len(list);

	return *list == ',' ? list + 1 : NULL;
}

/* The bit of the capability whose name begins @p list; 0 when there is none. */
static uint32_t bit_of(const char *list)
{
	const char *known = AKIRA_CAPABILITY_NAMES;
	size_t len = name_len(list);

	for (uint32_t bit = 1; known != NULL; bit <<= 1) {
		if (name_len(known) == len && strncmp(known, list, len) == 0) {
			return bit;
		}
		known = next_name(known);
	}

	return 0;
}

bool akira_policy_capabilities(const char *list, uint32_t *bits)
{
	*bits = 0;
	while (list != NULL) {
		uint32_t bit = bit_of(list);

		if (bit == 0) {
			return false;
		}
		*bits |= bit;
		list = next_name(list);
	}

	return true;
}

bool akira_policy_signatures(const char *name, uint32_t *policy)
{
	static const char *const names[] = {
		[AKIRA_SIGNATURES_OFF] = "off",
		[AKIRA_SIGNATURES_WARN] = "warn",
		[AKIRA_SIGNATURES_REQUIRE] = "require",
	};

	ARRAY_FOR_EACH(names, i) {
		if (strcmp(name, names[i]) == 0) {
			*policy = i;
			return true;
		}
	}

	return false;
}

uint32_t akira_signature_policy(void)
{
	uint32_t policy = IS_ENABLED(CONFIG_AKIRA_SIGNATURES_REQUIRE) ? AKIRA_SIGNATURES_REQUIRE
			  : IS_ENABLED(CONFIG_AKIRA_SIGNATURES_WARN)  ? AKIRA_SIGNATURES_WARN
								      : AKIRA_SIGNATURES_OFF;

#if defined(CONFIG_BOARD_NATIVE_SIM)
	policy = akira_option_signatures(policy);
#endif

	return policy;
}

uint32_t akira_grantable(void)
{
	const char *list = CONFIG_AKIRA_GRANT;
	uint32_t bits;

	if (list[0] == '\0') {
		list = AKIRA_CAPABILITY_NAMES;
	}
	/* The build has checked the names (cmake/akira_policy.cmake). */
	if (!akira_policy_capabilities(list, &bits)) {
		bits = 0;
	}

#if defined(CONFIG_BOARD_NATIVE_SIM)
	bits = akira_option_grant(bits);
#endif

	return bits;
}

uint32_t akira_instruction_budget(void)
{
#if defined(CONFIG_AKIRA_INSTRUCTION_METERING)
	return CONFIG_AKIRA_INSTRUCTION_BUDGET;
#else
	return 0;
#endif
}
