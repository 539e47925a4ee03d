/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * A LoRa driver for native_sim. Its air is UDP broadcast on the host's loopback, which it shares
 * with other images and with the virtual device.
 *
 * It behaves as a modem does: it must be configured before it is used, it is busy while it
 * receives, and it hears no frequency but its own. Without --akira-rf-port it sends into the void.
 *
 * A frame, all numbers little-endian:
 *
 *	0  "AKRF"
 *	4  frequency in Hz, 32 bit
 *	8  transmission power in dBm, signed 8 bit
 *	9  zero
 *	10 length of the packet, 16 bit
 *	12 the sender's random number, 64 bit
 *	20 the packet
 */

#define DT_DRV_COMPAT akira_sim_lora

#include <errno.h>
#include <string.h>

#include <zephyr/arch/posix/posix_trace.h>
#include <zephyr/device.h>
#include <zephyr/drivers/lora.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/byteorder.h>

#include "native_sim/host.h"
#include "native_sim/host_rf.h"
#include "native_sim/options.h"

#define MAGIC      "AKRF"
#define HEAD_SIZE  20
#define PACKET_MAX 256
/* What the air takes away, in dB: as from one end of a field to the other. */
#define LOSS       60
/* How clear a packet is above the noise, in dB. */
#define SNR        10
#define PERIOD     K_MSEC(5)

/* Frames taken at one look at the air, so that a flood leaves time for others. */
#define FRAMES_AT_ONCE 16
/* More than the host keeps for a socket that nobody reads. */
#define FRAMES_DRAINED 1024

struct sim_lora {
	const struct device *dev;
	/* The air, or -1 when there is none. */
	int air;
	uint16_t port;
	uint8_t id[sizeof(uint64_t)];
	/* Guards what follows. */
	struct k_mutex lock;
	/* Zero when the modem has not been configured. */
	struct lora_modem_config config;
	/* The modem receives, for one packet or until it is told otherwise. */
	bool busy;
	lora_recv_cb on_packet;
	void *user_data;
	struct k_work_delayable look;
};

/* Reads one frame that is for this modem; the packet's length, or -EAGAIN when the air is silent.
 */
static int take_frame(struct sim_lora *modem, uint8_t packet[PACKET_MAX], int16_t *rssi)
{
	uint8_t frame[HEAD_SIZE + PACKET_MAX + 1];

	for (int i = 0; i < FRAMES_AT_ONCE; i++) {
		int len =
			modem->air < 0 ? -1 : akira_host_rf_recv(modem->air, frame, sizeof(frame));
		size_t packet_len = (size_t)len - HEAD_SIZE;

		if (len < 0) {
			break;
		}
		if (len <= HEAD_SIZE || packet_len > PACKET_MAX ||
		    memcmp(frame, MAGIC, sizeof(MAGIC) - 1) != 0 || frame[9] != 0 ||
		    sys_get_le16(&frame[10]) != packet_len ||
		    memcmp(&frame[12], modem->id, sizeof(modem->id)) == 0 ||
		    sys_get_le32(&frame[4]) != modem->config.frequency) {
			continue;
		}

		memcpy(packet, &frame[HEAD_SIZE], packet_len);
		*rssi = (int16_t)((int8_t)frame[8] - LOSS);
		return (int)packet_len;
	}

	return -EAGAIN;
}

/* What is on the air now is not for who listens next. */
static void drain(struct sim_lora *modem)
{
	uint8_t frame[HEAD_SIZE];

	for (int i = 0; i < FRAMES_DRAINED && modem->air >= 0; i++) {
		if (akira_host_rf_recv(modem->air, frame, sizeof(frame)) < 0) {
			break;
		}
	}
}

static int sim_lora_config(const struct device *dev, struct lora_modem_config *config)
{
	struct sim_lora *modem = dev->data;
	int ret = 0;

	k_mutex_lock(&modem->lock, K_FOREVER);
	if (modem->busy) {
		ret = -EBUSY;
	} else if (config->frequency == 0) {
		ret = -EINVAL;
	} else {
		if (modem->config.frequency != config->frequency) {
			drain(modem);
		}
		modem->config = *config;
	}
	k_mutex_unlock(&modem->lock);

	return ret;
}

static int sim_lora_send(const struct device *dev, uint8_t *data, uint32_t len)
{
	struct sim_lora *modem = dev->data;
	uint8_t frame[HEAD_SIZE + PACKET_MAX] = MAGIC;
	int ret = 0;

	if (len == 0 || len > PACKET_MAX) {
		return -EINVAL;
	}

	k_mutex_lock(&modem->lock, K_FOREVER);
	if (modem->busy) {
		ret = -EBUSY;
	} else if (modem->config.frequency == 0 || !modem->config.tx) {
		ret = -EINVAL;
	} else if (modem->air >= 0) {
		sys_put_le32(modem->config.frequency, &frame[4]);
		frame[8] = (uint8_t)modem->config.tx_power;
		sys_put_le16((uint16_t)len, &frame[10]);
		memcpy(&frame[12], modem->id, sizeof(modem->id));
		memcpy(&frame[HEAD_SIZE], data, len);
		if (akira_host_rf_send(modem->air, modem->port, frame, HEAD_SIZE + len) != 0) {
			ret = -EIO;
		}
	}
	k_mutex_unlock(&modem->lock);

	return ret;
}

