/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the owner decides: by default, by Kconfig, and on the command line, a build for each.
 */

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "policy.h"

#define ALL 0x3ff

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

ZTEST_SUITE(policy, NULL, NULL, NULL, NULL, NULL);

ZTEST(policy, test_who_decides)
{
	if (sizeof(CONFIG_AKIRA_GRANT) == 1) {
		zassert_equal(akira_signature_policy(), AKIRA_SIGNATURES_OFF);
		zassert_equal(akira_grantable(), ALL);
	} else if (sizeof(CONFIG_NATIVE_EXTRA_CMDLINE_ARGS) == 1) {
		zassert_equal(akira_signature_policy(), AKIRA_SIGNATURES_REQUIRE);
		zassert_equal(akira_grantable(), BIT(4) | BIT(0));
	} else {
		zassert_equal(akira_signature_policy(), AKIRA_SIGNATURES_WARN);
		zassert_equal(akira_grantable(), BIT(9));
	}
}

ZTEST(policy, test_lists_of_capabilities)
{
	static const struct {
		const char *list;
		uint32_t bits;
	} good[] = {
		{"display", BIT(0)},
		{"ipc", BIT(9)},
		{"ipc,display", BIT(9) | BIT(0)},
		{"network_client,network_server", BIT(6) | BIT(7)},
		{"rf,rf", BIT(3)},
		{AKIRA_CAPABILITY_NAMES, ALL},
	};
	static const char *const bad[] = {
		"",         ",",       "display,",    ",display",   "display,,rf", "displa",
		"display2", "Display", "display, rf", "display;rf", "*",           "all",
	};
	uint32_t bits;

	ARRAY_FOR_EACH(good, i) {
		zassert_true(akira_policy_capabilities(good[i].list, &bits), "%s", good[i].list);
		zassert_equal(bits, good[i].bits, "%s", good[i].list);
	}
	ARRAY_FOR_EACH(bad, i) {
		zassert_false(akira_policy_capabilities(bad[i], &bits), "\"%s\"", bad[i]);
	}
}

ZTEST(policy, test_signature_policies)
{
	static const char *const bad[] = {"", "on", "OFF", "off ", "requir", "required"};
	uint32_t policy;

	zassert_true(akira_policy_signatures("off", &policy));
	zassert_equal(policy, AKIRA_SIGNATURES_OFF);
	zassert_true(akira_policy_signatures("warn", &policy));
	zassert_equal(policy, AKIRA_SIGNATURES_WARN);
	zassert_true(akira_policy_signatures("require", &policy));
	zassert_equal(policy, AKIRA_SIGNATURES_REQUIRE);
	ARRAY_FOR_EACH(bad, i) {
		zassert_false(akira_policy_signatures(bad[i], &policy), "\"%s\"", bad[i]);
	}
}
