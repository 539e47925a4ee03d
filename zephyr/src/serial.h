/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The serial line.
 */

#ifndef AKIRA_SERIAL_H_
#define AKIRA_SERIAL_H_

/**
 * @brief Serve requests on the serial line from now on.
 *
 * @retval 0 It does.
 * @retval -errno The UART does not work or there is no memory.
 */
int akira_serial_open(void);

/** The UART's name for people: on native_sim its pseudo terminal, else the device's name. */
const char *akira_serial_name(void);

#endif /* AKIRA_SERIAL_H_ */
