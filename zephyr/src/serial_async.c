/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The serial line's UART by Zephyr's asynchronous API.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/atomic.h>
#include <zephyr/sys/ring_buffer.h>

#include "serial_port.h"

/* Silence after which what has come is handed on. */
#define RX_TIMEOUT_US 1000
/* Room for what comes while the driver changes buffers. */
#define RX_BUFFER     256

static const struct device *const uart = DEVICE_DT_GET(DT_CHOSEN(akira_serial));

RING_BUF_DECLARE(serial_received, CONFIG_AKIRA_SERIAL_RX_SIZE);
static uint8_t buffers[2][RX_BUFFER];
static int next_buffer;
static atomic_t lost;
static atomic_t sending;
static struct k_sem *on_news;

static void take(const uint8_t *data, size_t len)
{
	size_t taken = ring_buf_put(&serial_received, data, len);

#if defined(CONFIG_UART_NATIVE_PTY)
	/*
	 * Here it is a thread of the driver's, which reads for as long as there is something and
	 * lets nobody else run. So it waits for room, and whoever writes to the pty waits too.
	 */
	while (taken < len) {
		k_sem_give(on_news);
		k_msleep(1);
		taken += ring_buf_put(&serial_received, &data[taken], len - taken);
	}
#endif
	if (taken < len) {
		(void)atomic_add(&lost, (atomic_val_t)(len - taken));
	}
	k_sem_give(on_news);
}

static int receive(void)
{
	next_buffer = 1;

	return uart_rx_enable(uart, buffers[0], sizeof(buffers[0]), RX_TIMEOUT_US);
}

static void on_event(const struct device *dev, struct uart_event *event, void *user_data)
{
	ARG_UNUSED(user_data);

	switch (event->type) {
	case UART_RX_RDY:
		take(&event->data.rx.buf[event->data.rx.offset], event->data.rx.len);
		break;
	case UART_RX_BUF_REQUEST:
		(void)uart_rx_buf_rsp(dev, buffers[next_buffer], sizeof(buffers[0]));
		next_buffer ^= 1;
		break;
	case UART_RX_DISABLED:
		/* After a line error, such as a break; what was under way is sent again. */
		(void)receive();
		break;
	case UART_TX_DONE:
	case UART_TX_ABORTED:
		atomic_set(&sending, 0);
		k_sem_give(on_news);
		break;
	default:
		break;
	}
}

int akira_serial_port_open(struct k_sem *news)
{
	int ret;

	on_news = news;
	if (!device_is_ready(uart)) {
		return -ENODEV;
	}
	ret = uart_callback_set(uart, on_event, NULL);
	if (ret < 0) {
		return ret;
	}

	return receive();
}

size_t akira_serial_port_read(uint8_t *out, size_t size)
{
	return ring_buf_get(&serial_received, out, size);
}

bool akira_serial_port_sent(void)
{
	return atomic_get(&sending) == 0;
}

void akira_serial_port_send(const uint8_t *data, size_t len)
{
	atomic_set(&sending, 1);
	if (uart_tx(uart, data, len, SYS_FOREVER_US) < 0) {
		/* As if the line had lost it. */
		atomic_set(&sending, 0);
	}
}

uint32_t akira_serial_port_lost(void)
{
	return (uint32_t)atomic_clear(&lost);
}
