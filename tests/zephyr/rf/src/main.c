/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The packet radio over the simulated modem. The peer is a socket of the host's on the same air,
 * which speaks the frame format by itself.
 */

#include <string.h>

#include <zephyr/drivers/lora.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/ztest.h>

#include <akira/platform.h>
#include "akira.h"
#include "native_sim/host_rf.h"
#include "native_sim/options.h"
#include "rf.h"

#define HEAD    20
#define POWER   10
#define PATIENT K_SECONDS(2)

struct heard {
	int16_t rssi;
	uint16_t len;
	uint8_t data[256];
};

K_MSGQ_DEFINE(heard, sizeof(struct heard), 64, 4);

static int peer = -1;
static uint16_t port;
/* Of this run alone: another may be on the same air. */
static uint32_t frequency;

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

void akira_rf_received(const void *packet, size_t len, int16_t rssi_dbm)
{
	struct heard one = {.rssi = rssi_dbm, .len = (uint16_t)len};

	memcpy(one.data, packet, len);
	(void)k_msgq_put(&heard, &one, K_NO_WAIT);
}

static void *setup(void)
{
	zassert_true(akira_rf_present());
	zassert_ok(akira_random(&frequency, sizeof(frequency)));
	frequency = 400000000 + frequency % 100000000;
	akira_rf_open();
	port = akira_option_rf_port();
	peer = akira_host_rf_open(port);
	zassert_true(peer >= 0);

	return NULL;
}

static void before(void *fixture)
{
	uint8_t frame[HEAD];

	ARG_UNUSED(fixture);
	zassert_ok(akira_rf_tune(frequency, POWER));
	k_msgq_purge(&heard);
	while (akira_host_rf_recv(peer, frame, sizeof(frame)) >= 0) {
	}
}

ZTEST_SUITE(rf, NULL, setup, before, NULL, NULL);

/* The next frame on the air with this run's frequency; its length, or -1. */
static int hear_frame(uint8_t *frame, size_t size, uint32_t on)
{
	k_timepoint_t until = sys_timepoint_calc(PATIENT);

	while (!sys_timepoint_expired(until)) {
		int len = akira_host_rf_recv(peer, frame, size);

		if (len >= HEAD && sys_get_le32(&frame[4]) == on) {
			return len;
		}
		if (len < 0) {
			k_msleep(1);
		}
	}

	return -1;
}

/* A frame as another device would send it. */
static size_t make_frame(uint8_t *frame, const void *data, size_t len)
{
	memcpy(frame, "AKRF", 4);
	sys_put_le32(frequency, &frame[4]);
	frame[8] = 20;
	frame[9] = 0;
	sys_put_le16((uint16_t)len, &frame[10]);
	memcpy(&frame[12], "somebody", 8);
	memcpy(&frame[HEAD], data, len);

	return HEAD + len;
}

static void air(const uint8_t *frame, size_t len)
{
	zassert_ok(akira_host_rf_send(peer, port, frame, len));
}

static void air_text(const char *text)
{
	uint8_t frame[HEAD + 256];

	air(frame, make_frame(frame, text, strlen(text)));
}

static void expect_text(const char *text)
{
	struct heard one;

	zassert_ok(k_msgq_get(&heard, &one, PATIENT), "\"%s\" was not heard", text);
	zassert_equal(one.len, strlen(text), "heard %u bytes, not \"%s\"", one.len, text);
	zassert_mem_equal(one.data, text, one.len);
}

ZTEST(rf, test_a_packet_goes_out_as_a_frame)
{
	uint8_t first[HEAD + 257];
	uint8_t second[HEAD + 257];

	zassert_ok(akira_rf_send("hello", 5));
	zassert_equal(hear_frame(first, sizeof(first), frequency), HEAD + 5);
	zassert_mem_equal(first, "AKRF", 4);
	zassert_equal((int8_t)first[8], POWER);
	zassert_equal(first[9], 0);
	zassert_equal(sys_get_le16(&first[10]), 5);
	zassert_mem_equal(&first[HEAD], "hello", 5);

	zassert_ok(akira_rf_tune(frequency, -3));
	zassert_ok(akira_rf_send("again", 5));
	zassert_equal(hear_frame(second, sizeof(second), frequency), HEAD + 5);
	zassert_equal((int8_t)second[8], -3);
	zassert_mem_equal(&first[12], &second[12], 8, "a sender keeps its number");
}

