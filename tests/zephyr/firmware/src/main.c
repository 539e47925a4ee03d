/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What does not need slots: keys, and a device that has no slots.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

ZTEST_SUITE(firmware_keys, NULL, NULL, NULL, NULL, NULL);

ZTEST(firmware_keys, test_keys_of_the_build)
{
	uint8_t key[AKIRA_FIRMWARE_KEY_MAX];
	size_t len;

	zassert_is_null(akira_firmware_key_text(&len));
	zassert_equal(len, 0);
	zassert_false(akira_firmware_unsigned());

#if defined(CONFIG_AKIRA_FIRMWARE_KEY)
	if (CONFIG_AKIRA_FIRMWARE_KEY[0] != '\0') {
		/* The begin and the end of keys/ed25519.pem, then of keys/p256.pem. */
		static const uint8_t ed25519[] = {0x19, 0x9e, 0x07, 0xcc, 0xc5, 0xe9, 0xf0, 0x62};
		static const uint8_t p256[] = {0x04, 0x28, 0xc7, 0xb2, 0xbe, 0xb6, 0x92, 0x32};

		zassert_equal(akira_firmware_key(0, key), 32);
		zassert_mem_equal(key, ed25519, 4);
		zassert_mem_equal(&key[28], &ed25519[4], 4);
		zassert_equal(akira_firmware_key(1, key), 65);
		zassert_mem_equal(key, p256, 4);
		zassert_mem_equal(&key[61], &p256[4], 4);
		zassert_equal(akira_firmware_key(2, key), 0);
		zassert_equal(akira_firmware_key(SIZE_MAX, key), 0);
		return;
	}
#endif
	zassert_equal(akira_firmware_key(0, key), 0);
	zassert_equal(akira_firmware_key(1, key), 0);
}

#if !defined(CONFIG_AKIRA_FIRMWARE)
ZTEST(firmware_keys, test_a_device_without_slots)
{
	struct akira_firmware_info info = {.size = 1};
	uint8_t byte;

	zassert_false(akira_firmware_info(&info));
	zassert_equal(info.size, 0);
	zassert_equal(akira_firmware_read(AKIRA_FIRMWARE_PRIMARY, 0, &byte, 1), -ENODEV);
	zassert_equal(akira_firmware_open(0), -ENODEV);
	zassert_equal(akira_firmware_write(&byte, 1), -ENODEV);
	zassert_equal(akira_firmware_flush(), -ENODEV);
	zassert_equal(akira_firmware_erase(), -ENODEV);
	zassert_equal(akira_firmware_request_test(), -ENODEV);
	zassert_equal(akira_firmware_swap(), -ENODEV);
	zassert_equal(akira_firmware_confirmed(), -ENODEV);
	zassert_equal(akira_firmware_confirm(), -ENODEV);
	zassert_false(akira_can_reboot());
	zassert_equal(akira_reboot(), -ENOTSUP);
}
#endif
