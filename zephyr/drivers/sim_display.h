/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What can be seen of a panel of akira,sim-display beside its pixels.
 */

#ifndef AKIRA_SIM_DISPLAY_H_
#define AKIRA_SIM_DISPLAY_H_

#include <stdbool.h>
#include <stdint.h>

#include <zephyr/device.h>

/** Whether the panel is dark, as it is until display_blanking_off(). */
bool akira_sim_display_is_dark(const struct device *dev);

/** How many writes the panel has taken. */
uint32_t akira_sim_display_writes(const struct device *dev);

/** How many of them said that the frame is complete. */
uint32_t akira_sim_display_frames(const struct device *dev);

#endif /* AKIRA_SIM_DISPLAY_H_ */
