/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

#ifndef AKIRA_SRC_TICK_H_
#define AKIRA_SRC_TICK_H_

/**
 * @brief Begin to look after the apps.
 *
 * The runtime must have started. Call it once.
 */
void akira_tick_open(void);

#endif /* AKIRA_SRC_TICK_H_ */
