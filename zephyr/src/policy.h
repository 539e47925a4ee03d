/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

#ifndef AKIRA_SRC_POLICY_H_
#define AKIRA_SRC_POLICY_H_

#include <stdbool.h>
#include <stdint.h>

/**
 * @brief Read a list of capabilities.
 *
 * @param list Names with commas between them, such as "display,input".
 * @param bits Where the capabilities' bits go.
 * @return Whether every name is a capability's, and there is one at least.
 */
bool akira_policy_capabilities(const char *list, uint32_t *bits);

/**
 * @brief Read a signature policy.
 *
 * @param name "off", "warn" or "require".
 * @param policy Where the enum akira_signatures goes.
 * @return Whether it is one of them.
 */
bool akira_policy_signatures(const char *name, uint32_t *policy);

#endif /* AKIRA_SRC_POLICY_H_ */
