/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * How fast the flash driver alone is.
 */

#ifndef AKIRA_FLASH_RATE_H_
#define AKIRA_FLASH_RATE_H_

#include <stdint.h>

/**
 * @brief Erases and writes @p len bytes of the secondary slot, and tells how long that took.
 *
 * @retval 0 Done.
 * @retval -errno It is too much, or the flash failed.
 */
int akira_flash_rate(uint32_t len, uint64_t *us);

#endif /* AKIRA_FLASH_RATE_H_ */
