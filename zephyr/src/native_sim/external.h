/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Simulated external memory.
 */

#ifndef AKIRA_NATIVE_SIM_EXTERNAL_H_
#define AKIRA_NATIVE_SIM_EXTERNAL_H_

#include <stdbool.h>

/** Whether an address is in it. */
bool akira_sim_is_external(const void *ptr);

#endif /* AKIRA_NATIVE_SIM_EXTERNAL_H_ */
