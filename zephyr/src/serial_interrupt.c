/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The serial line's UART by interrupts.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/atomic.h>
#include <zephyr/sys/ring_buffer.h>

#include "serial_port.h"

static const struct device *const uart = DEVICE_DT_GET(DT_CHOSEN(akira_serial));

RING_BUF_DECLARE(received, CONFIG_AKIRA_SERIAL_RX_SIZE);
static atomic_t lost;
static struct k_sem *on_news;

/* What is being sent; changed by the thread only while left is 0, else by the interrupt. */
static const uint8_t *to_send;
static atomic_t left;

static void take(void)
{
	uint8_t overflow[16];
	uint8_t *place;
	uint32_t room;
	int got;

	do {
		room = ring_buf_put_claim(&received, &place, CONFIG_AKIRA_SERIAL_RX_SIZE);
		if (room == 0) {
			/* The interrupt stays pending until the bytes have been read. */
			got = uart_fifo_read(uart, overflow, sizeof(overflow));
			(void)atomic_add(&lost, MAX(got, 0));
		} else {
			got = uart_fifo_read(uart, place, room);
		}
		(void)ring_buf_put_finish(&received, room == 0 ? 0 : MAX(got, 0));
	} while (got > 0);
}

static void give(void)
{
	atomic_val_t len = atomic_get(&left);
	int sent = len > 0 ? uart_fifo_fill(uart, to_send, (int)len) : 0;

	if (sent > 0) {
		to_send += sent;
		(void)atomic_sub(&left, sent);
	}
	if (atomic_get(&left) == 0) {
		uart_irq_tx_disable(uart);
	}
}

static void on_interrupt(const struct device *dev, void *user_data)
{
	ARG_UNUSED(user_data);

	while (uart_irq_update(dev) && uart_irq_is_pending(dev)) {
		if (uart_irq_rx_ready(dev)) {
			take();
		}
		if (uart_irq_tx_ready(dev)) {
			give();
		}
	}
	k_sem_give(on_news);
}

int akira_serial_port_open(struct k_sem *news)
{
	int ret;

	on_news = news;
	if (!device_is_ready(uart)) {
		return -ENODEV;
	}
	uart_irq_rx_disable(uart);
	uart_irq_tx_disable(uart);
	ret = uart_irq_callback_set(uart, on_interrupt);
	if (ret < 0) {
		return ret;
	}
	uart_irq_rx_enable(uart);

	return 0;
}

size_t akira_serial_port_read(uint8_t *out, size_t size)
{
	return ring_buf_get(&received, out, size);
}

bool akira_serial_port_sent(void)
{
	return atomic_get(&left) == 0;
}

void akira_serial_port_send(const uint8_t *data, size_t len)
{
	to_send = data;
	atomic_set(&left, (atomic_val_t)len);
	uart_irq_tx_enable(uart);
}

uint32_t akira_serial_port_lost(void)
{
	return (uint32_t)atomic_clear(&lost);
}
