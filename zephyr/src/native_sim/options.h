/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Command-line options of a native_sim image.
 */

#ifndef AKIRA_NATIVE_SIM_OPTIONS_H_
#define AKIRA_NATIVE_SIM_OPTIONS_H_

#include <stddef.h>
#include <stdint.h>

/** The value of --akira-token, or NULL. */
const char *akira_option_token(void);

/** The value of --akira-port, or @p fallback. */
uint16_t akira_option_port(uint16_t fallback);

/** The value of --akira-rf-port; 0 when it was not given. */
uint16_t akira_option_rf_port(void);

/** The value of --akira-smp-port, or @p fallback. */
uint16_t akira_option_smp_port(uint16_t fallback);

/** The value of --akira-signatures, an enum akira_signatures, or @p fallback. */
uint32_t akira_option_signatures(uint32_t fallback);

/** The text of the file that --akira-firmware-key names, terminated, or NULL. */
const char *akira_option_firmware_key(size_t *len);

/** The value of --akira-health-seconds, or @p fallback. */
uint32_t akira_option_health_seconds(uint32_t fallback);

/** The capability bits of --akira-grant, or @p fallback. */
uint32_t akira_option_grant(uint32_t fallback);

/**
 * The value of --akira-flash-cut, 0 when it was not given, and in @p percent how much of that
 * operation is done. Where the image has CONFIG_AKIRA_FLASH_CUT.
 */
uint32_t akira_option_flash_cut(uint32_t *percent);

#endif /* AKIRA_NATIVE_SIM_OPTIONS_H_ */
