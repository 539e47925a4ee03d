/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the heap of the Rust side has had to give, for benches.
 */

#ifndef AKIRA_HEAP_H_
#define AKIRA_HEAP_H_

#include <stddef.h>

/**
 * @brief Most bytes that were in use at once since the last call, and begin anew.
 *
 * @param used Set to the bytes that are in use now.
 *
 * @return The most; 0 where the heap is the system's, which others use too.
 */
size_t akira_heap_take_peak(size_t *used);

#endif /* AKIRA_HEAP_H_ */
