/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Forced into WAMR's sources on native_sim (see zephyr/CMakeLists.txt).
 *
 * There, code takes no simulated time and nothing interrupts it: a looping app would freeze the
 * image. WAMR's interpreter reads its suspend flags at every branch and call, so that load is where
 * simulated time is let pass.
 */

#ifndef AKIRA_NATIVE_SIM_PACE_H_
#define AKIRA_NATIVE_SIM_PACE_H_

#include "bh_atomic.h"

/* Checks left until akira_pace() is due. One thread runs at a time here, so it needs no lock. */
extern uint32_t akira_pace_left;

/* Lets simulated time catch up with the host's clock. */
void akira_pace(void);

static inline uint32_t akira_pace_load(const volatile uint32_t *value)
{
	if (__builtin_expect(--akira_pace_left == 0, 0)) {
		akira_pace();
	}

	return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

#undef BH_ATOMIC_32_LOAD
#define BH_ATOMIC_32_LOAD(v) akira_pace_load(&(v))

#endif /* AKIRA_NATIVE_SIM_PACE_H_ */