static int sim_lora_send_async(const struct device *dev, uint8_t *data, uint32_t len,
			       struct k_poll_signal *async)
{
	int ret = sim_lora_send(dev, data, len);

	if (ret == 0 && async != NULL) {
		(void)k_poll_signal_raise(async, 0);
	}

	return ret;
}

/* Makes the modem receive. */
static int begin(struct sim_lora *modem, lora_recv_cb on_packet, void *user_data)
{
	int ret = 0;

	k_mutex_lock(&modem->lock, K_FOREVER);
	if (modem->busy) {
		ret = -EBUSY;
	} else if (modem->config.frequency == 0) {
		ret = -EINVAL;
	} else {
		modem->busy = true;
		modem->on_packet = on_packet;
		modem->user_data = user_data;
	}
	k_mutex_unlock(&modem->lock);

	return ret;
}

static int end(struct sim_lora *modem)
{
	int ret;

	k_mutex_lock(&modem->lock, K_FOREVER);
	ret = modem->busy ? 0 : -EINVAL;
	modem->busy = false;
	modem->on_packet = NULL;
	k_mutex_unlock(&modem->lock);

	return ret;
}

static int sim_lora_recv(const struct device *dev, uint8_t *data, uint8_t size, k_timeout_t timeout,
			 int16_t *rssi, int8_t *snr)
{
	struct sim_lora *modem = dev->data;
	k_timepoint_t until = sys_timepoint_calc(timeout);
	uint8_t packet[PACKET_MAX];
	int16_t strength = 0;
	int ret = begin(modem, NULL, NULL);

	if (ret < 0) {
		return ret;
	}

	ret = take_frame(modem, packet, &strength);
	while (ret < 0 && !sys_timepoint_expired(until)) {
		k_sleep(PERIOD);
		ret = take_frame(modem, packet, &strength);
	}
	(void)end(modem);
	if (ret < 0) {
		return ret;
	}

	ret = MIN(ret, size);
	memcpy(data, packet, ret);
	if (rssi != NULL) {
		*rssi = strength;
	}
	if (snr != NULL) {
		*snr = SNR;
	}

	return ret;
}

static void look(struct k_work *work)
{
	struct k_work_delayable *delayable = k_work_delayable_from_work(work);
	struct sim_lora *modem = CONTAINER_OF(delayable, struct sim_lora, look);

	for (int i = 0; i < FRAMES_AT_ONCE; i++) {
		uint8_t packet[PACKET_MAX];
		int16_t rssi = 0;
		int len = -EAGAIN;
		lora_recv_cb on_packet;
		void *user_data;

		k_mutex_lock(&modem->lock, K_FOREVER);
		on_packet = modem->on_packet;
		user_data = modem->user_data;
		if (on_packet != NULL) {
			len = take_frame(modem, packet, &rssi);
		}
		k_mutex_unlock(&modem->lock);

		if (on_packet == NULL) {
			return;
		}
		if (len < 0) {
			break;
		}
		/* Unlocked, since it may end the reception or begin another. */
		on_packet(modem->dev, packet, (uint16_t)len, rssi, SNR, user_data);
	}

	(void)k_work_schedule(delayable, PERIOD);
}

static int sim_lora_recv_async(const struct device *dev, lora_recv_cb on_packet, void *user_data)
{
	struct sim_lora *modem = dev->data;
	int ret;

	if (on_packet == NULL) {
		return end(modem);
	}

	ret = begin(modem, on_packet, user_data);
	if (ret == 0 && modem->air >= 0) {
		(void)k_work_schedule(&modem->look, PERIOD);
	}

	return ret;
}

static int sim_lora_init(const struct device *dev)
{
	struct sim_lora *modem = dev->data;

	modem->dev = dev;
	modem->air = -1;
	k_mutex_init(&modem->lock);
	k_work_init_delayable(&modem->look, look);
	if (akira_host_random(modem->id, sizeof(modem->id)) != 0) {
		return -EIO;
	}

	modem->port = akira_option_rf_port();
	if (modem->port != 0) {
		modem->air = akira_host_rf_open(modem->port);
		if (modem->air < 0) {
			posix_print_error_and_exit(
				"--akira-rf-port=%u cannot be opened; is another "
				"program using it?\n",
				modem->port);
		}
	}

	return 0;
}

static const struct lora_driver_api sim_lora_api = {
	.config = sim_lora_config,
	.send = sim_lora_send,
	.send_async = sim_lora_send_async,
	.recv = sim_lora_recv,
	.recv_async = sim_lora_recv_async,
};

#define SIM_LORA(n)                                                                                \
	static struct sim_lora sim_lora_##n;                                                       \
	DEVICE_DT_INST_DEFINE(n, sim_lora_init, NULL, &sim_lora_##n, NULL, POST_KERNEL,            \
			      CONFIG_LORA_INIT_PRIORITY, &sim_lora_api);

DT_INST_FOREACH_STATUS_OKAY(SIM_LORA)
