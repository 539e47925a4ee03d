/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The pseudo terminals behind native_sim's UARTs.
 */

#ifndef AKIRA_NATIVE_SIM_PTY_H_
#define AKIRA_NATIVE_SIM_PTY_H_

#include <zephyr/device.h>

/** The pseudo terminal of @p uart, such as /dev/pts/3; its device's name when it has none. */
const char *akira_pty_name(const struct device *uart);

#endif /* AKIRA_NATIVE_SIM_PTY_H_ */
