/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A simulated radio without --akira-rf-port: it works, and nobody hears it.
 */

#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "rf.h"

static int heard;

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

void akira_rf_received(const void *packet, size_t len, int16_t rssi_dbm)
{
	ARG_UNUSED(packet);
	ARG_UNUSED(len);
	ARG_UNUSED(rssi_dbm);
	heard++;
}

ZTEST_SUITE(rf_no_air, NULL, NULL, NULL, NULL, NULL);

ZTEST(rf_no_air, test_packets_go_nowhere)
{
	zassert_true(akira_rf_present());
	zassert_ok(akira_rf_send("before it receives", 18));
	akira_rf_open();
	zassert_ok(akira_rf_send("hello", 5));
	zassert_ok(akira_rf_tune(868300000, 14));
	zassert_ok(akira_rf_send("hello", 5));
	zassert_equal(akira_rf_send("", 0), -22);
	k_msleep(50);
	zassert_equal(heard, 0);
}
