/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

#ifndef AKIRA_SRC_RF_H_
#define AKIRA_SRC_RF_H_

/**
 * @brief Begin to receive.
 *
 * Packets go to akira_rf_received(). Call it once, when the runtime has started; a device without
 * a working radio goes on without.
 */
void akira_rf_open(void);

#endif /* AKIRA_SRC_RF_H_ */
