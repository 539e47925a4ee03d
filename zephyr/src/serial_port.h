/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The UART of the serial line: bytes in, bytes out. serial_interrupt.c and serial_async.c are two
 * ways to do it, of which one is built.
 */

#ifndef AKIRA_SERIAL_PORT_H_
#define AKIRA_SERIAL_PORT_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/kernel.h>

/**
 * @brief Begin to receive.
 *
 * @param news Given when bytes have come or the last ones have been sent.
 *
 * @retval 0 It receives.
 * @retval -errno The device does not work.
 */
int akira_serial_port_open(struct k_sem *news);

/**
 * @brief Take bytes that have come.
 *
 * @param out A place for them.
 * @param size How many it holds.
 *
 * @return How many there were; 0 when there are none now.
 */
size_t akira_serial_port_read(uint8_t *out, size_t size);

/** @brief Whether all has been sent. */
bool akira_serial_port_sent(void);

/**
 * @brief Send bytes, once all before them have been sent.
 *
 * @param data The bytes, which stay as they are until all has been sent.
 * @param len How many, not 0.
 */
void akira_serial_port_send(const uint8_t *data, size_t len);

/** @brief Bytes that were lost since the last call, because nobody took them in time. */
uint32_t akira_serial_port_lost(void);

#endif /* AKIRA_SERIAL_PORT_H_ */
