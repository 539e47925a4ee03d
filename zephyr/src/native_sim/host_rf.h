/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The air of simulated radios: UDP broadcasts on the host's loopback. Implemented in
 * host_rf_bottom.c, which is compiled against the host's C library; only plain C types cross
 * between the two.
 */

#ifndef AKIRA_NATIVE_SIM_HOST_RF_H_
#define AKIRA_NATIVE_SIM_HOST_RF_H_

#include <stddef.h>
#include <stdint.h>

/** Opens the air at a UDP port; a handle, or -1. Any number of processes may share one. */
int akira_host_rf_open(uint16_t port);

/** Sends a datagram to everybody on the air, the sender included; 0, or -1. */
int akira_host_rf_send(int air, uint16_t port, const void *data, size_t len);

/** Takes a datagram that has come, cut to @p len; its length, or -1 when there is none. */
int akira_host_rf_recv(int air, void *out, size_t len);

#endif /* AKIRA_NATIVE_SIM_HOST_RF_H_ */
