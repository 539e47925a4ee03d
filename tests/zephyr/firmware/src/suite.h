/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the tests of the firmware slots share.
 */

#ifndef SUITE_H_
#define SUITE_H_

#include <stddef.h>
#include <stdint.h>

#include <zephyr/storage/flash_map.h>

#define BLOCK     4096
#define MAGIC_LEN 16

/** How MCUboot marks a slot, where it writes at most 8 bytes at once. */
extern const uint8_t mcuboot_magic[MAGIC_LEN];

extern const struct flash_area *primary;
extern const struct flash_area *secondary;

/** Opens the two areas and erases them. */
void erase_slots(void);

/** Bytes of a test image, told apart by @p seed. */
void fill(uint8_t *out, size_t len, uint32_t offset, uint32_t seed);

/** Whether the first @p len bytes of the secondary slot are fill()'s. */
bool is_filled(size_t len, uint32_t seed);

#endif /* SUITE_H_ */
