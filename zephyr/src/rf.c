/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The packet radio: Zephyr's LoRa device of the alias lora0.
 *
 * A LoRa modem does one thing at a time. It receives always, except while it is set or sends. What
 * it receives is handed to the runtime on a thread of its own, since a driver calls back on
 * whatever thread it has, whose stack may be small, and must not wait for the runtime's locks.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/lora.h>
#include <zephyr/kernel.h>

#include <akira/platform.h>
#include "akira.h"
#include "errnos.h"
#include "rf.h"

#define PACKET_MAX CONFIG_AKIRA_RF_PACKET_MAX
#define PREAMBLE   8

BUILD_ASSERT(CONFIG_AKIRA_RF_FREQUENCY >= CONFIG_AKIRA_RF_FREQUENCY_MIN &&
		     CONFIG_AKIRA_RF_FREQUENCY <= CONFIG_AKIRA_RF_FREQUENCY_MAX,
	     "the radio begins on a frequency that it may not use");
BUILD_ASSERT(CONFIG_AKIRA_RF_POWER >= CONFIG_AKIRA_RF_POWER_MIN &&
		     CONFIG_AKIRA_RF_POWER <= CONFIG_AKIRA_RF_POWER_MAX,
	     "the radio begins with a power that it may not use");

struct packet {
	int16_t rssi;
	uint16_t len;
	uint8_t data[PACKET_MAX];
};

static const struct device *const radio = DEVICE_DT_GET(DT_ALIAS(lora0));

/* One user at a time; guards what follows. */
static K_MUTEX_DEFINE(radio_lock);
static bool receiving;
static uint32_t frequency = CONFIG_AKIRA_RF_FREQUENCY;
static int8_t power = CONFIG_AKIRA_RF_POWER;

K_MSGQ_DEFINE(received, sizeof(struct packet), CONFIG_AKIRA_RF_QUEUE, __alignof__(struct packet));
static K_THREAD_STACK_DEFINE(rf_stack, CONFIG_AKIRA_RF_STACK_SIZE);
static struct k_thread rf_thread;
static bool opened;

static int configure(bool transmit)
{
	struct lora_modem_config config = {
		.frequency = frequency,
		.bandwidth = IS_ENABLED(CONFIG_AKIRA_RF_BANDWIDTH_500)   ? BW_500_KHZ
			     : IS_ENABLED(CONFIG_AKIRA_RF_BANDWIDTH_250) ? BW_250_KHZ
									 : BW_125_KHZ,
		.datarate = (enum lora_datarate)CONFIG_AKIRA_RF_SPREADING_FACTOR,
		.coding_rate = CR_4_5,
		.preamble_len = PREAMBLE,
		.tx_power = power,
		.tx = transmit,
	};

	return lora_config(radio, &config);
}

/* On a thread of the driver's. */
static void on_packet(const struct device *dev, uint8_t *data, uint16_t size, int16_t rssi,
		      int8_t snr, void *user_data)
{
	/* Drivers call back from one thread, and the queue takes a copy. */
	static struct packet packet;

	ARG_UNUSED(dev);
	ARG_UNUSED(snr);
	ARG_UNUSED(user_data);

	if (size == 0 || size > PACKET_MAX) {
		return;
	}
	packet.rssi = rssi;
	packet.len = size;
	memcpy(packet.data, data, size);
	/* A packet for which there is no room is lost, as on the air. */
	(void)k_msgq_put(&received, &packet, K_NO_WAIT);
}

static void pause_receiving(void)
{
	if (receiving) {
		(void)lora_recv_async(radio, NULL, NULL);
		receiving = false;
	}
}

static int resume_receiving(void)
{
	int ret;

	if (!opened) {
		return 0;
	}
	ret = configure(false);
	if (ret == 0) {
		ret = lora_recv_async(radio, on_packet, NULL);
	}
	receiving = ret == 0;

	return ret;
}

static void rf_main(void *unused1, void *unused2, void *unused3)
{
	/* Too large for the stack; there is one such thread. */
	static struct packet packet;

	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		(void)k_msgq_get(&received, &packet, K_FOREVER);
		akira_rf_received(packet.data, packet.len, packet.rssi);
	}
}

void akira_rf_open(void)
{
	k_tid_t tid;

	if (!akira_rf_present()) {
		return;
	}

	tid = k_thread_create(&rf_thread, rf_stack, K_THREAD_STACK_SIZEOF(rf_stack), rf_main, NULL,
			      NULL, NULL, K_PRIO_PREEMPT(CONFIG_AKIRA_RF_PRIORITY), 0, K_NO_WAIT);
	(void)k_thread_name_set(tid, "akira_rf");

	k_mutex_lock(&radio_lock, K_FOREVER);
	opened = true;
	/* What fails now is tried again after the next packet is sent or the radio is set. */
	(void)resume_receiving();
	k_mutex_unlock(&radio_lock);
}

bool akira_rf_present(void)
{
	return device_is_ready(radio);
}

void akira_rf_tuning(uint32_t *frequency_hz, int8_t *power_dbm)
{
	k_mutex_lock(&radio_lock, K_FOREVER);
	*frequency_hz = frequency;
	*power_dbm = power;
	k_mutex_unlock(&radio_lock);
}

int akira_rf_send(const void *packet, size_t len)
{
	/* Drivers ask for bytes that they may write to. */
	static uint8_t data[PACKET_MAX];
	int ret;

	if (!akira_rf_present()) {
		return -ENODEV;
	}
	if (len == 0 || len > PACKET_MAX) {
		return -EINVAL;
	}

	k_mutex_lock(&radio_lock, K_FOREVER);
	pause_receiving();
	ret = configure(true);
	if (ret == 0) {
		memcpy(data, packet, len);
		ret = lora_send(radio, data, len);
	}
	(void)resume_receiving();
	k_mutex_unlock(&radio_lock);

	return ret < 0 ? akira_errno(-ret) : 0;
}

int akira_rf_tune(uint32_t frequency_hz, int8_t power_dbm)
{
	uint32_t last_frequency;
	int8_t last_power;
	int ret;

	if (!akira_rf_present()) {
		return -ENODEV;
	}
	if (frequency_hz < CONFIG_AKIRA_RF_FREQUENCY_MIN ||
	    frequency_hz > CONFIG_AKIRA_RF_FREQUENCY_MAX || power_dbm < CONFIG_AKIRA_RF_POWER_MIN ||
	    power_dbm > CONFIG_AKIRA_RF_POWER_MAX) {
		return -EINVAL;
	}

	k_mutex_lock(&radio_lock, K_FOREVER);
	last_frequency = frequency;
	last_power = power;
	frequency = frequency_hz;
	power = power_dbm;
	pause_receiving();
	ret = configure(true);
	if (ret < 0) {
		frequency = last_frequency;
		power = last_power;
	}
	(void)resume_receiving();
	k_mutex_unlock(&radio_lock);

	return ret < 0 ? akira_errno(-ret) : 0;
}
