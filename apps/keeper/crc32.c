/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

#include "crc32.h"

#define POLYNOMIAL 0xedb88320

uint32_t crc32(uint32_t sum, const uint8_t *data, uint32_t len)
{
	sum = ~sum;
	for (uint32_t i = 0; i < len; i++) {
		sum ^= data[i];
		for (uint32_t bit = 0; bit < 8; bit++) {
			sum = sum & 1 ? sum >> 1 ^ POLYNOMIAL : sum >> 1;
		}
	}
	return ~sum;
}
