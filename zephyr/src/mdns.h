/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The device's service for mDNS.
 */

#ifndef AKIRA_MDNS_H_
#define AKIRA_MDNS_H_

#include <stdint.h>

/**
 * @brief Answer for the service _akira._tcp from now on.
 *
 * The name is the device's, and follows it when it is set anew.
 *
 * @param port The TCP port of the HTTP API.
 */
void akira_mdns_open(uint16_t port);

#endif /* AKIRA_MDNS_H_ */
