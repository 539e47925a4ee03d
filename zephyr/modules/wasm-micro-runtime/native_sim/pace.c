/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Simulated time for app code on native_sim. See pace.h.
 *
 * Spending a fixed time per check would make simulated time run at another speed than the host's,
 * by how much depending on the app. So the host's clock is read every
 * CONFIG_AKIRA_SIM_PACE_CHECKS checks, and what simulated time lags behind is spent in one busy
 * wait, in which the scheduler, the timers and the network go on. A wait costs the host some ten
 * microseconds of thread switches, hence the least span.
 */

#include <zephyr/kernel.h>

/* host_clock.c, on the host's side. */
extern uint64_t akira_host_us(void);

#define LEAST_US 200
#define MOST_US  5000
/* Without real-time mode simulated time may be ahead for ever: spend a little all the same. */
#define ROUNDS   64

uint32_t akira_pace_left = CONFIG_AKIRA_SIM_PACE_CHECKS;

void akira_pace(void)
{
	static bool started;
	static uint64_t host_start;
	static int64_t simulated_start;
	static uint32_t rounds;
	uint64_t host = akira_host_us();
	int64_t simulated = (int64_t)k_cyc_to_us_floor64(k_cycle_get_64());
	int64_t behind;

	akira_pace_left = CONFIG_AKIRA_SIM_PACE_CHECKS;

	if (!started) {
		started = true;
		host_start = host;
		simulated_start = simulated;
	}

	behind = (int64_t)(host - host_start) - (simulated - simulated_start);
	if (behind >= LEAST_US) {
		rounds = 0;
		k_busy_wait((uint32_t)MIN(behind, MOST_US));
	} else if (++rounds >= ROUNDS) {
		rounds = 0;
		k_busy_wait(1);
	}
}
