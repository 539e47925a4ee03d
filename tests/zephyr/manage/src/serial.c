/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The serial line, between a UART whose other end is the test and a link that gives back what it
 * gets.
 */

#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/serial/uart_emul.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include "serial.h"

static const struct device *const uart = DEVICE_DT_GET(DT_CHOSEN(akira_serial));

static uint8_t sent[3000];
static uint8_t got[3000];

static void *begin(void)
{
	zassert_ok(akira_serial_open());
	for (size_t i = 0; i < sizeof(sent); i++) {
		sent[i] = (uint8_t)(i * 7 + i / 256);
	}

	return NULL;
}

/* What has come back after a while in which nothing more came. */
static size_t collect(void)
{
	size_t len = 0;

	for (int quiet = 0; quiet < 5 && len < sizeof(got);) {
		size_t more = uart_emul_get_tx_data(uart, &got[len], sizeof(got) - len);

		quiet = more == 0 ? quiet + 1 : 0;
		len += more;
		k_msleep(20);
	}

	return len;
}

ZTEST_SUITE(serial, NULL, begin, NULL, NULL, NULL);

ZTEST(serial, test_bytes_go_through_in_order)
{
	/* No more at a time than the UART's queue holds, as a line has its speed. */
	for (size_t at = 0; at < sizeof(sent); at += 250) {
		zassert_equal(uart_emul_put_rx_data(uart, &sent[at], 250), 250);
		zassert_equal(collect(), 250, "at %zu", at);
		zassert_mem_equal(got, &sent[at], 250, "at %zu", at);
	}
}

ZTEST(serial, test_single_bytes_go_through)
{
	for (size_t i = 0; i < 20; i++) {
		zassert_equal(uart_emul_put_rx_data(uart, &sent[i], 1), 1);
		k_msleep(5);
	}
	zassert_equal(collect(), 20);
	zassert_mem_equal(got, sent, 20);
}

ZTEST(serial, test_it_goes_on_after_a_flood)
{
	static const uint8_t after[] = "after the flood";

	/* Nobody takes what comes back meanwhile, so the queues behind the UART fill up. */
	for (int i = 0; i < 200; i++) {
		(void)uart_emul_put_rx_data(uart, sent, 400);
		k_yield();
	}
	k_msleep(100);
	while (collect() > 0) {
	}
	zassert_equal(uart_emul_put_rx_data(uart, after, sizeof(after)), sizeof(after));
	zassert_equal(collect(), sizeof(after));
	zassert_mem_equal(got, after, sizeof(after));
}