ZTEST(rf, test_packets_of_every_length)
{
	uint8_t data[256];
	uint8_t frame[HEAD + 257];
	struct heard one;

	for (size_t len = 1; len <= sizeof(data); len++) {
		memset(data, (int)len, len);
		zassert_ok(akira_rf_send(data, len));
		zassert_equal(hear_frame(frame, sizeof(frame), frequency), HEAD + len);
		zassert_mem_equal(&frame[HEAD], data, len);

		air(frame, make_frame(frame, data, len));
		zassert_ok(k_msgq_get(&heard, &one, PATIENT), "%zu bytes", len);
		zassert_equal(one.len, len);
		zassert_mem_equal(one.data, data, len);
		zassert_equal(one.rssi, 20 - 60);
		/* The peer hears its own as well. */
		zassert_equal(hear_frame(frame, sizeof(frame), frequency), HEAD + len);
	}
	zassert_equal(akira_rf_send(data, 0), -22);
	zassert_equal(akira_rf_send(data, 257), -22);
}

ZTEST(rf, test_its_own_frames_are_not_heard)
{
	uint8_t own[HEAD + 257];
	int len;

	zassert_ok(akira_rf_send("mine", 4));
	len = hear_frame(own, sizeof(own), frequency);
	zassert_equal(len, HEAD + 4);
	/* Also not when they come once more. */
	air(own, len);
	air_text("not mine");
	expect_text("not mine");
}

ZTEST(rf, test_frames_that_are_none)
{
	uint8_t frame[HEAD + 300];
	size_t len = make_frame(frame, "packet", 6);

	for (size_t cut = 0; cut < len; cut++) {
		air(frame, cut);
	}
	/* Longer than it says. */
	air(frame, len + 1);
	frame[0] = 'B';
	air(frame, len);
	frame[0] = 'A';
	frame[9] = 1;
	air(frame, len);
	frame[9] = 0;
	sys_put_le16(0, &frame[10]);
	air(frame, HEAD);
	sys_put_le16(257, &frame[10]);
	air(frame, HEAD + 257);
	sys_put_le16(300, &frame[10]);
	air(frame, HEAD + 300);
	sys_put_le16(UINT16_MAX, &frame[10]);
	air(frame, len);

	air_text("good");
	expect_text("good");
}

ZTEST(rf, test_only_its_frequency_is_heard)
{
	uint8_t frame[HEAD + 16];
	size_t len = make_frame(frame, "elsewhere", 9);

	sys_put_le32(frequency + 1, &frame[4]);
	air(frame, len);
	air_text("here");
	expect_text("here");

	zassert_ok(akira_rf_tune(frequency + 1, POWER));
	air_text("left behind");
	air(frame, len);
	expect_text("elsewhere");
	zassert_ok(akira_rf_send("x", 1));
	/* The peer's own two come first. */
	zassert_equal(hear_frame(frame, sizeof(frame), frequency + 1), HEAD + 9);
	zassert_equal(hear_frame(frame, sizeof(frame), frequency + 1), HEAD + 9);
	zassert_equal(hear_frame(frame, sizeof(frame), frequency + 1), HEAD + 1);
}

ZTEST(rf, test_what_it_cannot_be_set_to)
{
	static const struct {
		uint32_t frequency;
		int8_t power;
	} bad[] = {
		{0, 14},
		{CONFIG_AKIRA_RF_FREQUENCY_MIN - 1, 14},
		{CONFIG_AKIRA_RF_FREQUENCY_MAX + 1, 14},
		{UINT32_MAX, 14},
		{868100000, CONFIG_AKIRA_RF_POWER_MIN - 1},
		{868100000, CONFIG_AKIRA_RF_POWER_MAX + 1},
		{868100000, INT8_MIN},
	};

	ARRAY_FOR_EACH(bad, i) {
		zassert_equal(akira_rf_tune(bad[i].frequency, bad[i].power), -22, "%zu", i);
	}
	/* It is where it was. */
	air_text("still here");
	expect_text("still here");
}

/* One at a time, as a modem does, but nothing that comes between is lost here. */
ZTEST(rf, test_it_receives_again_after_each_packet_sent)
{
	const struct device *modem = DEVICE_DT_GET(DT_ALIAS(lora0));
	uint8_t byte = 0;
	char text[8];

	for (int i = 0; i < 100; i++) {
		snprintk(text, sizeof(text), "in %d", i);
		air_text(text);
		zassert_ok(akira_rf_send("out", 3));
		expect_text(text);
		zassert_equal(lora_send(modem, &byte, 1), -EBUSY);
		zassert_equal(lora_recv(modem, &byte, 1, K_NO_WAIT, NULL, NULL), -EBUSY);
	}
}

/* More than fits anywhere: some are lost, the radio is not. */
ZTEST(rf, test_a_flood)
{
	struct heard one;
	int count = 0;

	for (int i = 0; i < 2000; i++) {
		air_text("flood");
		if (i % 100 == 0) {
			zassert_ok(akira_rf_send("out", 3));
			k_msleep(1);
		}
	}
	while (k_msgq_get(&heard, &one, K_MSEC(200)) == 0) {
		count++;
	}
	zassert_true(count > 0);
	air_text("after it");
	expect_text("after it");
}
