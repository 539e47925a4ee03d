/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/* The checksum CRC-32 (IEEE 802.3), as zip and PNG use it. */

#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* Goes on with a checksum that was 0 at first. */
uint32_t crc32(uint32_t sum, const uint8_t *data, uint32_t len);

#endif /* CRC32_H */
